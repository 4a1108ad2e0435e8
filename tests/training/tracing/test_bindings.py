"""The shortest way to an operation comes to that operation."""

from __future__ import annotations

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from tests.training.tracing.recorded import record
from torchkeras_compat.training.tracing.bindings import binding


class Last(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.func = func
        return func(*args, **(kwargs or {}))


X = torch.randn(4, 4)


@pytest.mark.parametrize(
    ("function", "is_short"),
    [
        (lambda x: (x @ x,), True),
        (lambda x: (x * 2.5,), True),
        (lambda x: (torch.add(x, x, alpha=2),), True),
        (lambda x: (x.sum([0], True),), True),
        (lambda x: (torch.ops.aten.threshold_backward(x, x, 0),), False),
        (lambda x: (torch.where(x > 0, x, 0.0),), True),
    ],
)
def test_the_operation_is_the_recorded_one(function, is_short):
    program = record(function, X)
    for op in program.ops:
        if all(v.place is not None for v in op.inputs()):
            short = binding(op)
            args = [X if hasattr(a, "shape") else a for a in op.args]
            with Last() as last:
                short(*args, **op.kwargs)
            assert last.func is op.function
    assert (
        type(binding(program.ops[0])).__name__ in ("builtin_function_or_method", "method_descriptor")
    ) or not is_short


def test_recurrent_kernels_keep_their_workspace_without_gradients():
    module, x = torch.nn.LSTM(3, 4), torch.randn(5, 2, 3)
    program = record(lambda x: (module(x)[0].detach(),), x)
    (op,) = [op for op in program.ops if "mkldnn_rnn_layer" in str(op.function)] or [None]
    if op is None:
        pytest.skip("torch has no such kernel here")
    args = [v.tensor if getattr(v, "tensor", None) is not None else v for v in op.args]
    args = [torch.zeros(v.shape) if hasattr(v, "root") else v for v in args]
    with torch.no_grad():
        assert binding(op)(*args)[3] is not None
        assert not torch.is_grad_enabled()
