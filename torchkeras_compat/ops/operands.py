"""What the functions of NumPy's family accept, as torch tensors of the dtype that Keras's rules give."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat import config
from torchkeras_compat.dtypes.names import TORCH_DTYPES
from torchkeras_compat.dtypes.promotion import common_dtype
from torchkeras_compat.ops.conversion import convert_to_tensor

# 8- and 16-bit sums and products need more room; torch has no arithmetic on unsigned types wider than 8 bits.
ACCUMULATORS = {
    torch.bool: torch.int32,
    torch.uint8: torch.int32,
    torch.int8: torch.int32,
    torch.int16: torch.int32,
}
HALVES = (torch.float16, torch.bfloat16)


def float_dtype(dtype: torch.dtype) -> torch.dtype:
    """Return ``dtype`` if it is floating or complex, else that of :func:`~torchkeras_compat.config.floatx`."""
    return dtype if dtype.is_floating_point or dtype.is_complex else TORCH_DTYPES[config.floatx()]


def as_float(x: Any) -> torch.Tensor:
    """Return ``x`` as a floating point or complex tensor: integers and booleans become floats."""
    x = convert_to_tensor(x)
    return x if x.is_floating_point() or x.is_complex() else x.to(TORCH_DTYPES[config.floatx()])


def as_bool(x: Any) -> torch.Tensor:
    """Return ``x`` as a boolean tensor: whether each element is not zero."""
    x = convert_to_tensor(x)
    return x if x.dtype is torch.bool else x.to(torch.bool)


def weak_dtype(x: Any) -> torch.dtype | type | None:
    """Return ``int``, ``float`` or ``complex`` for a Python or NumPy number, the dtype of a tensor, else None."""
    if isinstance(x, torch.Tensor):
        return x.dtype
    if isinstance(x, (bool, np.bool_)):
        return torch.bool
    for kind, numpy_kind in ((int, np.integer), (float, np.floating), (complex, np.complexfloating)):
        if isinstance(x, (kind, numpy_kind)):
            return kind
    return None


def as_pair(x1: Any, x2: Any, *more: Any, minimum: type | None = None) -> tuple[torch.Tensor, ...]:
    """Return the operands as tensors of one dtype, that of Keras's promotion rules.

    Numbers become tensors without axes on the CPU, which torch lets meet tensors of any device: no copy to the device.

    Args:
        x1: First operand: tensor, array, Variable, number or nested lists.
        x2: Second operand.
        *more: Further operands.
        minimum: ``float`` to compute in floating point at least, ``int`` to keep out of booleans.
    """
    if not more and isinstance(x1, torch.Tensor):
        dtype = x1.dtype
        if minimum is None or dtype.is_floating_point or (minimum is int and dtype is not torch.bool):
            if isinstance(x2, torch.Tensor):
                if x2.dtype is dtype:
                    return x1, x2
            elif _takes_number(x1, x2):
                return x1, torch.scalar_tensor(x2, dtype=dtype, device="cpu")
    operands = [x if weak_dtype(x) is not None else convert_to_tensor(x) for x in (x1, x2, *more)]
    kinds: list[Any] = [weak_dtype(x) for x in operands]
    if not any(isinstance(x, torch.Tensor) and x.ndim for x in operands):  # beside axes, a NumPy number is a number
        kinds = [_own_dtype(x) or kind for x, kind in zip(operands, kinds, strict=True)]
    dtype = common_dtype(*kinds, *([minimum] if minimum else []))
    numbers_only = not any(isinstance(x, torch.Tensor) for x in operands)
    return tuple(
        x.to(dtype)
        if isinstance(x, torch.Tensor)
        else convert_to_tensor(x, dtype)
        if numbers_only
        else torch.scalar_tensor(x, dtype=dtype, device="cpu")
        for x in operands
    )


def as_operands(x1: Any, x2: Any) -> tuple[Any, Any]:
    """Return the operands of an operator of torch: as :func:`as_pair`, but a number beside a tensor may stay one."""
    if isinstance(x1, torch.Tensor):
        if isinstance(x2, torch.Tensor):
            if x1.dtype is x2.dtype:
                return x1, x2
        elif _takes_number(x1, x2):
            return x1, x2
    elif isinstance(x2, torch.Tensor) and _takes_number(x2, x1):
        return x1, x2
    first, second = as_pair(x1, x2)
    return first, second


def _own_dtype(x: Any) -> torch.dtype | None:
    """The dtype of a NumPy number; float64 is a float of Python."""
    return TORCH_DTYPES.get(x.dtype.name) if isinstance(x, np.number) and not isinstance(x, float) else None


def _takes_number(x: torch.Tensor, number: Any) -> bool:
    kind = type(number)
    return (kind is int and x.dtype is not torch.bool) or (kind is float and (x.is_floating_point() or x.is_complex()))
