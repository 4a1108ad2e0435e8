"""Images in another size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.image.layout import back_to, channels_first, in_float
from torchkeras_compat.ops.padding import pad_spatial
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation

_TORCH_MODES = {"bilinear": "bilinear", "nearest": "nearest-exact", "bicubic": "bicubic"}
_LANCZOS = ("lanczos3", "lanczos5")


@operation
def resize(
    images: Any,
    size: Sequence[int],
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> torch.Tensor:
    """Return images resized to ``size``; integers are rounded.

    Args:
        images: One image or a batch.
        size: Height and width.
        interpolation: ``"nearest"``, ``"bilinear"``, ``"bicubic"``, ``"lanczos3"`` or ``"lanczos5"``.
        antialias: Whether to average over what shrinks into one pixel.
        crop_to_aspect_ratio: Whether to cut the images to the proportions of ``size`` first.
        pad_to_aspect_ratio: Whether to pad the images to the proportions of ``size`` first.
        fill_mode: Only ``"constant"``.
        fill_value: What to pad with.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Raises:
        ValueError: the rank is neither 3 nor 4, or an argument is not as above.

    Example:
        >>> resize(torch.ones(2, 10, 10, 3), (5, 4)).shape
        torch.Size([2, 5, 4, 3])

    Source: ``torch.nn.functional.interpolate``; Lanczos: as :func:`scale_and_translate`.
    """
    if not isinstance(size, (list, tuple)) or len(size) != 2:
        raise ValueError(f"Expected `size` to be a tuple of 2 integers. Received: size={size}")
    if min(size) < 1:
        raise ValueError(f"`size` must have positive height and width. Received: size={size}")
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`.")
    if fill_mode != "constant":
        raise ValueError(
            f"Invalid value for argument `fill_mode`. Only 'constant' is supported. Received: {fill_mode!r}"
        )
    if interpolation not in _TORCH_MODES and interpolation not in _LANCZOS:
        raise ValueError(
            "Invalid value for argument `interpolation`. "
            f"Expected one of {[*_TORCH_MODES, *_LANCZOS]}. Received: {interpolation!r}"
        )
    x, restore = channels_first(images, data_format)
    height, width = (int(s) for s in size)
    if crop_to_aspect_ratio:
        x = _cropped(x, height, width)
    elif pad_to_aspect_ratio:
        x = _padded(x, height, width, fill_value)
    if x.shape[2:] == (height, width):
        return restore(x)
    return restore(back_to(_interpolated(in_float(x), height, width, interpolation, antialias), x.dtype))


def _cropped(x: torch.Tensor, target_height: int, target_width: int) -> torch.Tensor:
    rows, columns = x.shape[2:]
    height = min(rows, int(columns * target_height / target_width)) or 1
    width = min(columns, int(rows * target_width / target_height)) or 1
    top, left = (rows - height) // 2, (columns - width) // 2
    return x[:, :, top : top + height, left : left + width]


def _padded(x: torch.Tensor, target_height: int, target_width: int, fill_value: float) -> torch.Tensor:
    rows, columns = x.shape[2:]
    height = max(rows, int(columns * target_height / target_width))
    width = max(columns, int(rows * target_width / target_height))
    top, left = (height - rows) // 2, (width - columns) // 2
    return pad_spatial(x, [(top, height - rows - top), (left, width - columns - left)], fill_value)


def _interpolated(x: torch.Tensor, height: int, width: int, interpolation: str, antialias: bool) -> torch.Tensor:
    if interpolation in _LANCZOS:
        for axis, target in ((2, height), (3, width)):
            scale = x.new_tensor(target / x.shape[axis])
            weights = _weights(x.shape[axis], target, scale, x.new_zeros(()), _KERNELS[interpolation], antialias)
            x = _applied(x, weights, axis)
        return x
    mode = _TORCH_MODES[interpolation]
    if mode == "nearest-exact":
        return F.interpolate(x, (height, width), mode=mode)
    return F.interpolate(x, (height, width), mode=mode, align_corners=False, antialias=antialias)


def _resized_spec(
    images: Any, output_shape: Sequence[int | None], scale: Any, translation: Any, *args: Any, **kwargs: Any
) -> KerasTensor:
    return KerasTensor(tuple(output_shape), standardize_dtype(images.dtype))


@operation(output_spec=_resized_spec)
def scale_and_translate(
    images: Any,
    output_shape: Sequence[int],
    scale: Any,
    translation: Any,
    spatial_dims: Sequence[int],
    method: str,
    antialias: bool = True,
) -> torch.Tensor:
    """Return a tensor scaled and moved along some axes: ``x -> x * scale + translation``.

    Args:
        images: Tensor of any rank.
        output_shape: Shape of the result; the axes not in ``spatial_dims`` keep their size.
        scale: Factor for each of ``spatial_dims``.
        translation: Shift in output pixels for each of ``spatial_dims``.
        spatial_dims: Axes to resample.
        method: ``"linear"`` (also ``"bilinear"``, ``"trilinear"``), ``"cubic"`` (also ``"bicubic"``, ``"tricubic"``),
            ``"lanczos3"`` or ``"lanczos5"``.
        antialias: Whether the kernel grows where the image shrinks.

    Returns:
        A tensor of ``output_shape``; zero where the source lies outside the image.

    Raises:
        ValueError: ``method`` is unknown.

    Example:
        >>> scale_and_translate(torch.tensor([1.0, 3.0]), (4,), [2.0], [0.0], (0,), "linear")
        tensor([1.0000, 1.5000, 2.5000, 3.0000])

    Source: Keys 1981 (cubic, a = -1/2); Duchon 1979 (Lanczos); pixel centers at ``i + 1/2``.
    """
    if method not in _KERNELS:
        raise ValueError(f"Invalid value for argument `method`. Expected one of {list(_KERNELS)}. Received: {method!r}")
    images = convert_to_tensor(images)
    x = in_float(images)
    factors, shifts = convert_to_tensor(scale).to(x), convert_to_tensor(translation).to(x)
    for i, axis in enumerate(spatial_dims):
        weights = _weights(x.shape[axis], output_shape[axis], factors[i], shifts[i], _KERNELS[method], antialias)
        x = _applied(x, weights, axis)
    return back_to(x, images.dtype)


def _applied(x: torch.Tensor, weights: torch.Tensor, axis: int) -> torch.Tensor:
    """``weights @ x`` along one axis."""
    return torch.tensordot(x, weights, dims=([axis], [1])).movedim(-1, axis)


def _weights(
    size: int,
    target: int,
    scale: torch.Tensor,
    translation: torch.Tensor,
    kernel: Callable[[torch.Tensor], torch.Tensor],
    antialias: bool,
) -> torch.Tensor:
    """``(target, size)``: how much each source pixel counts for each pixel of the result."""
    step = 1 / scale
    width = step.clamp_min(1) if antialias else torch.ones_like(step)
    centers = (torch.arange(target, device=scale.device, dtype=scale.dtype) + 0.5 - translation) * step - 0.5
    pixels = torch.arange(size, device=scale.device, dtype=scale.dtype)
    weights = kernel((centers[:, None] - pixels).abs() / width)
    total = weights.sum(dim=1, keepdim=True)
    meaningful = total.abs() > 1000 * torch.finfo(scale.dtype).eps
    inside = ((centers >= -0.5) & (centers <= size - 0.5))[:, None]
    return torch.where(meaningful & inside, weights / torch.where(meaningful, total, 1), 0)


def _triangle(x: torch.Tensor) -> torch.Tensor:
    return (1 - x).clamp_min(0)


def _cubic(x: torch.Tensor) -> torch.Tensor:
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return torch.where(x < 1, near, torch.where(x < 2, far, 0))


def _lanczos(radius: int) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda x: torch.where(x < radius, torch.sinc(x) * torch.sinc(x / radius), 0)


_KERNELS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    **dict.fromkeys(("linear", "bilinear", "trilinear"), _triangle),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), _cubic),
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
}
