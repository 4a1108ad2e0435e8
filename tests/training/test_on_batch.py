"""`train_on_batch`, `test_on_batch`, `predict_on_batch`: values beside real Keras, what they take, and modes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.errors import NotCompiledError

X = np.random.RandomState(0).normal(size=(8, 3)).astype("float32")
CLASSES = np.arange(8) % 2


def network(keras: Any, **options: Any) -> Any:
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2, "softmax")])
    model.set_weights([np.linspace(-1, 1, 6, dtype="float32").reshape(3, 2), np.zeros(2, "float32")])
    model.compile("sgd", "sparse_categorical_crossentropy", **{"metrics": ["accuracy"]} | options)
    return model


@pytest.mark.parametrize(
    "options", [{}, {"sample_weight": np.arange(8.0)}, {"class_weight": {0: 1.0, 1: 3.0}}], ids=list("abc")
)
def test_values_are_those_of_keras(options, real_keras):
    theirs, model = network(real_keras), network(ours)
    for _ in range(2):
        expected = theirs.train_on_batch(X, CLASSES, return_dict=True, **options)
        theirs.reset_metrics()  # Keras's own values go on over batches
        found = model.train_on_batch(X, CLASSES, return_dict=True, **options)
        assert list(found) == ["loss", "accuracy"]
        np.testing.assert_allclose(found["loss"], expected["loss"], rtol=1e-5)
    for mine, other in zip(model.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-7)


def test_a_list_or_the_only_value_is_returned():
    values = network(ours).train_on_batch(X, CLASSES)
    assert [type(value) for value in values] == [float, float]
    assert type(network(ours, metrics=None).train_on_batch(X, CLASSES)) is float
    assert type(network(ours, metrics=None).test_on_batch(X, CLASSES)) is float


def test_nothing_changes_in_an_evaluation():
    model = network(ours)
    before = model.get_weights()
    assert model.test_on_batch(X, CLASSES) == model.evaluate(X, CLASSES, verbose=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("x", [X, X.astype("float64"), torch.from_numpy(X)], ids=["float32", "float64", "tensor"])
def test_arrays_and_tensors_are_alike(x):
    expected = network(ours).predict(X, verbose=0)
    found = network(ours).predict_on_batch(x)
    assert type(found) is np.ndarray
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert network(ours).test_on_batch(x, CLASSES) == network(ours).test_on_batch(X, CLASSES)


def test_structures_are_moved_leaf_by_leaf():
    inputs = {"a": ours.Input((3,)), "b": ours.Input((3,))}
    outputs = layers.Dense(1)(layers.Add()([inputs["a"], inputs["b"]]))
    model = ours.Model(inputs, {"sum": outputs})
    model.compile("sgd", "mse")
    data = {"a": X, "b": X.astype("float64")}
    assert model.predict_on_batch(data)["sum"].dtype == np.float32
    assert model.train_on_batch(data, {"sum": X[:, :1]}) > 0


def test_weights_of_samples_and_of_classes_are_not_given_together():
    with pytest.raises(ValueError, match="`sample_weight` and `class_weight` cannot be specified at the same time"):
        network(ours).train_on_batch(X, CLASSES, sample_weight=np.ones(8), class_weight={0: 1.0, 1: 1.0})


@pytest.mark.parametrize("mode", [True, False])
def test_modes_and_gradients_are_those_of_the_method_inside_only(mode):
    seen = []

    class Looks(layers.Layer):
        def call(self, inputs):
            seen.append((self.training, torch.is_grad_enabled()))
            return inputs

    model = ours.Sequential([ours.Input((3,)), Looks(), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.train(mode)
    seen.clear()
    with torch.no_grad():
        model.train_on_batch(X, X[:, :1])
    model.test_on_batch(X, X[:, :1])
    model.predict_on_batch(X)
    assert seen == [(True, True), (False, False), (False, False)]
    assert all(module.training is mode for module in model.modules())


def test_own_steps_run_on_a_built_model():
    class Own(ours.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, x):
            return self.dense(x)

        def train_step(self, data):
            assert self.built and self.optimizer.built
            return {"parts": len(data)}

    model = Own()
    model.compile("sgd", "mse")
    assert model.train_on_batch(X) == 1.0
    assert model.train_on_batch(X, CLASSES) == 2.0
    assert model.train_on_batch(X, CLASSES, np.ones(8), return_dict=True) == {"parts": 3.0}


@pytest.mark.parametrize("method", ["train_on_batch", "test_on_batch"])
def test_missing_compile_is_refused(method):
    with pytest.raises(NotCompiledError, match=rf"before calling `{method}\(\)`"):
        getattr(ours.Sequential([layers.Dense(1)]), method)(X, CLASSES)


def test_metrics_of_several_values_are_arrays():
    model = ours.Sequential([ours.Input((8,)), layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "bce", metrics=[ours.metrics.Precision(thresholds=[0.3, 0.7])])
    x, y = np.ones((4, 8)), np.ones((4, 1))
    for values in (model.train_on_batch(x, y), model.test_on_batch(x, y), model.evaluate(x, y, verbose=0)):
        assert isinstance(values[0], float)
        assert values[1].shape == (2,)  # as in Keras 3.15
