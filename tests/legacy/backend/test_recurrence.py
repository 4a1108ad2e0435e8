from __future__ import annotations

import pytest
import torch

from torchkeras_compat.legacy.backend.placeholders import placeholder
from torchkeras_compat.legacy.backend.recurrence import rnn


def add(x, states):
    return x + states[0], [x + states[0]]


def test_there_is_at_least_one_step() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        rnn(add, torch.ones(2, 0, 1), [torch.zeros(2, 1)])


def test_inputs_may_be_a_nesting() -> None:
    def step(xs, states):
        return xs["a"] * xs["b"] + states[0], [states[0] + 1]

    last, outputs, states = rnn(step, {"a": torch.ones(1, 3, 2), "b": torch.full((1, 3, 2), 2.0)}, [torch.zeros(1, 2)])
    assert outputs[0, :, 0].tolist() == [2.0, 3.0, 4.0]
    assert last.tolist() == [[4.0, 4.0]]
    assert states[0].tolist() == [[3.0, 3.0]]


def test_an_int_as_length_is_a_hint() -> None:
    assert rnn(add, torch.ones(1, 3, 1), [torch.zeros(1, 1)], input_length=3)[0].item() == 3.0


def test_recorded_inputs_give_recorded_outputs() -> None:
    last, outputs, states = rnn(add, placeholder((None, 4, 2)), [placeholder((None, 2))])
    assert (last.shape, outputs.shape, states[0].shape) == ((None, 2), (None, 4, 2), (None, 2))


def test_gradients_pass_masked_steps() -> None:
    x = torch.ones(1, 3, 1, requires_grad=True)
    last, _, _ = rnn(add, x, [torch.zeros(1, 1)], mask=torch.tensor([[True, False, True]]))
    last.sum().backward()
    assert x.grad is not None
    assert x.grad.flatten().tolist() == [1.0, 0.0, 1.0]
