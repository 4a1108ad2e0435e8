"""Images in another size."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.image.batches import as_batch
from torchkeras_compat.dialects.tensorflow.operands import sizes

Kernel = Callable[[torch.Tensor], torch.Tensor]
_NUMBERS = {0: "bilinear", 1: "nearest", 2: "bicubic", 3: "area"}


class ResizeMethod:
    """Names of the methods of :func:`resize`."""

    BILINEAR = "bilinear"
    NEAREST_NEIGHBOR = "nearest"
    BICUBIC = "bicubic"
    AREA = "area"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    GAUSSIAN = "gaussian"
    MITCHELLCUBIC = "mitchellcubic"


def _triangle(x: torch.Tensor) -> torch.Tensor:
    return (1 - x).clamp_min(0)


def _keys(a: float) -> Kernel:
    """The cubic of Keys 1981."""

    def cubic(x: torch.Tensor) -> torch.Tensor:
        near = ((a + 2) * x - (a + 3)) * x * x + 1
        far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
        return torch.where(x < 1, near, torch.where(x < 2, far, 0))

    return cubic


def _mitchell(x: torch.Tensor) -> torch.Tensor:
    """The cubic of Mitchell and Netravali 1988, with B = C = 1/3."""
    near = ((7 * x - 12) * x * x) / 6 + 16 / 18
    far = (((-7 / 18 * x + 2) * x) - 10 / 3) * x + 16 / 9
    return torch.where(x < 1, near, torch.where(x < 2, far, 0))


def _lanczos(radius: int) -> Kernel:
    return lambda x: torch.where(x < radius, torch.sinc(x) * torch.sinc(x / radius), 0)


def _gaussian(x: torch.Tensor) -> torch.Tensor:
    return torch.where(x < 1.5, torch.exp(-(x**2) / (2 * 0.5**2)), 0)


_CUBIC = _keys(-0.5)
# Kernel and radius.
_KERNELS: dict[str, tuple[Kernel, float]] = {
    "bilinear": (_triangle, 1.0),
    "bicubic": (_CUBIC, 2.0),
    "lanczos3": (_lanczos(3), 3.0),
    "lanczos5": (_lanczos(5), 5.0),
    "gaussian": (_gaussian, 1.5),
    "mitchellcubic": (_mitchell, 2.0),
}
METHODS = (*_KERNELS, "nearest", "area")


@tensor_function
def resize(
    images: Any,
    size: Any,
    method: Any = "bilinear",
    preserve_aspect_ratio: bool = False,
    antialias: bool = False,
    name: str | None = None,
) -> torch.Tensor:
    """Return images resized to ``size``: float32, but with ``"nearest"`` their own dtype.

    Args:
        images: One image or a batch.
        size: Height and width.
        method: A name of `ResizeMethod`, in any case, or its number.
        preserve_aspect_ratio: Whether ``size`` is only the most that images may have, and their proportions stay.
        antialias: Whether to average over what shrinks into one pixel.
        name: Not used.

    Raises:
        ValueError: there are neither three nor four axes, ``size`` has not two positive numbers, or the method is
            unknown.

    Example:
        >>> resize(torch.ones(2, 10, 10, 3), [5, 4]).shape
        TensorShape([2, 5, 4, 3])

    Source: pixel centers at ``i + 1/2``; Keys 1981 (a = -1/2), Mitchell and Netravali 1988, Duchon 1979.
    """
    x, restore = as_batch(images, "resize")
    height, width = two_sizes(size)
    if preserve_aspect_ratio:
        height, width = fitting(x.shape[1], x.shape[2], height, width)
    return restore(resized(x, height, width, _method(method), antialias))


def two_sizes(size: Any) -> tuple[int, int]:
    """Return height and width.

    Raises:
        ValueError: they are not two positive numbers.
    """
    found = sizes(size, "size")
    if len(found) != 2 or min(found) < 1:
        raise ValueError(
            f"'size' must be a 1-D tensor of 2 positive elements: new_height, new_width. Received: {found}"
        )
    return found[0], found[1]


def fitting(rows: int, columns: int, height: int, width: int) -> tuple[int, int]:
    """Return the largest size with the proportions of an image that fits."""
    scale = min(height / rows, width / columns)
    return max(round(scale * rows), 1), max(round(scale * columns), 1)


def _method(method: Any) -> str:
    if isinstance(method, int) and method in _NUMBERS:
        return _NUMBERS[method]
    if isinstance(method, str) and method.lower() in METHODS:
        return method.lower()
    raise ValueError(f"Resize method must be one of {', '.join(METHODS)}. Received: {method!r}")


def resized(x: torch.Tensor, height: int, width: int, method: str, antialias: bool = False) -> torch.Tensor:
    """Return a batch in another size."""
    if x.shape[1:3] == (height, width):
        return x if method == "nearest" else x.to(torch.float32)
    if method == "nearest":
        for axis, target in ((1, height), (2, width)):
            places = torch.floor((torch.arange(target, device=x.device) + 0.5) * (x.shape[axis] / target))
            x = x.index_select(axis, places.long().clamp_max(x.shape[axis] - 1))
        return x
    x = x.to(torch.float32)
    for axis, target in ((1, height), (2, width)):
        if method == "area":
            weights = _areas(x.shape[axis], target, x.device)
        else:
            kernel, radius = _KERNELS[method]
            weights = _weights(x.shape[axis], target, kernel, radius, antialias, x.device)
        x = torch.tensordot(x, weights.to(x.dtype), dims=([axis], [1])).movedim(-1, axis)
    return x


def _weights(
    size: int, target: int, kernel: Kernel, radius: float, antialias: bool, device: torch.device
) -> torch.Tensor:
    """``(target, size)``: how much each source pixel counts for each pixel of the result."""
    step = size / target
    width = max(step, 1.0) if antialias else 1.0
    centers = (torch.arange(target, device=device, dtype=torch.float64) + 0.5) * step
    pixels = torch.arange(size, device=device, dtype=torch.float64) + 0.5
    weights = kernel((centers[:, None] - pixels).abs() / width)
    if not antialias and kernel is _triangle:
        # Without antialiasing a pixel beyond the border stands for the one at the border.
        low = torch.floor(centers - 0.5).clamp(0, size - 1)
        high = (torch.floor(centers - 0.5) + 1).clamp(0, size - 1)
        share = (centers - 0.5 - torch.floor(centers - 0.5))[:, None]
        places = torch.arange(size, device=device)
        return (places == low[:, None]) * (1 - share) + (places == high[:, None]) * share
    if not antialias and radius == 2.0 and kernel is _CUBIC:
        weights = _cubic_weights(centers - 0.5, size, kernel)
    return weights / weights.sum(1, keepdim=True)


def _cubic_weights(places: torch.Tensor, size: int, kernel: Kernel) -> torch.Tensor:
    """Weights of the four nearest pixels within the image, from a table with steps of 1 / 1024."""
    base = torch.floor(places)
    share = torch.round((places - base) * 1024) / 1024
    pixels = torch.arange(size, device=places.device)
    offsets = pixels - base[:, None]
    return torch.where((offsets >= -1) & (offsets <= 2), kernel((share[:, None] - offsets).abs()), 0)


def _areas(size: int, target: int, device: torch.device) -> torch.Tensor:
    """``(target, size)``: the fraction that each source pixel has of the area that a pixel of the result covers."""
    step = size / target
    begin = torch.arange(target, device=device, dtype=torch.float64)[:, None] * step
    pixels = torch.arange(size, device=device, dtype=torch.float64)
    covered = torch.minimum(begin + step, pixels + 1) - torch.maximum(begin, pixels)
    return covered.clamp_min(0) / step


@tensor_function
def resize_with_pad(
    image: Any, target_height: Any, target_width: Any, method: Any = "bilinear", antialias: bool = False
) -> torch.Tensor:
    """Return images resized with their proportions, and padded with zeros to the target size.

    Raises:
        ValueError: a size is not positive, or see :func:`resize`.
    """
    x, restore = as_batch(image, "resize_with_pad")
    height, width = two_sizes([target_height, target_width])
    ratio = max(x.shape[2] / width, x.shape[1] / height)
    rows, columns = math.floor(x.shape[1] / ratio), math.floor(x.shape[2] / ratio)
    top, left = (
        max(math.floor((height - x.shape[1] / ratio) / 2), 0),
        max(math.floor((width - x.shape[2] / ratio) / 2), 0),
    )
    inner = resized(x, max(rows, 1), max(columns, 1), _method(method), antialias)
    found = inner.new_zeros(x.shape[0], height, width, x.shape[3])
    found[:, top : top + inner.shape[1], left : left + inner.shape[2]] = inner
    return restore(found)


# -- TensorFlow 1 ------------------------------------------------------------------------------------------------------


def _old_positions(size: int, target: int, align_corners: bool, half_pixel_centers: bool) -> torch.Tensor:
    steps = torch.arange(target, dtype=torch.float64)
    if align_corners and target > 1:
        return steps * (size - 1) / (target - 1)
    scale = size / target
    return (steps + 0.5) * scale - 0.5 if half_pixel_centers else steps * scale


@tensor_function
def resize_images(
    images: Any,
    size: Any,
    method: Any = "bilinear",
    align_corners: bool = False,
    preserve_aspect_ratio: bool = False,
    name: str | None = None,
) -> torch.Tensor:
    """Return images resized as TensorFlow 1 does: pixels are points at their corners, not squares.

    Args:
        images: One image or a batch.
        size: Height and width.
        method: ``"bilinear"`` or 0, ``"nearest"`` or 1, ``"bicubic"`` or 2, ``"area"`` or 3.
        align_corners: Whether the outermost pixels stay at the corners.
        preserve_aspect_ratio: As in :func:`resize`.
        name: Not used.

    Raises:
        ValueError: as in :func:`resize`; other methods have no old form.
    """
    x, restore = as_batch(images, "resize_images")
    height, width = two_sizes(size)
    if preserve_aspect_ratio:
        height, width = fitting(x.shape[1], x.shape[2], height, width)
    kind = _method(method)
    if kind not in _NUMBERS.values():
        raise ValueError(f"Methods of TensorFlow 1 are {', '.join(_NUMBERS.values())}. Received: {method!r}")
    if (height, width) == tuple(x.shape[1:3]):
        return restore(x)
    x = x if kind == "nearest" else x.to(torch.float32)
    for axis, target in ((1, height), (2, width)):
        places = _old_positions(x.shape[axis], target, align_corners, False).to(x.device)
        if kind == "nearest":
            nearest = torch.floor(places + 0.5) if align_corners else torch.floor(places)
            x = x.index_select(axis, nearest.long().clamp(0, x.shape[axis] - 1))
            continue
        weights = _areas(x.shape[axis], target, x.device) if kind == "area" else _old_weights(x, axis, places, kind)
        x = torch.tensordot(x, weights.to(x.dtype), dims=([axis], [1])).movedim(-1, axis)
    return restore(x)


def _old_weights(x: torch.Tensor, axis: int, places: torch.Tensor, kind: str) -> torch.Tensor:
    kernel, reach = (_triangle, 1) if kind == "bilinear" else (_keys(-0.75), 2)
    size = x.shape[axis]
    found = torch.zeros(len(places), size, dtype=torch.float64, device=x.device)
    base = torch.floor(places)
    for offset in range(1 - reach, reach + 1):
        source = (base + offset).long().clamp(0, size - 1)
        share = places - base if kind == "bilinear" else torch.round((places - base) * 1024) / 1024
        weight = kernel((share - offset).abs())
        found.scatter_add_(1, source[:, None], weight[:, None])
    return found


def _old(method: str) -> Any:
    @tensor_function
    def resize_old(
        images: Any,
        size: Any,
        align_corners: bool = False,
        name: str | None = None,
        half_pixel_centers: bool = False,
    ) -> torch.Tensor:
        function: Any = resize if half_pixel_centers else resize_images
        found: torch.Tensor = function.__wrapped__(
            images, size, method, *(() if half_pixel_centers else (align_corners,))
        )
        return found

    resize_old.__name__ = resize_old.__qualname__ = f"resize_{method}"
    resize_old.__doc__ = f"Return images resized by the method {method!r} of TensorFlow 1; see :func:`resize_images`."
    return resize_old


resize_bilinear = _old("bilinear")
resize_nearest_neighbor = _old("nearest")
resize_bicubic = _old("bicubic")
resize_area = _old("area")
