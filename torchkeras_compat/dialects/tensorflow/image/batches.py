"""One image or a batch of them, as a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.operands import tensor


def as_batch(image: Any, name: str) -> tuple[torch.Tensor, Callable[[torch.Tensor], torch.Tensor]]:
    """Return images as a batch, and what takes the batch axis off again where it was put in.

    Raises:
        ValueError: there are neither three nor four axes.
    """
    x = tensor(image)
    if x.ndim == 3:
        return x.unsqueeze(0), lambda found: found.squeeze(0)
    if x.ndim == 4:
        return x, lambda found: found
    raise ValueError(
        f"`tf.image.{name}` takes images (height, width, channels) or a batch of them. Received shape {tuple(x.shape)}."
    )


def at_least_images(image: Any, name: str) -> torch.Tensor:
    """Return images with any number of axes before the last three.

    Raises:
        ValueError: there are fewer than three axes.
    """
    x = tensor(image)
    if x.ndim < 3:
        raise ValueError(f"`tf.image.{name}` takes images (..., height, width, channels). Received: {tuple(x.shape)}")
    return x
