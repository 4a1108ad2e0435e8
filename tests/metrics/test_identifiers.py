"""Names of metrics: those of Keras, and which metric one in `compile` means."""

from __future__ import annotations

import types
import warnings

import numpy as np
import pytest
import torch

import torchkeras_compat
from torchkeras_compat import layers, metrics, models
from torchkeras_compat.metrics.identifiers import metric_for_shapes


def test_names_are_those_of_keras(real_keras: types.ModuleType) -> None:
    public = [n for n in dir(metrics) if n not in ("get", "serialize", "deserialize")]
    names = ["mse", "MSE", "mae", "MAE", "mape", "MAPE", "msle", "MSLE", "bce", "BCE", "accuracy", "f1_score", "auc"]
    for name in [*names, *public]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                expected = real_keras.metrics.get(name)
        except (ValueError, TypeError):
            continue  # a function that Keras does not list, or a class with arguments
        found = metrics.get(name)
        assert type(found).__name__ == type(expected).__name__
        assert found._direction == getattr(expected, "_direction", None)
    assert metrics.get(None) is None
    with pytest.raises(ValueError, match="categorical_accuracy"):
        metrics.get("categorical_acuracy")


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


@pytest.mark.parametrize("metric", ["accuracy", "acc", "categorical_accuracy", "binary_accuracy", "auc"])
@pytest.mark.parametrize("form", ["frame", "array", "tensor"])
def test_dummies_of_pandas_train_and_evaluate(real_keras, metric, form):
    pandas = pytest.importorskip("pandas")
    frame = pandas.get_dummies(pandas.Series(list("abcabc")))
    assert set(frame.dtypes) == {np.dtype(bool)}
    y = {"frame": frame, "array": frame.to_numpy(), "tensor": torch.tensor(frame.to_numpy())}[form]
    x = np.linspace(-1.0, 1.0, 12, dtype="float32").reshape(6, 2)
    results = []
    for space in (torchkeras_compat, real_keras):
        dense = space.layers.Dense(3, "softmax")
        model = space.Sequential([space.Input((2,)), dense])
        dense.set_weights([np.array([[0.1, 0.5, -0.3], [0.4, -0.2, 0.3]]), np.zeros(3)])
        model.compile("sgd", "categorical_crossentropy", metrics=[metric if metric != "auc" else space.metrics.AUC()])
        history = model.fit(x, y, batch_size=6, verbose=0).history
        results.append([*sorted(v[0] for v in history.values()), *sorted(model.evaluate(x, y, verbose=0))])
    np.testing.assert_allclose(*results, rtol=1e-4)
