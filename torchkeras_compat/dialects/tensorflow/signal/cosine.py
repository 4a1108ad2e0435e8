"""Discrete cosine transforms."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.operands import floats, integer


@tensor_function
def dct(
    input: Any, type: int = 2, n: Any = None, axis: int = -1, norm: str | None = None, name: str | None = None
) -> torch.Tensor:
    """Return a cosine transform of the last axis.

    Args:
        input: Floating point numbers.
        type: 1, 2, 3 or 4.
        n: Length to cut or fill the axis to; None for its own.
        axis: Only -1.
        norm: ``"ortho"`` to scale so that the transform is orthogonal, or None.
        name: Not used.

    Raises:
        ValueError: an argument is not as above.

    Example:
        >>> dct([1.0, 2.0]).numpy().round(3).tolist()
        [6.0, -1.4140000343322754]

    Source: Makhoul 1980; the matrix of the transform, times the numbers.
    """
    x = _checked(input, type, n, axis, norm, "dct")
    return x @ _matrix(x, type, norm)


@tensor_function
def idct(
    input: Any, type: int = 2, n: Any = None, axis: int = -1, norm: str | None = None, name: str | None = None
) -> torch.Tensor:
    """Return a cosine transform that is the inverse of :func:`dct`, but for the factor ``2 * n`` without ``norm``.

    Raises:
        ValueError: an argument is not as in :func:`dct`.
    """
    x = _checked(input, type, n, axis, norm, "idct")
    return x @ _matrix(x, {1: 1, 2: 3, 3: 2, 4: 4}[type], norm)


def _checked(input: Any, type: int, n: Any, axis: int, norm: str | None, name: str) -> torch.Tensor:
    x = floats(input, f"signal.{name}", complex=False)
    if axis != -1:
        raise NotImplementedError(f"axis must be -1. Received: axis={axis}. Use `tf.transpose` before and after.")
    if type not in (1, 2, 3, 4):
        raise ValueError(f"Types I, II, III and IV (I)DCT are supported. Received: type={type}")
    if norm not in (None, "ortho"):
        raise ValueError(f"Unknown normalization. Expected None or 'ortho', got: {norm}")
    if n is not None:
        count = integer(n, "n")
        if count < 1:
            raise ValueError(f"n should be a positive integer or None. Received: {n}")
        x = F.pad(x, (0, max(count - x.shape[-1], 0)))[..., :count]
    if type == 1 and (norm == "ortho" or x.shape[-1] < 2):
        raise ValueError("Type I has no normalization, and needs at least two numbers.")
    return x


def _matrix(x: torch.Tensor, type: int, norm: str | None) -> torch.Tensor:
    """The transform as a matrix, ``(n, n)``, to stand behind the numbers."""
    n = x.shape[-1]
    place = torch.arange(n, dtype=torch.float64, device=x.device)
    source, target = place[:, None], place[None, :]
    if type == 1:
        found = 2 * torch.cos(math.pi * source * target / (n - 1))
        found[0] /= 2
        found[-1] /= 2
    elif type == 2:
        found = 2 * torch.cos(math.pi * (2 * source + 1) * target / (2 * n))
    elif type == 3:
        found = 2 * torch.cos(math.pi * source * (2 * target + 1) / (2 * n))
        found[0] /= 2
    else:
        found = 2 * torch.cos(math.pi * (2 * source + 1) * (2 * target + 1) / (4 * n))
    if norm == "ortho":
        found = found * math.sqrt(1 / (2 * n))
        if type == 2:
            found[:, 0] *= math.sqrt(0.5)
        elif type == 3:
            found[0] *= math.sqrt(2)
    return found.to(x.dtype)
