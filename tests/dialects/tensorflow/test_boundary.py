"""Where tensors of this dialect meet the core: it computes with plain tensors, users get tensors of the dialect."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.boundary import (
    adopt,
    adopt_class,
    adopt_metric,
    function_of_keras,
    with_shapes,
    with_tensors,
)
from torchkeras_compat.dialects.tensorflow.shapes import TensorShape
from torchkeras_compat.dialects.tensorflow.tape import GradientTape
from torchkeras_compat.dialects.tensorflow.tensor import Tensor, wrap
from torchkeras_compat.overrides import OVERRIDES, making


def of_this_dialect(made: Any) -> Any:
    """Mark an object of the core as made in this dialect, as its facade does."""
    made.__dict__["_dialect"] = "tf.keras"
    return made


X = np.ones((2, 3), "float32")


def test_a_layer_gives_what_it_gets() -> None:
    layer = keras.layers.Dense(2)
    assert type(layer(wrap(torch.ones(2, 3)))) is Tensor
    assert type(layer(torch.ones(2, 3))) is torch.Tensor
    assert type(layer(X)) is torch.Tensor
    assert type(of_this_dialect(layer)(X)) is Tensor
    assert type(layer(torch.ones(2, 3))) is torch.Tensor


@pytest.mark.parametrize("x", [X, X.tolist(), wrap(torch.tensor(X)), X.astype("int64")])
def test_arrays_of_any_kind_go_in(x: Any) -> None:
    layer = of_this_dialect(keras.layers.Dense(2, kernel_initializer="ones"))
    assert layer(x).numpy().tolist() == [[3.0, 3.0]] * 2
    model = of_this_dialect(keras.Sequential([keras.layers.Input((3,)), layer]))
    assert np.mean(model(x)) == 3.0
    assert np.mean(model(x, training=True)) == 3.0


def test_masks_survive() -> None:
    ids = wrap(torch.tensor([[1, 0]]))
    embedded = keras.layers.Embedding(3, 2, mask_zero=True)(ids)
    assert embedded._keras_mask.numpy().tolist() == [[True, False]]
    assert keras.layers.LSTM(2)(embedded).shape.as_list() == [1, 2]
    assert not hasattr(ids, "_keras_mask")


def test_losses_give_tensors_of_the_dialect() -> None:
    loss = keras.losses.MeanSquaredError()
    assert type(loss(X, wrap(torch.ones(2, 3)))) is Tensor
    assert type(loss(wrap(torch.ones(2, 3)), wrap(torch.ones(2, 3)), sample_weight=np.ones(2))) is Tensor
    assert type(loss(X, X)) is torch.Tensor
    assert f"{of_this_dialect(loss)(X, X + 1).numpy():.1f}" == "1.0"
    assert type(loss(torch.ones(2), torch.ones(2), torch.ones(2))) is torch.Tensor


def test_metrics_give_tensors_of_the_dialect() -> None:
    metric = keras.metrics.MeanAbsoluteError()
    adopt_metric(metric)
    metric.update_state(X, wrap(torch.zeros(2, 3)))
    assert f"{metric.result().numpy():.1f}" == "1.0"
    assert type(metric(X, X)) is Tensor
    for other in (copy.deepcopy(metric), pickle.loads(pickle.dumps(metric))):
        other.reset_state()
        other.update_state(X, X)
        assert float(other.result()) == 0.0
    assert float(metric.result()) == 0.5
    assert type(keras.metrics.MeanAbsoluteError().result()) is torch.Tensor


def test_functions_of_users_get_tensors_of_the_dialect() -> None:
    class Halved(keras.layers.Layer):
        def build(self, input_shape: Any) -> None:
            self.shape = input_shape.as_list()

        def call(self, x: Any, training: bool = False) -> Any:
            assert type(x) is Tensor
            y = x
            y += 1
            return (x + y) / 2

    adopt_class(Halved)
    layer = Halved()
    x = torch.ones(2, 3, requires_grad=True)
    out = layer(x)
    assert type(out) is torch.Tensor
    assert out.tolist() == [[1.5] * 3] * 2
    assert out.requires_grad
    assert layer.shape == [2, 3]
    assert type(layer(wrap(torch.ones(2, 3)))) is Tensor
    assert Halved()(keras.Input((3,))).shape == (None, 3)
    assert not Halved()(wrap(x)).requires_grad
    with GradientTape() as tape:
        tape.watch(w := wrap(torch.ones(1, 3)))
        y = layer(w)
    assert tape.gradient(y, w).numpy().tolist() == [[1.0] * 3]


def test_a_step_of_a_user_runs_in_fit() -> None:
    class Model(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(1, kernel_initializer="zeros")

        def call(self, x: Any) -> Any:
            return self.dense(x)

        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data
            assert type(x) is type(y) is Tensor
            assert not self(x, training=True).requires_grad
            with GradientTape() as tape:
                loss = ((self(x, training=True) - y) ** 2).mean()
            self.optimizer.apply_gradients(
                zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables, strict=True)
            )
            return {"loss": loss}

    adopt_class(Model)
    model = Model()
    of_this_dialect(model).compile(keras.optimizers.SGD(0.1))
    history = model.fit(X, np.ones((2, 1), "float32"), epochs=3, verbose=0).history["loss"]
    np.testing.assert_allclose(history, [1.0, 0.04, 0.0016], rtol=1e-4)  # each step shrinks the error to a fifth


def test_a_loss_of_a_user_is_differentiated() -> None:
    def loss(y_true: Any, y_pred: Any) -> Any:
        assert type(y_pred) is Tensor
        return ((y_true - y_pred) ** 2).mean(-1)

    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(0.1), with_tensors(loss))
    history = model.fit(X, np.ones((2, 1), "float32"), epochs=2, verbose=0).history["loss"]
    np.testing.assert_allclose(history, [1.0, 0.04], rtol=1e-4)


def test_wrapped_functions_keep_name_and_signature() -> None:
    def call(x: Any, training: bool = True) -> Any:
        return x

    assert with_tensors(call).__name__ == "call"
    assert type(with_tensors(call)(wrap(torch.ones(1)))) is Tensor


def test_shapes_in_nested_structures() -> None:
    seen = with_shapes(lambda self, shape: shape)(None, [(None, 3), {"a": (2,)}])
    assert type(seen[0]) is type(seen[1]["a"]) is TensorShape


def test_a_user_who_asks_a_cell_for_its_states_gets_what_the_method_says() -> None:
    class Cell(keras.layers.Layer):
        def get_initial_state(self, batch_size: Any = None, dtype: Any = "float64") -> Any:
            return wrap(torch.zeros(batch_size, 2)), dtype

    adopt_class(Cell)
    states, dtype = Cell().get_initial_state(3)
    assert (type(states), dtype) == (Tensor, "float64")
    assert Cell().get_initial_state(batch_size=3)[1] == "float64"


def test_symbolic_tensors_have_the_shapes_and_dtypes_of_the_dialect() -> None:
    with making("tf.keras"):
        x = keras.Input((3,))
    y = keras.layers.Dense(2)(x) + np.ones(2, "float32")
    assert (y.shape.as_list(), y.get_shape(), y.dtype.name) == ([None, 2], (None, 2), "float32")
    y.set_shape([4, None])
    assert y.shape == (4, 2)
    assert y.ref().deref() is y
    model = keras.Model(x, y)
    assert model(X).shape == (2, 2)
    other = keras.Input((3,))
    assert type(other.shape) is tuple
    with pytest.raises(AttributeError, match="get_shape"):
        other.get_shape()


def test_weights_compute_as_tensors_of_the_dialect(monkeypatch: pytest.MonkeyPatch) -> None:
    weight = keras.Variable([1.0, 2.0])
    assert type(weight * 2) is torch.Tensor
    assert type(weight.shape) is tuple
    monkeypatch.setattr(OVERRIDES, "dialect", "tf.keras")
    assert weight.shape.as_list() == [2]
    assert (weight * 2).numpy().tolist() == [2.0, 4.0]
    assert not (weight * 2).requires_grad
    with GradientTape() as tape:
        y = (weight * weight).sum()
    assert tape.gradient(y, weight).numpy().tolist() == [2.0, 4.0]


def test_functions_of_keras_give_tensors_of_the_dialect() -> None:
    mse = function_of_keras(keras.losses.mean_squared_error)
    assert type(mse(X, X)) is Tensor
    assert type(mse(wrap(torch.ones(2, 3)), X)) is Tensor
    x = keras.Input((3,))
    assert mse(x, x).shape == (None,)
    assert mse.__name__ == "mean_squared_error"


def test_only_metrics_are_changed_when_they_are_made() -> None:
    metric, layer = keras.metrics.Mean(), keras.layers.Dense(1)
    adopt(metric)
    adopt(layer)
    assert "result" in metric.__dict__
    assert "result" not in layer.__dict__
