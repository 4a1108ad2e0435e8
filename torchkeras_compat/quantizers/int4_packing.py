"""Two 4-bit integers in one byte, and back: the first of a pair is the low half."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation

_DTYPES = {"int8": torch.int8, "uint8": torch.uint8}


def pack_int4(arr: Any, axis: int = 0, dtype: Any = "int8") -> tuple[torch.Tensor, tuple[int, ...], int]:
    """Return integers of 4 bits, two neighbours along an axis in each byte.

    Args:
        arr: Integers in [-8, 7] for int8, in [0, 15] for uint8; of others the low four bits count. An odd length is
            filled up with 0.
        axis: Axis of the neighbours.
        dtype: Dtype of ``arr`` and of the result, ``"int8"`` or ``"uint8"``.

    Returns:
        The bytes, half as long along the axis; their shape; the length along the axis before.

    Raises:
        IndexError: the axis does not exist.
        TypeError: ``arr`` has another dtype than ``dtype``.
        ValueError: ``dtype`` is none of the two.

    Example:
        >>> pack_int4(torch.tensor([1, 2, -1], dtype=torch.int8))
        (tensor([33, 15], dtype=torch.int8), (2,), 3)

    Source: Keras API, quantizers/pack_int4.
    """
    wanted = _torch_dtype(dtype)
    arr = convert_to_tensor(arr)
    if arr.dtype is not wanted:
        raise TypeError(f"Expected {dtype} tensor for packing, got {arr.dtype}. Cast it, or give its `dtype`.")
    axis = _positive_axis(axis, arr.ndim)
    length = arr.shape[axis]
    if length % 2:
        arr = torch.cat([arr, torch.zeros_like(arr.narrow(axis, 0, 1))], axis)
    low, high = arr.unflatten(axis, ((length + 1) // 2, 2)).unbind(axis + 1)
    packed = (low & 0x0F) | (high << 4)
    return packed, tuple(packed.shape), length


@operation
def unpack_int4(packed: Any, orig_len: int | None, axis: int = 0, dtype: Any = "int8") -> torch.Tensor:
    """Return the integers that :func:`pack_int4` put in bytes.

    Args:
        packed: The bytes.
        orig_len: Length along the axis before; None for all that is there.
        axis: Axis of the neighbours.
        dtype: ``"int8"`` for integers in [-8, 7], ``"uint8"`` for [0, 15].

    Raises:
        IndexError: the axis does not exist.
        TypeError: ``packed`` is neither int8 nor uint8.
        ValueError: ``dtype`` is none of the two.

    Example:
        >>> unpack_int4(torch.tensor([33, 15], dtype=torch.int8), 3)
        tensor([ 1,  2, -1], dtype=torch.int8)

    Source: Keras API, quantizers/unpack_int4.
    """
    wanted = _torch_dtype(dtype)
    packed = convert_to_tensor(packed)
    if packed.dtype not in _DTYPES.values():
        raise TypeError(f"Expected int8 or uint8 tensor for unpacking, got {packed.dtype}.")
    axis = _positive_axis(axis, packed.ndim)
    packed = packed.view(wanted)
    # Shifts to the right fill up with the sign where there is one.
    halves = torch.stack(((packed << 4) >> 4, packed >> 4), axis + 1)
    return halves.flatten(axis, axis + 1)[(slice(None),) * axis + (slice(orig_len),)]


def _torch_dtype(dtype: Any) -> torch.dtype:
    name = dtype if isinstance(dtype, str) else standardize_dtype(dtype)
    if name not in _DTYPES:
        raise ValueError(f"Expected dtype to be 'int8' or 'uint8', but got {dtype!r}.")
    return _DTYPES[name]


def _positive_axis(axis: int, ndim: int) -> int:
    if not -ndim <= axis < ndim:
        raise IndexError(f"A tensor of {ndim} axes has no axis {axis}.")
    return axis % ndim
