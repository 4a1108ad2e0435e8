"""`tf.custom_gradient`, `tf.recompute_grad`, `tf.grad_pass_through`."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from torchkeras_compat.dialects.tensorflow.custom_gradients import custom_gradient, grad_pass_through, recompute_grad
from torchkeras_compat.dialects.tensorflow.tape import GradientTape
from torchkeras_compat.dialects.tensorflow.tensor import Tensor
from torchkeras_compat.dialects.tensorflow.variable import Variable


def test_a_function_brings_its_gradient() -> None:
    @custom_gradient
    def f(x: Any, y: Any) -> Any:
        assert type(x) is Tensor
        return x * y, lambda upstream: (upstream * 10, None)

    x, y = Variable(3.0), Variable(2.0)
    with GradientTape() as tape:
        z = f(x, y) * 2
    assert float(z) == 12.0
    found = tape.gradient(z, [x, y])
    assert (float(found[0]), found[1]) == (20.0, None)
    assert float(f(1.0, 2.0)) == 2.0
    with pytest.raises(TypeError, match="by position"):
        f(x, y=y)
    assert custom_gradient() is custom_gradient


def test_what_is_forgotten_is_computed_again() -> None:
    calls = []

    @recompute_grad
    def f(x: Any) -> Any:
        calls.append(1)
        return (x * x).sin()

    x = Variable(1.0)
    with GradientTape() as tape:
        y = f(x)
    assert float(tape.gradient(y, x)) == pytest.approx(2 * float(torch.cos(torch.tensor(1.0))))
    assert len(calls) == 2
    assert type(f(Variable(0.0))) is Tensor


def test_a_gradient_passes_through() -> None:
    x = Variable(1.4)
    with GradientTape() as tape:
        y = grad_pass_through(torch.round)(x)
    assert (float(y), float(tape.gradient(y, x))) == (1.0, 1.0)
