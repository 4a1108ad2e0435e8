"""Arrays of recurrent layers as Keras 1 and the layers of cuDNN laid them out."""

from __future__ import annotations

import torch

_Tensors = list[torch.Tensor]
# Where the gates of Keras 3 lie among those of Keras 1, each with a kernel, a recurrent kernel and a bias.
_LSTM_GATES = (0, 2, 1, 3)  # input, cell, forget, output there; input, forget, cell, output here
_GRU_GATES = (0, 1, 2)


def joined_gates(arrays: _Tensors, gates: int) -> _Tensors:
    """Return kernel, recurrent kernel and bias of all gates, from those of each gate as Keras 1 kept them.

    Args:
        arrays: Three arrays a gate, units last, or what Keras 3 has already.
        gates: 4 of an LSTM, 3 of a GRU.

    Example:
        >>> arrays = [torch.zeros(2, 3), torch.zeros(3, 3), torch.zeros(3)] * 4
        >>> [tuple(t.shape) for t in joined_gates(arrays, 4)]
        [(2, 12), (3, 12), (12,)]
    """
    if len(arrays) != 3 * gates:
        return arrays
    order = _LSTM_GATES if gates == 4 else _GRU_GATES
    return [torch.cat([arrays[3 * gate + kind] for gate in order], dim=-1) for kind in range(3)]


def from_cudnn(arrays: _Tensors, gates: int) -> _Tensors:
    """Return the arrays of `LSTM` or `GRU` (``reset_after=True``), from those of `CuDNNLSTM` or `CuDNNGRU`.

    There the kernels of each gate are transposed, and there are two biases in one row, which an LSTM adds up.
    Arrays that are not of such a layer come back as they are.

    Args:
        arrays: Kernel, recurrent kernel and perhaps bias.
        gates: 4 of an LSTM, 3 of a GRU.

    Raises:
        RuntimeError: they do not fit together.

    Source: Keras 2.3, layers/CuDNNLSTM; cuDNN's `cudnnRNNMode_t`.
    """
    if not is_cudnn(arrays, gates):
        return arrays
    kernel, recurrent, bias = arrays
    kernel = torch.cat([_rows_of_units(gate) for gate in kernel.chunk(gates, dim=1)], dim=1)
    recurrent = torch.cat([gate.T for gate in recurrent.chunk(gates, dim=1)], dim=1)
    both = bias.reshape(2, -1)
    return [kernel, recurrent, both[0] + both[1] if gates == 4 else both]


def is_cudnn(arrays: _Tensors, gates: int) -> bool:
    """Return whether three arrays are in the layout of cuDNN: their bias is one row of double length."""
    if len(arrays) != 3 or [a.ndim for a in arrays] != [2, 2, 1]:
        return False
    return arrays[2].shape[0] == 2 * gates * arrays[1].shape[0]


def _rows_of_units(gate: torch.Tensor) -> torch.Tensor:
    """The kernel ``(features, units)`` of one gate, whose values cuDNN keeps unit by unit."""
    features, units = gate.shape
    return gate.reshape(units, features).T
