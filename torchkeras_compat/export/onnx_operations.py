"""Operations that `torch.onnx` does not write, in those of ONNX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

_LONG, _INT = 7, 6  # numbers of ONNX's dtypes: int64 and int32


def translations() -> dict[Callable[..., Any], Callable[..., Any]]:
    """Return the functions that write operations of torch in those of ONNX, for `torch.onnx.export`."""
    from onnxscript import opset18  # optional library

    op: Any = opset18  # whose types say which dtypes meet, and not which of these are here

    def sort_stable(self: Any, stable: bool | None = None, dim: int = -1, descending: bool = False) -> Any:
        # Of equal values TopK gives the one with the lower index first, so that it is stable.
        size = op.Gather(op.Shape(self), op.Constant(value_ints=[dim]), axis=0)
        values, indices = op.TopK(self, size, axis=dim, largest=int(descending), sorted=1)
        return values, indices

    def searchsorted(
        sorted_sequence: Any,
        self: Any,
        out_int32: bool = False,
        right: bool = False,
        side: str | None = None,
        sorter: Any = None,
    ) -> Any:
        # The position of a value is the number of boundaries before it.
        values = op.Unsqueeze(self, op.Constant(value_ints=[-1]))
        is_before = op.GreaterOrEqual if right or side == "right" else op.Greater
        counted = op.Cast(is_before(values, sorted_sequence), to=_LONG)
        found = op.ReduceSum(counted, op.Constant(value_ints=[-1]), keepdims=0)
        return op.Cast(found, to=_INT) if out_int32 else found

    def bucketize(self: Any, boundaries: Any, out_int32: bool = False, right: bool = False) -> Any:
        return searchsorted(boundaries, self, out_int32, right)

    def rnn(activation: str) -> Callable[..., Any]:
        def run(
            input: Any,
            hx: Any,
            params: Any,
            has_biases: bool,
            num_layers: int,
            dropout: float,
            train: bool,
            bidirectional: bool,
            batch_first: bool,
        ) -> Any:
            if num_layers != 1 or bidirectional:
                raise NotImplementedError("torch.nn.RNN with several layers or directions")
            first = op.Constant(value_ints=[0])
            weights = [op.Unsqueeze(part, first) for part in params]
            bias = op.Concat(*weights[2:], axis=-1) if has_biases else None
            sequences = op.Transpose(input, perm=[1, 0, 2]) if batch_first else input
            size = hx.shape[-1]
            outputs, last = op.RNN(
                sequences, weights[0], weights[1], bias, None, hx, activations=[activation], hidden_size=size
            )
            outputs = op.Squeeze(outputs, op.Constant(value_ints=[1]))  # the axis of directions
            return op.Transpose(outputs, perm=[1, 0, 2]) if batch_first else outputs, last

        return run

    aten = torch.ops.aten
    return {
        aten.sort.stable: sort_stable,
        aten.searchsorted.Tensor: searchsorted,
        aten.bucketize.Tensor: bucketize,
        aten.rnn_tanh.input: rnn("Tanh"),
        aten.rnn_relu.input: rnn("Relu"),
    }
