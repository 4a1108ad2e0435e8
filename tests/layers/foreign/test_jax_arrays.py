"""Tensors and arrays of JAX: the same numbers and dtypes both ways."""

from __future__ import annotations

import pytest
import torch

jax = pytest.importorskip("jax")

from torchkeras_compat.layers.foreign.jax_arrays import JaxFunction, to_jax, to_torch  # noqa: E402


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "int32", "int8", "uint8", "bool"])
def test_values_and_dtypes_stay(dtype: str) -> None:
    tensor = torch.tensor([[0.0, 1.0], [2.0, 3.0]]).to(getattr(torch, dtype)).T
    array = to_jax(tensor)
    assert array.dtype.name == dtype
    assert torch.equal(to_torch(array, torch.device("cpu")), tensor)


def test_copies_do_not_share_memory() -> None:
    tensor = torch.zeros(3)
    array = to_jax(tensor)
    tensor.add_(1)
    assert array.tolist() == [0.0] * 3


def test_gradients_are_those_of_jax() -> None:
    x, y = (torch.randn(3, requires_grad=True) for _ in range(2))
    outputs = JaxFunction.apply(lambda a, b: ([a * b, a.sum()], [jax.numpy.argmax(a)]), torch.device("cpu"), x, y)
    assert not outputs[2].requires_grad
    (outputs[0].sum() + 2 * outputs[1]).backward()
    torch.testing.assert_close(x.grad, y.detach() + 2)
    torch.testing.assert_close(y.grad, x.detach())
