"""What the arguments of the random functions become before numbers are drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.dtypes.names import is_float_dtype, is_int_dtype, standardize_dtype, to_torch_dtype
from torchkeras_compat.variable_base import VariableBase


def float_dtype(dtype: Any, function: str) -> torch.dtype:
    """Return the torch dtype of a floating point ``dtype`` (None: floatx), or raise a ValueError for another kind."""
    name = standardize_dtype(dtype)
    if not is_float_dtype(name):
        raise ValueError(f"`keras.random.{function}` requires a floating point `dtype`. Received: dtype={dtype}")
    return to_torch_dtype(name)


def int_dtype(dtype: Any, function: str) -> torch.dtype:
    """Return the torch dtype of an integer ``dtype``, or raise a ValueError for another kind."""
    name = standardize_dtype(dtype)
    if not is_int_dtype(name):
        raise ValueError(f"`keras.random.{function}` requires an integer `dtype`. Received: dtype={dtype}")
    return to_torch_dtype(name)


def as_tensor(x: Any, dtype: torch.dtype | None = None) -> torch.Tensor:
    """Return a tensor, variable, array or number as a tensor; what is none yet goes to the current device."""
    if isinstance(x, VariableBase):
        x = x.value
    if isinstance(x, torch.Tensor):
        return x if dtype is None else x.to(dtype)
    if dtype is not None and isinstance(x, (int, float)):  # made on the device: a copy to it would wait
        return torch.full((), x, dtype=dtype, device=current_device())
    if dtype is None and not isinstance(x, np.ndarray):
        array = np.asarray(x)
        dtype = {"f": to_torch_dtype(None), "i": torch.int32}.get(array.dtype.kind)
        x = array
    return torch.tensor(np.asarray(x), dtype=dtype, device=current_device())


def filled(value: Any, shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    """Return a parameter of a distribution as a contiguous tensor of the shape to draw."""
    if isinstance(value, (int, float)):
        return torch.full(shape, float(value), dtype=dtype, device=current_device())
    value = as_tensor(value, dtype)
    return value.expand(shape).contiguous()
