"""Windows that fade a frame in and out."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.operands import integer
from torchkeras_compat.dtypes.names import to_torch_dtype


def _raised_cosine(window_length: Any, periodic: bool, dtype: Any, a: float, b: float) -> torch.Tensor:
    count = integer(window_length, "window_length")
    kind = to_torch_dtype(dtype)
    if count == 1:
        return torch.ones(1, dtype=kind, device=current_device())
    size = count + 1 - count % 2 if periodic else count
    # TensorFlow's periodic windows of odd lengths are symmetric ones.
    steps = torch.arange(count, dtype=torch.float64, device=current_device())
    return (a - b * torch.cos(2 * np.pi * steps / (size - 1))).to(kind)


@tensor_function
def hann_window(
    window_length: Any, periodic: bool = True, dtype: Any = "float32", name: str | None = None
) -> torch.Tensor:
    """Return Hann's window, ``0.5 - 0.5 cos``.

    Args:
        window_length: Number of steps.
        periodic: Whether it shall repeat smoothly, rather than be symmetric.
        dtype: Floating point dtype.
        name: Not used.
    """
    return _raised_cosine(window_length, periodic, dtype, 0.5, 0.5)


@tensor_function
def hamming_window(
    window_length: Any, periodic: bool = True, dtype: Any = "float32", name: str | None = None
) -> torch.Tensor:
    """Return Hamming's window, ``0.54 - 0.46 cos``."""
    return _raised_cosine(window_length, periodic, dtype, 0.54, 0.46)


@tensor_function
def kaiser_window(
    window_length: Any, beta: Any = 12.0, dtype: Any = "float32", name: str | None = None
) -> torch.Tensor:
    """Return Kaiser's window, symmetric, of shape ``beta``."""
    return _kaiser(integer(window_length, "window_length"), float(beta)).to(to_torch_dtype(dtype))


def _kaiser(count: int, beta: float) -> torch.Tensor:
    if count == 1:
        return torch.ones(1, dtype=torch.float64, device=current_device())
    half = (count - 1) / 2
    steps = torch.arange(count, dtype=torch.float64, device=current_device()) - half
    inside = torch.sqrt((1 - (steps / half) ** 2).clamp_min(0))
    found: torch.Tensor = torch.special.i0(beta * inside) / torch.special.i0(torch.tensor(beta, dtype=torch.float64))
    return found


@tensor_function
def kaiser_bessel_derived_window(
    window_length: Any, beta: Any = 12.0, dtype: Any = "float32", name: str | None = None
) -> torch.Tensor:
    """Return the window derived from Kaiser's, whose squares of both halves add up to one."""
    half = integer(window_length, "window_length") // 2
    total = _kaiser(half + 1, float(beta)).cumsum(0)
    rising = torch.sqrt(total[:-1] / total[-1])
    return torch.cat([rising, rising.flip(0)]).to(to_torch_dtype(dtype))


@tensor_function
def vorbis_window(window_length: Any, dtype: Any = "float32", name: str | None = None) -> torch.Tensor:
    """Return the window of Vorbis: ``sin(pi / 2 sin**2(...))``."""
    count = integer(window_length, "window_length")
    steps = torch.arange(count, dtype=torch.float64, device=current_device())
    return torch.sin(np.pi / 2 * torch.sin(np.pi / count * (steps + 0.5)) ** 2).to(to_torch_dtype(dtype))
