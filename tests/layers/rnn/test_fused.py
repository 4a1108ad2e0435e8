"""The fused kernels on a GPU: the CPU's numbers, no warning about weights, no wait for the device."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch

from torchkeras_compat import device, layers

pytestmark = pytest.mark.cuda


@pytest.mark.parametrize("is_masked", [False, True])
@pytest.mark.parametrize("arguments", [{}, {"return_state": True, "return_sequences": True}])
@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_outputs_and_gradients_are_those_of_the_cpu(name: str, arguments: dict[str, Any], is_masked: bool) -> None:
    with device("cpu"):
        on_cpu = getattr(layers, name)(16, **arguments)
        on_cpu.build((4, 10, 8))
    on_cuda = copy.deepcopy(on_cpu).to("cuda")
    x = torch.randn(4, 10, 8)
    mask = torch.rand(4, 10) > 0.4 if is_masked else None
    x_cuda, mask_cuda = x.cuda(), None if mask is None else mask.cuda()
    on_cuda(x_cuda, mask=mask_cuda)  # cuDNN sets itself up
    torch.cuda.set_sync_debug_mode("error")
    try:
        found = on_cuda(x_cuda, mask=mask_cuda)
        found = found if isinstance(found, tuple) else (found,)
        sum((f**2).sum() for f in found).backward()
    finally:
        torch.cuda.set_sync_debug_mode("default")
    expected = on_cpu(x, mask=mask)
    expected = expected if isinstance(expected, tuple) else (expected,)
    sum((e**2).sum() for e in expected).backward()
    for e, f in zip(expected, found, strict=True):
        torch.testing.assert_close(f.cpu(), e, atol=1e-3, rtol=1e-3)
    for e, f in zip(on_cpu.parameters(), on_cuda.parameters(), strict=True):
        torch.testing.assert_close(f.grad.cpu(), e.grad, atol=1e-2, rtol=1e-2)
