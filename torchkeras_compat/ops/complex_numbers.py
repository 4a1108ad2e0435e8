"""Complex tensors made of real ones, and the other way."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import HALVES, as_pair
from torchkeras_compat.symbolic.operation import operation


@operation
def polar(abs_: Any, angle: Any) -> torch.Tensor:
    """Return ``abs_ * (cos(angle) + i * sin(angle))``.

    Args:
        abs_: Absolute values.
        angle: Angles in radians.

    Example:
        >>> polar(2.0, 0.0)
        tensor(2.+0.j)
    """
    abs_, angle = as_pair(abs_, angle, minimum=float)
    if abs_.dtype in HALVES:
        abs_, angle = abs_.float(), angle.float()
    return torch.polar(*torch.broadcast_tensors(abs_, angle))


@operation
def view_as_complex(x: Any) -> torch.Tensor:
    """Return pairs of real and imaginary parts as complex64 numbers.

    Args:
        x: Real tensor ``(..., 2)``.

    Raises:
        ValueError: the last axis does not have size 2.

    Example:
        >>> view_as_complex([[1.0, 2.0]])
        tensor([1.+2.j])
    """
    x = convert_to_tensor(x)
    if x.ndim < 1 or x.shape[-1] != 2:
        raise ValueError(
            "Last dimension of input must be size 2, the real and the imaginary part. Received:"
            f" x.shape={tuple(x.shape)}"
        )
    if not x.numel():  # strides of empty tensors are not always those that a view needs
        return torch.empty(x.shape[:-1], dtype=torch.complex64, device=x.device)
    return torch.view_as_complex(x.to(torch.float32).contiguous())


@operation
def view_as_real(x: Any) -> torch.Tensor:
    """Return complex numbers as pairs of real and imaginary parts, ``(..., 2)``.

    Example:
        >>> view_as_real(torch.tensor([1 + 2j]))
        tensor([[1., 2.]])
    """
    return torch.view_as_real(convert_to_tensor(x).resolve_conj())
