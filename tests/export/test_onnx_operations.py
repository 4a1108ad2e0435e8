"""Operations that `torch.onnx` does not write. Oracle: torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.export.program import traced
from torchkeras_compat.export.signature import Spec

pytest.importorskip("onnxscript")
onnxruntime = pytest.importorskip("onnxruntime")


class Computes(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *args):
        return self.function(*args)


BOUNDARIES = torch.tensor([0.2, 0.4, 0.4, 0.8])


@pytest.mark.parametrize(
    "function",
    [
        lambda x: torch.sort(x, dim=1, stable=True),
        lambda x: torch.sort(x, dim=-1, stable=True, descending=True),
        lambda x: (x > 0.5).to(torch.uint8).argsort(dim=1, descending=True, stable=True),
        lambda x: torch.searchsorted(BOUNDARIES, x),
        lambda x: torch.searchsorted(BOUNDARIES, x, right=True, out_int32=True),
        lambda x: torch.bucketize(x, BOUNDARIES),
        lambda x: torch.bucketize(x, BOUNDARIES, right=True),
    ],
)
def test_an_operation_computes_what_torch_does(function, tmp_path):
    from torchkeras_compat.export.onnx_format import write_onnx

    arguments = (Spec((None, 6), torch.float32, "x"),)
    path = str(tmp_path / "a.onnx")
    write_onnx(traced(Computes(function), arguments), path, arguments)
    x = (torch.rand(4, 6) * 5).round() / 5  # values that are equal to each other and to boundaries
    expected = function(x)
    expected = list(expected) if isinstance(expected, tuple) else [expected]
    found = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, {"x": x.numpy()})
    for ours, theirs in zip(found, expected, strict=True):
        assert str(ours.dtype) == str(theirs.dtype).removeprefix("torch.")
        np.testing.assert_array_equal(ours, theirs.numpy())


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
@pytest.mark.parametrize("bias", [True, False])
def test_a_recurrent_operation_computes_what_torch_does(nonlinearity, bias, tmp_path):
    from torchkeras_compat.export.onnx_format import write_onnx

    module = torch.nn.RNN(3, 4, nonlinearity=nonlinearity, bias=bias, batch_first=True)
    arguments = (Spec((None, None, 3), torch.float32, "x"),)
    path = str(tmp_path / "a.onnx")
    write_onnx(traced(module, arguments), path, arguments)
    x = torch.rand(2, 5, 3)
    found = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, {"x": x.numpy()})
    for ours, theirs in zip(found, module(x), strict=True):
        np.testing.assert_allclose(ours, theirs.detach().numpy(), atol=1e-6)
