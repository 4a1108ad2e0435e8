"""How much images differ, and where they change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.image.batches import as_batch, at_least_images
from torchkeras_compat.dialects.tensorflow.image.colors import converted
from torchkeras_compat.dialects.tensorflow.operands import integer, operands, tensor

_POWERS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def _two(a: Any, b: Any, max_val: Any, name: str) -> tuple[torch.Tensor, torch.Tensor, float]:
    """Both images in float32, and the greatest number as converted with them."""
    first, second = operands(a, b)
    if first.ndim < 3 or first.shape[-3:] != second.shape[-3:]:
        raise ValueError(
            f"`tf.image.{name}` takes images of one shape. Received: {tuple(first.shape)} and {tuple(second.shape)}"
        )
    limit = float(max_val) / (1 if first.is_floating_point() else torch.iinfo(first.dtype).max)
    return converted(first, torch.float32), converted(second, torch.float32), limit


@tensor_function
def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> torch.Tensor:
    """Return the peak signal-to-noise ratio of each pair of images, in decibels.

    Args:
        a: Images.
        b: Images of the same shape and dtype.
        max_val: Range of the numbers.
        name: Not used.

    Raises:
        ValueError: shapes differ.
    """
    first, second, limit = _two(a, b, max_val, "psnr")
    error = ((first - second) ** 2).mean((-3, -2, -1))
    return 20 * math.log10(limit) - 10 * torch.log10(error)


def _window(size: int, sigma: float) -> torch.Tensor:
    steps = torch.arange(size, dtype=torch.float32, device="cpu") - (size - 1) / 2
    return torch.softmax(-0.5 * (steps / sigma) ** 2, 0)


def _blurred(x: torch.Tensor, window: torch.Tensor) -> torch.Tensor:
    """Images ``(n, channels, height, width)`` averaged under a window that separates."""
    channels, size = x.shape[1], len(window)
    rows = window.reshape(1, 1, size, 1).expand(channels, 1, size, 1)
    columns = window.reshape(1, 1, 1, size).expand(channels, 1, 1, size)
    return F.conv2d(F.conv2d(x, rows, groups=channels), columns, groups=channels)


def _maps(
    a: torch.Tensor, b: torch.Tensor, limit: float, window: torch.Tensor, k1: float, k2: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Luminance times contrast-structure, and contrast-structure alone, ``(n, channels, height, width)``."""
    c1, c2 = (k1 * limit) ** 2, (k2 * limit) ** 2
    mean_a, mean_b = _blurred(a, window), _blurred(b, window)
    both, squares = mean_a * mean_b * 2, mean_a**2 + mean_b**2
    luminance = (both + c1) / (squares + c1)
    structure = (_blurred(a * b * 2, window) - both + c2) / (_blurred(a**2 + b**2, window) - squares + c2)
    return luminance * structure, structure


def _flat(x: torch.Tensor) -> torch.Tensor:
    return x.reshape(-1, *x.shape[-3:]).permute(0, 3, 1, 2)


@tensor_function
def ssim(
    img1: Any,
    img2: Any,
    max_val: Any,
    filter_size: Any = 11,
    filter_sigma: Any = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    return_index_map: bool = False,
) -> torch.Tensor:
    """Return the structural similarity of each pair of images, at most 1.

    Args:
        img1: Images ``(..., height, width, channels)``.
        img2: Images of the same shape and dtype.
        max_val: Range of the numbers.
        filter_size: Width of the window, at most that of the images.
        filter_sigma: Its standard deviation.
        k1: Constant of the luminance.
        k2: Constant of the contrast.
        return_index_map: Whether to return the index of each window, not their mean.

    Raises:
        ValueError: shapes differ.
        InvalidArgumentError: the images are smaller than the window.

    Source: Wang, Bovik, Sheikh and Simoncelli 2004.
    """
    first, second, limit = _two(img1, img2, max_val, "ssim")
    size = integer(filter_size, "filter_size")
    _check_size(first, size)
    window = _window(size, float(filter_sigma)).to(first.device)
    first, second = torch.broadcast_tensors(first, second)  # type: ignore[no-untyped-call]
    index, _ = _maps(_flat(first), _flat(second), limit, window, k1, k2)
    if return_index_map:
        return index.mean(1).reshape(*first.shape[:-3], *index.shape[2:])
    return index.mean((2, 3)).mean(1).reshape(first.shape[:-3])


def _check_size(x: torch.Tensor, size: int) -> None:
    if min(x.shape[-3:-1]) < size:
        raise InvalidArgumentError(
            f"Images of {x.shape[-3]} x {x.shape[-2]} pixels are smaller than a window of {size}."
        )


@tensor_function
def ssim_multiscale(
    img1: Any,
    img2: Any,
    max_val: Any,
    power_factors: Sequence[float] = _POWERS,
    filter_size: Any = 11,
    filter_sigma: Any = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> torch.Tensor:
    """Return the similarity of each pair of images at several scales, each half of the one before.

    Args:
        img1: Images ``(..., height, width, channels)``.
        img2: Images of the same shape and dtype.
        max_val: Range of the numbers.
        power_factors: Exponent of each scale.
        filter_size: As in :func:`ssim`.
        filter_sigma: As in :func:`ssim`.
        k1: As in :func:`ssim`.
        k2: As in :func:`ssim`.

    Raises:
        ValueError: shapes differ.
        InvalidArgumentError: the images at the last scale are smaller than the window.

    Source: Wang, Simoncelli and Bovik 2003.
    """
    first, second, limit = _two(img1, img2, max_val, "ssim_multiscale")
    size = integer(filter_size, "filter_size")
    window = _window(size, float(filter_sigma)).to(first.device)
    first, second = torch.broadcast_tensors(first, second)  # type: ignore[no-untyped-call]
    a, b = _flat(first), _flat(second)
    total = torch.ones(a.shape[:2], device=a.device)
    for scale, power in enumerate(power_factors):
        if scale:
            a, b = _halved(a), _halved(b)
        _check_size(a.permute(0, 2, 3, 1), size)
        index, structure = _maps(a, b, limit, window, k1, k2)
        is_last = scale == len(power_factors) - 1
        total = total * (index if is_last else structure).mean((2, 3)).clamp_min(0) ** power
    return total.mean(1).reshape(first.shape[:-3])


def _halved(x: torch.Tensor) -> torch.Tensor:
    rows, columns = x.shape[2] % 2, x.shape[3] % 2
    if rows or columns:
        x = torch.cat([x, x[:, :, -1:]], 2) if rows else x
        x = torch.cat([x, x[..., -1:]], 3) if columns else x
    return F.avg_pool2d(x, 2)


@tensor_function
def total_variation(images: Any, name: str | None = None) -> torch.Tensor:
    """Return the sum of the differences between neighbours, for each image.

    Raises:
        ValueError: there are neither three nor four axes.
    """
    x, _ = as_batch(images, "total_variation")
    down, right = (x[:, 1:] - x[:, :-1]).abs(), (x[:, :, 1:] - x[:, :, :-1]).abs()
    found = down.sum((1, 2, 3), dtype=x.dtype) + right.sum((1, 2, 3), dtype=x.dtype)
    return found if tensor(images).ndim == 4 else found[0]


@tensor_function
def image_gradients(image: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the differences to the pixel below and to the one on the right, 0 at the end.

    Raises:
        ValueError: the images are not a batch.
    """
    x = tensor(image)
    if x.ndim != 4:
        raise ValueError(f"image_gradients expects a 4D tensor [batch_size, h, w, d], not {tuple(x.shape)}.")
    down, right = torch.zeros_like(x), torch.zeros_like(x)
    down[:, :-1] = x[:, 1:] - x[:, :-1]
    right[:, :, :-1] = x[:, :, 1:] - x[:, :, :-1]
    return down, right


@tensor_function
def sobel_edges(image: Any) -> torch.Tensor:
    """Return Sobel's vertical and horizontal differences along a new last axis: ``(batch, h, w, channels, 2)``."""
    x = at_least_images(image, "sobel_edges")
    kernels = torch.tensor(
        [
            [[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]],
            [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]],
        ],
        dtype=x.dtype,
        device=x.device,
    )
    channels = x.shape[-1]
    padded = F.pad(x.permute(0, 3, 1, 2), (1, 1, 1, 1), mode="reflect")
    found = F.conv2d(padded, kernels[:, None].repeat(channels, 1, 1, 1), groups=channels)
    return found.reshape(x.shape[0], channels, 2, *x.shape[1:3]).permute(0, 3, 4, 1, 2)
