"""`AbstractRNNCell`."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.legacy.layers.abstract_rnn_cell import AbstractRNNCell


class Minimal(AbstractRNNCell):
    """`h = tanh(x @ W + h @ U)`, as the documentation of TensorFlow has it."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        self.units = units
        super().__init__(**kwargs)

    @property
    def state_size(self) -> int:
        return self.units

    @property
    def output_size(self) -> int:
        return self.units

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="uniform", name="kernel")
        self.recurrent = self.add_weight(shape=(self.units, self.units), initializer="uniform", name="recurrent")

    def call(self, inputs: torch.Tensor, states: Any) -> Any:
        h = torch.tanh(inputs @ self.kernel.value + states[0] @ self.recurrent.value)
        return h, [h]


def test_a_cell_in_an_rnn() -> None:
    layer, known = (
        layers.RNN(Minimal(3), return_sequences=True),
        layers.SimpleRNN(3, use_bias=False, return_sequences=True),
    )
    x = torch.randn(2, 5, 4)
    layer(x), known(x)
    known.set_weights(layer.get_weights())
    torch.testing.assert_close(layer(x), known(x))
    assert layers.RNN(Minimal(3)).compute_output_shape((None, 5, 4)) == (None, 3)
    assert layers.RNN([Minimal(3), Minimal(2)])(x).shape == (2, 2)


def test_states_to_start_from() -> None:
    cell = Minimal(3)
    assert cell.get_initial_state(batch_size=2).shape == (2, 3)
    assert cell.get_initial_state(torch.ones(4, 5, dtype=torch.float64)).dtype is torch.float64
    with pytest.raises(ValueError, match="needs `inputs` or `batch_size`"):
        cell.get_initial_state()

    class Two(Minimal):
        state_size = [3, 4]  # type: ignore[assignment]

    assert [s.shape for s in Two(3).get_initial_state(batch_size=2)] == [(2, 3), (2, 4)]


def test_what_a_subclass_must_define() -> None:
    for what in ("state_size", "output_size"):
        with pytest.raises((NotImplementedError, AttributeError), match=what):
            getattr(AbstractRNNCell(), what)
