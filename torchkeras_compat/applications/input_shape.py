"""The shape of the images that a model takes: what the caller says, or Keras's default."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchkeras_compat.typing import Shape
from torchkeras_compat.user_warnings import warn_user

IMAGENET = "imagenet"


def is_imagenet(weights: Any) -> bool:
    """Return whether weights are the published ones."""
    return isinstance(weights, str) and weights == IMAGENET


def obtain_input_shape(
    input_shape: Sequence[int | None] | None,
    default_size: int | None,
    min_size: int,
    data_format: str,
    require_flatten: bool,
    weights: Any = IMAGENET,
) -> Shape:
    """Return the shape of one image that a model takes, checked.

    Args:
        input_shape: What the caller says: height, width and channels in the order of ``data_format``; None for the
            default.
        default_size: Height and width that the published weights were trained with.
        min_size: Smallest height and width.
        data_format: ``"channels_last"`` or ``"channels_first"``.
        require_flatten: Whether the size has to be known, as under a dense layer.
        weights: ``"imagenet"`` for the published weights, which take three channels; with ``require_flatten`` they take
            ``default_size`` only.

    Returns:
        ``(height, width, channels)``, or channels first; None for a height and width of any size.

    Raises:
        ValueError: the shape has not three sizes, is too small, unknown where it has to be known, or not that of the
            published weights.

    Example:
        >>> obtain_input_shape(None, 224, 32, "channels_last", require_flatten=False)
        (None, None, 3)
        >>> obtain_input_shape((31, 64, 3), 224, 32, "channels_last", require_flatten=False)
        Traceback (most recent call last):
            ...
        ValueError: Input size must be at least 32x32; Received: input_shape=(31, 64, 3)

    Source: Keras API, applications.
    """
    channels_at = 0 if data_format == "channels_first" else -1
    if input_shape is not None:
        input_shape = _three_sizes(input_shape)
    default = _with_channels(default_size, 3, data_format)
    if input_shape is not None:
        channels = input_shape[channels_at]
        if is_imagenet(weights) and require_flatten and input_shape != default:
            raise ValueError(
                "When setting `include_top=True` and loading `imagenet` weights, `input_shape` should be"
                f" {default}. Received: input_shape={input_shape}. Leave it out, or use `include_top=False`."
            )
        if is_imagenet(weights) and channels != 3:
            raise ValueError(f"The input must have 3 channels; Received `input_shape={input_shape}`")
        if channels not in (1, 3):
            warn_user(
                "This model usually expects 1 or 3 input channels. However, it was passed an input_shape with"
                f" {channels} input channels. With data_format={data_format!r} they are the"
                f" {'first' if channels_at == 0 else 'last'} of its sizes."
            )
        sizes = input_shape[1:] if channels_at == 0 else input_shape[:-1]
        if any(size is not None and size < min_size for size in sizes):
            raise ValueError(f"Input size must be at least {min_size}x{min_size}; Received: input_shape={input_shape}")
    elif require_flatten:
        input_shape = default
    else:
        input_shape = _with_channels(None, 3, data_format)
    if require_flatten and None in input_shape:
        raise ValueError(
            f"If `include_top` is True, you should specify a static `input_shape`. Received: input_shape={input_shape}"
        )
    return input_shape


def published_size(input_shape: Any, sizes: Sequence[int], data_format: str) -> int:
    """Return the size of images whose published weights fit a shape: its own, or the largest that there is.

    Args:
        input_shape: What the caller says, or None.
        sizes: Heights and widths that there are weights for.
        data_format: ``"channels_last"`` or ``"channels_first"``.

    Example:
        >>> [published_size(shape, (128, 160), "channels_last") for shape in ((128, 128, 3), (96, 96, 3), None)]
        [128, 160, 160]
    """
    if input_shape is None:
        return sizes[-1]
    shape = _three_sizes(input_shape)
    height, width = shape[1:] if data_format == "channels_first" else shape[:2]
    return height if height is not None and height == width and height in sizes else sizes[-1]


def warn_of_other_size(input_shape: Any, size: int, sizes: Sequence[int], data_format: str) -> None:
    """Warn if weights for images of ``size`` are used for others, which a model without a top takes."""
    shape = None if input_shape is None else _three_sizes(input_shape)
    if shape is None or shape != _with_channels(size, 3, data_format):
        warn_user(
            f"`input_shape` is undefined or non-square, or not of a size in {list(sizes)}. Weights for input shape"
            f" ({size}, {size}) will be loaded as the default."
        )


def _three_sizes(input_shape: Any) -> Shape:
    try:
        sizes = tuple(None if size is None else int(size.__index__()) for size in input_shape)
    except (TypeError, AttributeError):
        sizes = ()
    if len(sizes) != 3 or any(size is not None and size < 1 for size in sizes):
        raise ValueError(
            "`input_shape` must be a tuple of three integers: height, width and channels, in the order of the data"
            f" format, without the batch axis. Received: input_shape={input_shape!r}"
        )
    return sizes


def _with_channels(size: int | None, channels: int, data_format: str) -> Shape:
    return (channels, size, size) if data_format == "channels_first" else (size, size, channels)
