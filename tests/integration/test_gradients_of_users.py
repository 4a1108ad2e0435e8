"""What a user computes with TensorFlow in a model, a loss or a step trains with the gradients that torch gives."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.install import install_as_keras
from torchkeras_compat.dialects.tensorflow.recording import RECORDING

_random = np.random.default_rng(0)
X = _random.normal(size=(8, 3)).astype("float32")
Y = _random.normal(size=(8, 1)).astype("float32")
SEQUENCES = _random.normal(size=(8, 5, 3)).astype("float32")
UNITS = 4


@pytest.fixture
def tf(hidden_keras: None) -> Iterator[Any]:
    """`tensorflow`, which this package provides."""
    with install_as_keras("tf.keras"):
        import tensorflow

        yield tensorflow
    assert RECORDING.depth == 0


def _step_of(model: Any, x: np.ndarray, loss: Any = "mse") -> list[np.ndarray]:
    """Return the weights before a step of rate 1 of `fit`, and what the step takes from them."""
    model.compile("sgd", loss)
    model.optimizer.learning_rate = 1.0
    model(x)
    before = [w.copy() for w in model.get_weights()]
    model.fit(x, Y, batch_size=len(x), verbose=0)
    return [*before, *(b - a for b, a in zip(before, model.get_weights(), strict=True))]


def _assert_gradients(found: list[np.ndarray], loss: Callable[..., torch.Tensor]) -> None:
    """Assert that what a step took from weights is the gradient of a function of them, by torch."""
    half = len(found) // 2
    weights = [torch.tensor(w, requires_grad=True) for w in found[:half]]
    expected = torch.autograd.grad(loss(*weights), weights)
    for mine, its in zip(found[half:], expected, strict=True):
        np.testing.assert_allclose(mine, its.numpy(), rtol=1e-3, atol=1e-5)  # differences of float32 weights


def _squared_error(outputs: torch.Tensor) -> torch.Tensor:
    return ((outputs - torch.tensor(Y)) ** 2).mean()


def _losses(tf: Any) -> dict[str, Any]:
    """Return ways to write the mean squared error."""
    backend = tf.keras.backend

    def error(y_true: Any, y_pred: Any, factor: float = 1.0) -> Any:
        return factor * tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)

    class Object:
        def __call__(self, y_true: Any, y_pred: Any) -> Any:
            return error(y_true, y_pred)

        @tf.function
        def method(self, y_true: Any, y_pred: Any) -> Any:
            return error(y_true, y_pred)

    class Loss(tf.keras.losses.Loss):  # type: ignore[misc]
        @tf.function
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return error(y_true, y_pred)

    def summed(y_true: Any, y_pred: Any) -> Any:
        size = tf.shape(y_true)[0]
        first = (tf.constant(0), tf.constant(0.0))
        add = lambda i, total: (i + 1, total + tf.reduce_sum(tf.square(y_true[i] - y_pred[i])))  # noqa: E731
        return tf.while_loop(lambda i, total: i < size, add, first)[1] / tf.cast(size, tf.float32)

    return {
        "tf.function": tf.function(error),
        "tf.function of backend": tf.function(lambda t, p: backend.mean(backend.square(t - p), axis=-1)),
        "tf.function of losses": tf.function(lambda t, p: tf.keras.losses.mean_squared_error(t, p)),
        "tf.function in a list": [tf.function(error)],
        "method": Object().method,
        "object": Object(),
        "class": Loss(),
        "partial": functools.partial(error, factor=1.0),
        "partial of tf.function": functools.partial(tf.function(error), factor=1.0),
        "tf.while_loop": tf.function(summed),
        "tf.map_fn": lambda t, p: tf.map_fn(lambda pair: error(*pair), (t, p), fn_output_signature=tf.float32),
        "tf.cond": lambda t, p: tf.cond(tf.size(t) > 0, lambda: error(t, p), lambda: 0.0 * p),
        "tf.py_function": lambda t, p: tf.py_function(error, [t, p], tf.float32),
    }


_LOSSES = (
    "tf.function", "tf.function of backend", "tf.function of losses", "tf.function in a list", "method", "object",
    "class", "partial", "partial of tf.function", "tf.while_loop", "tf.map_fn", "tf.cond", "tf.py_function",
)  # fmt: skip


@pytest.mark.parametrize("what", _LOSSES)
def test_losses(tf: Any, what: str) -> None:
    model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
    found = _step_of(model, X, _losses(tf)[what])
    _assert_gradients(found, lambda kernel, bias: _squared_error(torch.tensor(X) @ kernel + bias))


def test_an_object_as_a_metric_is_called_as_its_class(tf: Any) -> None:
    class Largest:
        def __call__(self, y_true: Any, y_pred: Any) -> Any:
            return tf.reduce_max(tf.abs(y_true - y_pred), axis=-1)

    metric = Largest()
    model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=[metric])
    assert set(model.fit(X, Y, verbose=0).history) == {"loss", "largest"}
    assert model._compile_arguments["metrics"] == [metric]


def _cells(tf: Any) -> dict[str, dict[str, Any]]:
    """Return ways to write the methods of a cell that adds its input and its state, each through a matrix."""
    dot = tf.keras.backend.dot

    def call(self: Any, x: Any, states: Any) -> Any:
        h = tf.matmul(x, self.k) + tf.matmul(states[0], self.r)
        return h, [h]

    def by_backend(self: Any, x: Any, states: Any) -> Any:
        h = dot(x, self.k) + dot(states[0], self.r)
        return h, [h]

    def by_operators(self: Any, x: Any, states: Any, training: Any = None) -> Any:
        h = x @ self.k + states[0] @ self.r
        return h, h

    def zeros(self: Any, inputs: Any, batch_size: Any, dtype: Any) -> Any:
        assert inputs is None
        return [tf.zeros([batch_size, self.units], dtype)]

    def variable(self: Any, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        return tf.keras.backend.zeros((batch_size, self.units))

    return {
        "tf.matmul": {"call": call},
        "backend.dot": {"call": by_backend},
        "operators": {"call": by_operators},
        "tf.function": {"call": tf.function(call)},
        "zeros of its own": {"call": call, "get_initial_state": zeros},
        "a variable of its own": {"call": call, "get_initial_state": variable},
    }


def _cell_class(tf: Any, methods: dict[str, Any]) -> Any:
    class Cell(tf.keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = self.state_size = self.output_size = UNITS

        def build(self, input_shape: Any) -> None:
            self.k = self.add_weight(shape=(input_shape[-1], UNITS), name="k")
            self.r = self.add_weight(shape=(UNITS, UNITS), name="r")

        locals().update(methods)

    return Cell


def _last(sequences: torch.Tensor, k: torch.Tensor, r: torch.Tensor) -> torch.Tensor:
    h = torch.zeros(len(sequences), UNITS)
    for x in sequences.unbind(1):
        h = x @ k + h @ r
    return h


_CELLS = ("tf.matmul", "backend.dot", "operators", "tf.function", "zeros of its own", "a variable of its own")


@pytest.mark.parametrize("what", _CELLS)
def test_cells(tf: Any, what: str) -> None:
    layers = tf.keras.layers
    cell = _cell_class(tf, _cells(tf)[what])
    found = _step_of(tf.keras.Sequential([layers.RNN(cell()), layers.Dense(1)]), SEQUENCES)
    _assert_gradients(found, lambda k, r, w, b: _squared_error(_last(torch.tensor(SEQUENCES), k, r) @ w + b))


@pytest.mark.parametrize("what", _CELLS)
def test_cells_in_a_loop_of_torch(tf: Any, what: str) -> None:
    layer = tf.keras.layers.RNN(_cell_class(tf, _cells(tf)[what])())
    layer(torch.tensor(SEQUENCES)).sum().backward()
    k, r = (p.detach().clone().requires_grad_() for p in layer.parameters())
    _last(torch.tensor(SEQUENCES), k, r).sum().backward()
    for mine, its in zip(layer.parameters(), (k, r), strict=True):
        torch.testing.assert_close(mine.grad, its.grad, rtol=1e-4, atol=1e-4)


def test_stacked_cells_both_ways_under_time_distributed(tf: Any) -> None:
    layers = tf.keras.layers
    cell = _cell_class(tf, _cells(tf)["zeros of its own"])
    x = _random.normal(size=(8, 2, 5, 3)).astype("float32")
    with tf.keras.utils.custom_object_scope({"Cell": cell}):
        both = layers.Bidirectional(layers.RNN([cell(), cell()]))
        found = _step_of(tf.keras.Sequential([layers.TimeDistributed(both), layers.Flatten(), layers.Dense(1)]), x)

    def expected(*weights: torch.Tensor) -> torch.Tensor:
        *cells, w, b = weights
        outputs = []
        for i, rows in ((0, torch.tensor(x).flatten(0, 1)), (4, torch.tensor(x).flatten(0, 1).flip(1))):
            first, second = torch.zeros(16, UNITS), torch.zeros(16, UNITS)
            for row in rows.unbind(1):
                first = row @ cells[i] + first @ cells[i + 1]
                second = first @ cells[i + 2] + second @ cells[i + 3]
            outputs.append(second)
        return _squared_error(torch.cat(outputs, -1).reshape(8, -1) @ w + b)

    _assert_gradients(found, expected)


def test_cells_that_a_loop_of_tensorflow_calls(tf: Any) -> None:
    cell = _cell_class(tf, _cells(tf)["tf.matmul"])

    class Model(tf.keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.cell, self.dense = cell(), tf.keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            start = (tf.constant(0), tf.zeros((tf.shape(x)[0], UNITS)))
            _, h = tf.while_loop(lambda t, h: t < 5, lambda t, h: (t + 1, self.cell(x[:, t], [h])[0]), start)
            return self.dense(h)

    found = _step_of(Model(), SEQUENCES)
    _assert_gradients(found, lambda k, r, w, b: _squared_error(_last(torch.tensor(SEQUENCES), k, r) @ w + b))


class _Objects:
    """Objects that are called, of a class that Keras does not know."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __call__(self, x: Any) -> Any:
        return self.function(x)


@pytest.mark.parametrize("is_function", [False, True])
def test_objects_as_activations_and_regularizers(tf: Any, is_function: bool) -> None:
    wrap = tf.function if is_function else lambda function: function
    layers = tf.keras.layers
    first = layers.Dense(
        UNITS,
        activation=_Objects(wrap(lambda x: tf.math.tanh(x))),
        kernel_regularizer=_Objects(wrap(lambda w: 0.1 * tf.reduce_sum(tf.square(w)))),
        activity_regularizer=_Objects(wrap(lambda y: tf.reduce_mean(tf.exp(y)))),
    )
    found = _step_of(tf.keras.Sequential([first, layers.Dense(1)]), X)

    def expected(k: torch.Tensor, a: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        y = (torch.tensor(X) @ k + a).tanh()
        return _squared_error(y @ w + b) + 0.1 * (k * k).sum() + y.exp().mean() / len(X)

    _assert_gradients(found, expected)


@pytest.mark.parametrize("is_function", [False, True])
def test_a_step_that_calls_that_of_the_model(tf: Any, is_function: bool) -> None:
    class Model(tf.keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.dense = tf.keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return tf.sin(self.dense(x))

        def train_step(self, data: Any) -> Any:
            return super().train_step(data)

        def test_step(self, data: Any) -> Any:
            return super().test_step(data)

    if is_function:
        Model.train_step = tf.function(Model.train_step)
    model = Model()
    found = _step_of(model, X)
    _assert_gradients(found, lambda k, b: _squared_error((torch.tensor(X) @ k + b).sin()))
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(float(((model(X).numpy() - Y) ** 2).mean()), rel=1e-5)


def test_what_a_step_calls_is_recorded_no_longer_than_the_step(tf: Any) -> None:
    def fail(y_true: Any, y_pred: Any) -> Any:
        assert RECORDING.depth > 0
        raise ZeroDivisionError

    model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
    model.compile("sgd", fail)
    with pytest.raises(ZeroDivisionError):
        model.fit(X, Y, verbose=0)
    assert RECORDING.depth == 0
    assert not model(tf.constant(X))._plain.requires_grad
