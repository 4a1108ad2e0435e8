"""`Recurrent`, from which layers of Keras 1 and 2.0 were derived."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Sequential, layers
from torchkeras_compat.legacy.initializers import keras1
from torchkeras_compat.legacy.layers.recurrent import Recurrent


class Simple(Recurrent):
    """`h = tanh(x @ W + h @ U)`, written as for Keras 1."""

    def __init__(self, output_dim: int, **kwargs: Any) -> None:
        self.output_dim = output_dim
        super().__init__(**kwargs)

    def build(self, input_shape: Any) -> None:
        self.states = [None]
        self.W = self.add_weight((input_shape[2], self.output_dim), initializer="uniform", name="W")
        self.U = self.add_weight((self.output_dim, self.output_dim), initializer="uniform", name="U")

    def preprocess_input(self, x: Any) -> Any:
        return x @ self.W.value

    def step(self, x: Any, states: Any) -> Any:
        h = torch.tanh(x + states[0] @ self.U.value)
        return h, [h]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_dim": self.output_dim}


X = torch.randn(2, 5, 4)


@pytest.mark.parametrize("arguments", [{}, {"return_sequences": True}, {"go_backwards": True}, {"return_state": True}])
def test_steps_as_those_of_a_simple_rnn(arguments: dict[str, Any]) -> None:
    layer, known = Simple(3, **arguments), layers.SimpleRNN(3, use_bias=False, **arguments)
    layer(X), known(X)
    known.set_weights(layer.get_weights())
    torch.testing.assert_close(layer(X), known(X))


def test_masks() -> None:
    layer, known = Simple(3), layers.SimpleRNN(3, use_bias=False)
    layer(X), known(X)
    known.set_weights(layer.get_weights())
    mask = torch.tensor([[True] * 5, [True, True, True, False, False]])
    torch.testing.assert_close(layer(X, mask=mask), known(X, mask=mask))


def test_constants_stand_behind_the_states() -> None:
    class Scaled(Simple):
        def get_constants(self, x: Any, training: Any = None) -> Any:
            return [torch.tensor(2.0)]

        def step(self, x: Any, states: Any) -> Any:
            h = states[0] + states[1]
            return h, [h]

    assert Scaled(3)(X).tolist() == [[10.0] * 3] * 2


def test_a_stateful_layer_goes_on() -> None:
    layer = Simple(3, stateful=True)
    first, second = layer(X), layer(X)
    assert not torch.equal(first, second)
    layer.reset_states()
    assert torch.equal(layer(X), first)
    layer.reset_states(torch.ones(2, 3))
    assert not torch.equal(layer(X), first)


def test_in_a_model() -> None:
    model = Sequential([Simple(3, input_dim=4, input_length=5), layers.Dense(1)])
    assert model.output_shape == (None, 1)
    model.compile("sgd", "mse")
    model.fit(X.numpy(), np.zeros((2, 1)), verbose=0)
    layer = Simple(3, return_sequences=True)
    assert layer.compute_output_shape((None, 5, 4)) == (None, 5, 3)
    assert Simple.from_config(layer.get_config()).return_sequences


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="consume_less='disk'"):
        Simple(3, consume_less="disk")
    with pytest.raises(ValueError, match="is not stateful"):
        Simple(3).reset_states()
    with pytest.raises(ValueError, match="must set `units` or `output_dim`"):
        Recurrent()(X)


def test_weights_that_a_layer_lists_itself() -> None:
    class Listing(Simple):
        def build(self, input_shape: Any) -> None:
            self.states = [None]
            made = [keras1.uniform(shape) for shape in ((input_shape[2], self.output_dim), (self.output_dim,) * 2)]
            self.W, self.U = made
            self.trainable_weights = made
            self.built = True

    layer = Listing(3)
    assert layer(X).shape == (2, 3)
    assert len(layer.trainable_weights) == 2 and len(list(layer.parameters())) == 2
