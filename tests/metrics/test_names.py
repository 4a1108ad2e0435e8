"""Names in `compile`: which metric and which loss they mean."""

from __future__ import annotations

import types

import numpy as np
import pytest

from torchkeras_compat import layers, metrics, models
from torchkeras_compat.metrics.identifiers import metric_for_shapes


@pytest.mark.parametrize(
    ("true_shape", "pred_shape", "prefix"),
    [
        ((8,), (8, 1), "Binary"),
        ((8, 1), (8, 1), "Binary"),
        ((8,), (8,), "Binary"),
        ((8, 3), (8, 3), "Categorical"),
        ((8,), (8, 3), "SparseCategorical"),
        ((8, 1), (8, 3), "SparseCategorical"),
        ((8, 5), (8, 5, 3), "SparseCategorical"),
        ((8, 5, 1), (8, 5, 1), "Binary"),
    ],
)
def test_short_names_choose_by_shape(true_shape: tuple, pred_shape: tuple, prefix: str) -> None:
    for name, suffix in (("accuracy", "Accuracy"), ("acc", "Accuracy"), ("crossentropy", "Crossentropy")):
        metric = metric_for_shapes(name, true_shape, pred_shape)
        assert type(metric).__name__ == prefix + suffix
        assert metric.name == name


@pytest.mark.parametrize("kind", ["binary", "sparse", "one_hot"])
def test_a_fit_with_many_metrics_logs_what_keras_logs(real_keras: types.ModuleType, kind: str) -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(12, 4)).astype("float32")
    units = 1 if kind == "binary" else 3
    y = rng.integers(0, 2 if kind == "binary" else 3, (12,))
    if kind == "one_hot":
        y = np.eye(3, dtype="float32")[y]
    logs = []
    weights = [rng.normal(size=(4, units)).astype("float32"), np.zeros(units, "float32")]
    for space in (types.SimpleNamespace(layers=layers, models=models, metrics=metrics), real_keras):
        given: list = ["accuracy"]
        if kind != "sparse":
            given += [space.metrics.Precision(name="p"), space.metrics.AUC(name="auc"), "mse"]
        if kind == "one_hot":
            given += [space.metrics.F1Score(average="macro"), space.metrics.TopKCategoricalAccuracy(2, name="top")]
        model = space.models.Sequential([space.layers.Dense(units, "sigmoid" if kind == "binary" else "softmax")])
        model.build((None, 4))
        model.set_weights(weights)
        model.compile(optimizer="sgd", loss="crossentropy", metrics=given)
        logs.append(model.fit(x, y, batch_size=5, epochs=2, shuffle=False, verbose=0).history)
    assert next(iter(logs[0])) == "loss"
    assert set(logs[0]) == set(logs[1])
    for key, values in logs[1].items():
        np.testing.assert_allclose(logs[0][key], values, rtol=1e-4, atol=1e-5, err_msg=key)


@pytest.mark.parametrize("name", ["crossentropy", "ce"])
def test_crossentropy_may_be_loss_and_metric(name: str) -> None:
    """Both are the mean crossentropy of the batch before its update."""
    x, y = np.ones((4, 2), "float32"), np.array([0, 2, 1, 0])
    for units, targets in ((3, y), (3, np.eye(3)[y]), (1, y > 0)):
        activation = "sigmoid" if units == 1 else "softmax"
        model = models.Sequential([layers.Dense(units, activation)])
        model.compile(loss=name, metrics=[name])
        logs = model.fit(x, targets, batch_size=4, verbose=0).history
        assert logs[name] == pytest.approx(logs["loss"], rel=1e-5)
