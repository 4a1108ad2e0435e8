"""Numbers cast to dtypes that may not hold them, and tensors handed through."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.operands import tensor
from torchkeras_compat.dtypes.names import to_torch_dtype


@tensor_function
def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> torch.Tensor:
    """Return the numbers in another dtype, moved into its limits first.

    Example:
        >>> saturate_cast([300.0, -5.0], "uint8").numpy().tolist()
        [255, 0]
    """
    x, wanted = tensor(value), to_torch_dtype(dtype)
    if wanted.is_complex or x.is_complex() or wanted is torch.bool or x.dtype is torch.bool:
        return x.to(wanted)
    limits: Any = torch.finfo(wanted) if wanted.is_floating_point else torch.iinfo(wanted)
    if wanted.is_floating_point:
        return (
            x.clamp(limits.min, limits.max).to(wanted)
            if x.dtype is torch.float64 or x.is_floating_point()
            else x.to(wanted)
        )
    if not x.is_floating_point():
        own = torch.iinfo(x.dtype)
        return x.clamp(max(limits.min, own.min), min(limits.max, own.max)).to(wanted)
    greatest = torch.tensor(float(limits.max), dtype=x.dtype, device="cpu")
    if int(greatest) > limits.max:  # rounded up: the number below is the greatest that both dtypes hold
        greatest = torch.nextafter(greatest, torch.zeros_like(greatest))
    return torch.minimum(x.clamp_min(float(limits.min)), greatest).to(wanted)


@tensor_function
def identity_n(input: Any, name: str | None = None) -> list[torch.Tensor]:
    """Return each tensor of a list."""
    return [tensor(x) for x in input]


@tensor_function
def guarantee_const(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the tensor, which the caller promises not to change."""
    return tensor(input)


@tensor_function(ragged="values")
def to_float(x: Any, name: str = "ToFloat") -> torch.Tensor:
    """Return the numbers as float32."""
    return tensor(x).to(torch.float32)


@tensor_function(ragged="values")
def to_double(x: Any, name: str = "ToDouble") -> torch.Tensor:
    """Return the numbers as float64."""
    return tensor(x).to(torch.float64)


@tensor_function(ragged="values")
def to_int32(x: Any, name: str = "ToInt32") -> torch.Tensor:
    """Return the numbers as int32."""
    return tensor(x).to(torch.int32)


@tensor_function(ragged="values")
def to_int64(x: Any, name: str = "ToInt64") -> torch.Tensor:
    """Return the numbers as int64."""
    return tensor(x).to(torch.int64)


@tensor_function(ragged="values")
def to_bfloat16(x: Any, name: str = "ToBFloat16") -> torch.Tensor:
    """Return the numbers as bfloat16."""
    return tensor(x).to(torch.bfloat16)


@tensor_function(ragged="values")
def to_complex64(x: Any, name: str = "ToComplex64") -> torch.Tensor:
    """Return the numbers as complex64."""
    return tensor(x).to(torch.complex64)


@tensor_function(ragged="values")
def to_complex128(x: Any, name: str = "ToComplex128") -> torch.Tensor:
    """Return the numbers as complex128."""
    return tensor(x).to(torch.complex128)
