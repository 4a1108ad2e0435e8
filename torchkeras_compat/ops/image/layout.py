"""Images as torch likes them: a batch with channels second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.config import standardize_data_format
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.ops.casting import saturate_cast
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def check_rank(images: Any) -> None:
    """Raise a ValueError unless ``images`` is one image or a batch of them."""
    if len(images.shape) not in (3, 4):
        raise ValueError(
            "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). "
            f"Received: images.shape={tuple(images.shape)}"
        )


def channels_first(
    images: Any, data_format: str | None = None
) -> tuple[torch.Tensor, Callable[[torch.Tensor], torch.Tensor]]:
    """Return images as ``(batch, channels, height, width)``, and the way back to their layout.

    Args:
        images: ``(height, width, channels)`` or a batch of these, channels first if ``data_format`` says so.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Raises:
        ValueError: the rank is neither 3 nor 4.
    """
    x = convert_to_tensor(images)
    check_rank(x)
    single, last = x.ndim == 3, standardize_data_format(data_format) == "channels_last"
    if single:
        x = x.unsqueeze(0)
    if last:
        x = x.movedim(-1, 1)

    def restore(y: torch.Tensor) -> torch.Tensor:
        y = y.movedim(1, -1) if last else y
        return y.squeeze(0) if single else y

    return x, restore


def in_float(x: torch.Tensor) -> torch.Tensor:
    """Return numbers to compute with: float64 as it is, everything else as float32."""
    return x if x.dtype is torch.float64 else x.float()


def back_to(x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return computed numbers in the dtype of the images; integers are rounded and kept in range."""
    if dtype.is_floating_point:
        return x.to(dtype)
    return saturate_cast(torch.round(x), dtype)


def like_images(images: Any, *args: Any, **kwargs: Any) -> KerasTensor:
    """Return the symbolic result of an op that keeps shape and dtype."""
    check_rank(images)
    return KerasTensor(images.shape, standardize_dtype(images.dtype))
