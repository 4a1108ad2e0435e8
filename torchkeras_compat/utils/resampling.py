"""Images resized the way datasets from folders do it: pixels weighted by a kernel, without antialiasing."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import torch


def _cubic(x: torch.Tensor, b: float, c: float) -> torch.Tensor:
    """Mitchell and Netravali's family: (0, 1/2) is the cubic of Keys, (1/3, 1/3) their own."""
    x = x.abs()
    near = (12 - 9 * b - 6 * c) * x**3 + (-18 + 12 * b + 6 * c) * x**2 + (6 - 2 * b)
    far = (-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 + (-12 * b - 48 * c) * x + (8 * b + 24 * c)
    return torch.where(x < 1, near, torch.where(x < 2, far, torch.zeros_like(x))) / 6


def _lanczos(x: torch.Tensor, radius: int) -> torch.Tensor:
    return torch.where(x.abs() < radius, torch.sinc(x) * torch.sinc(x / radius), torch.zeros_like(x))


def _gaussian(x: torch.Tensor) -> torch.Tensor:
    return torch.where(x.abs() < 1.5, torch.exp(-2 * x**2), torch.zeros_like(x))  # a standard deviation of 1/2 pixel


# Kernel and its radius in pixels of the image.
_KERNELS: dict[str, tuple[Callable[[torch.Tensor], torch.Tensor], float]] = {
    "bilinear": (lambda x: (1 - x.abs()).clamp_min(0), 1),
    "bicubic": (lambda x: _cubic(x, 0, 0.5), 2),
    "mitchellcubic": (lambda x: _cubic(x, 1 / 3, 1 / 3), 2),
    "lanczos3": (lambda x: _lanczos(x, 3), 3),
    "lanczos5": (lambda x: _lanczos(x, 5), 5),
    "gaussian": (_gaussian, 1.5),
}
METHODS = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")


def resample(image: torch.Tensor, size: tuple[int, int], method: str = "bilinear") -> torch.Tensor:
    """Return an image in another size, in float32 and not rounded.

    Args:
        image: Shape ``(height, width, channels)``.
        size: Height and width of the result.
        method: One of :data:`METHODS`.

    Example:
        >>> resample(torch.tensor([[[0.0], [8.0]]]), (1, 4))[0, :, 0].tolist()
        [0.0, 2.0, 6.0, 8.0]

    Source: ``tf.image.resize`` without antialiasing, which Keras's datasets use: pixel centers at one half; weights of
    pixels outside the image fall away and the others are scaled to a sum of 1. Cubics: Keys 1981 with a = -1/2,
    Mitchell and Netravali 1988.
    """
    image = image.to(torch.float32)
    for axis, length in enumerate(size):
        if length != image.shape[axis]:
            image = _along(image, axis, length, method)
    return image


def _along(image: torch.Tensor, axis: int, length: int, method: str) -> torch.Tensor:
    places, weights = _taps(image.shape[axis], length, method)
    shape = [1, 1, 1]
    shape[axis] = length
    result = None
    for tap in range(places.shape[1]):
        part = image.index_select(axis, places[:, tap]).mul_(weights[:, tap].reshape(shape))
        result = part if result is None else result.add_(part)
    assert result is not None
    return result


@functools.lru_cache(maxsize=256)
def _taps(old: int, new: int, method: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Pixels that make each new pixel, and their weights: two tensors of shape ``(new, taps)``."""
    scale = old / new
    if method == "nearest":
        places = ((torch.arange(new, dtype=torch.float64) + 0.5) * scale).floor().long().clamp(0, old - 1)
        return places[:, None], torch.ones(new, 1)
    if method == "area":
        start = torch.arange(new, dtype=torch.float64)[:, None] * scale
        places = start.floor().long() + torch.arange(math.ceil(scale) + 1)
        left = torch.maximum(places.double(), start)
        weights = (torch.minimum(places + 1.0, start + scale) - left).clamp_min(0)
    else:
        kernel, radius = _KERNELS[method]
        center = (torch.arange(new, dtype=torch.float64)[:, None] + 0.5) * scale - 0.5
        if method == "bilinear":
            center = center.clamp(0, old - 1)
        places = (center - radius).floor().long() + torch.arange(math.ceil(2 * radius) + 1)
        weights = kernel(center - places)
    weights = torch.where((places >= 0) & (places < old), weights, 0)
    weights = weights / weights.sum(1, keepdim=True)
    used = weights.abs().amax(0) > 0
    return places[:, used].clamp(0, old - 1), weights[:, used].float()
