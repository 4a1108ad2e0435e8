"""Losses, metrics, activations, regularizers and constraints on KerasTensors: Keras's shapes, and the eager numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import (
    Input,
    KerasTensor,
    Model,
    activations,
    constraints,
    layers,
    losses,
    metrics,
    ops,
    regularizers,
)

OF_LABELS = ("sparse", "Sparse", "circle", "Circle", "generalized", "Generalized")
OTHERS = {
    "get",
    "serialize",
    "deserialize",
    "ctc",
    "CTC",
    "Loss",
    "categorical_generalized_cross_entropy",
    "mse",
    "mae",
}
X = np.random.default_rng(0).random((4, 3)).astype("float32")


def is_of_labels(name: str) -> bool:
    return any(part in name for part in OF_LABELS)


def functions(space: Any) -> list[str]:
    names = [name for name in dir(space) if not name.startswith("_") and name not in OTHERS]
    return [name for name in names if callable(getattr(space, name)) and not isinstance(getattr(space, name), type)]


def classes(space: Any) -> list[str]:
    return [name for name in dir(space) if isinstance(getattr(space, name), type) and name not in OTHERS]


@pytest.mark.parametrize("space", [losses, metrics], ids=["losses", "metrics"])
def test_functions_of_targets_and_predictions_give_a_value_for_each_sample(space: Any) -> None:
    for name in functions(space):
        function = getattr(space, name)
        labels = is_of_labels(name)
        y_true = KerasTensor((None,), dtype="int32") if labels else KerasTensor((None, 3))
        found = function(y_true, KerasTensor((None, 3)))
        eager = function(np.zeros(4, "int32") if labels else X, X)
        assert isinstance(found, KerasTensor), name
        assert found.shape == ((None, *eager.shape[1:]) if eager.ndim else ()), name


@pytest.mark.parametrize("space", [losses, metrics], ids=["losses", "metrics"])
def test_a_model_of_one_computes_the_eager_numbers(space: Any) -> None:
    x, other = Input((3,)), Input((3,))
    for name in functions(space):
        function = getattr(space, name)
        labels = is_of_labels(name)
        targets = ops.argmax(other, -1) if labels else other
        model = Model([other, x], function(targets, x))
        y_true = X[::-1].copy()
        expected = function(y_true.argmax(-1) if labels else y_true, X)
        torch.testing.assert_close(model([y_true, X]), expected, equal_nan=True, msg=name)


def test_losses_are_scalars_and_constants_may_stand_on_a_side() -> None:
    for name in classes(losses):
        labels = is_of_labels(name)
        loss = getattr(losses, name)()
        y_true = KerasTensor((None,), dtype="int32") if labels else KerasTensor((None, 3))
        assert loss(y_true, KerasTensor((None, 3))).shape == (), name
        constant = np.zeros(2, "int32") if labels else X[:2]
        assert loss(constant, KerasTensor((None, 3))).shape == (), name
    assert losses.mean_squared_error(X[:2], KerasTensor((None, 3))).shape == (2,)
    assert losses.mean_squared_error(np.ones(3, "float32"), KerasTensor((None, 3))).shape == (None,)
    assert ops.add(KerasTensor((None, 3)), np.ones((2, 3))).shape == (2, 3)


def test_a_model_trains_on_a_loss_that_it_computes(real_keras) -> None:
    """An `add_loss` of what a function of `losses` gives for symbolic tensors."""

    class Added(layers.Layer):
        def call(self, value: Any) -> Any:
            self.add_loss(ops.mean(value))
            return value

    x, y = Input((3,)), Input((1,))
    out = layers.Dense(1, kernel_initializer="ones", name="out")(x)
    model = Model([x, y], Added()(losses.mean_squared_error(y, out)))
    model.compile("sgd")
    found = model.fit([X, X[:, :1]], epochs=2, verbose=0, shuffle=False).history["loss"]

    plain = Model(x, out)
    plain.get_layer("out").set_weights([np.ones((3, 1)), np.zeros(1)])
    plain.compile("sgd", "mse")
    expected = plain.fit(X, X[:, :1], epochs=2, verbose=0, shuffle=False).history["loss"]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_metric_objects_say_that_they_count_values() -> None:
    arguments = {
        "IoU": {"num_classes": 3, "target_class_ids": [0]},
        "OneHotIoU": {"num_classes": 3, "target_class_ids": [0]},
        "MeanIoU": {"num_classes": 3},
        "OneHotMeanIoU": {"num_classes": 3},
        **{"PrecisionAtRecall": {"recall": 0.5}, "RecallAtPrecision": {"precision": 0.5}},
        **{"SensitivityAtSpecificity": {"specificity": 0.5}, "SpecificityAtSensitivity": {"sensitivity": 0.5}},
        "MeanMetricWrapper": {"fn": losses.mean_squared_error},
    }
    for name in classes(metrics):
        if name in ("Metric", "TorchMetric"):
            continue
        metric = getattr(metrics, name)(**arguments.get(name, {}))
        with pytest.raises(ValueError, match=f"Metric '{metric.name}' counts values, and a KerasTensor has none"):
            metric(KerasTensor((None, 3)), KerasTensor((None, 3)))


def test_activations_regularizers_and_constraints() -> None:
    for name in set(functions(activations)) - {"threshold"}:
        assert getattr(activations, name)(KerasTensor((None, 4))).shape == (None, 4 if name != "glu" else 2), name
    for regularizer in (
        regularizers.L1(),
        regularizers.L2(),
        regularizers.L1L2(0.1, 0.2),
        regularizers.OrthogonalRegularizer(),
    ):
        x = Input(batch_shape=(3, 3))
        found = Model(x, regularizer(x))(X[:3])
        torch.testing.assert_close(found, regularizer(X[:3]))
    for constraint in (constraints.MaxNorm(), constraints.MinMaxNorm(), constraints.NonNeg(), constraints.UnitNorm()):
        x = Input((3,))
        torch.testing.assert_close(Model(x, constraint(x))(X - 0.5), constraint(X - 0.5))
