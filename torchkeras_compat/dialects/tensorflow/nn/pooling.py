"""Pooling of `tf.nn`."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.nn.layouts import is_channels_first, padded, pads, spatial
from torchkeras_compat.dialects.tensorflow.tensor import tensor_function
from torchkeras_compat.ops.conversion import convert_to_tensor as as_tensor
from torchkeras_compat.ops.padding import same_paddings
from torchkeras_compat.ops.pooling import average_pool_channels_first, max_pool_channels_first


def _pool(
    kind: str, x: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None, dilations: Any = None
) -> torch.Tensor:
    x = as_tensor(x)
    axes = x.ndim - 2
    first = is_channels_first(data_format)
    sizes = spatial(ksize, axes, data_format, "ksize")
    steps = sizes if strides is None else spatial(strides, axes, data_format, "strides")
    x = x if first else x.movedim(-1, 1)
    extra = pads(padding, data_format)
    if extra is not None:
        if kind == "average":
            raise ValueError(f"Average pooling takes 'SAME' or 'VALID'. Received: padding={padding}")
        x = padded(x, extra, torch.finfo(x.dtype).min)
    word = padding.lower() if extra is None else "valid"
    spread = spatial(dilations, axes, data_format, "dilations")
    if any(d != 1 for d in spread):
        out = _dilated(kind, x, sizes, steps, word, spread)
    else:
        function = max_pool_channels_first if kind == "max" else average_pool_channels_first
        out = function(x, sizes, steps, word)
    return out if first else out.movedim(1, -1)


def _dilated(
    kind: str,
    x: torch.Tensor,
    sizes: tuple[int, ...],
    steps: tuple[int, ...],
    padding: str,
    spread: tuple[int, ...],
) -> torch.Tensor:
    if kind != "max":
        raise ValueError("Average pooling with `dilations` is not supported. Use a `depthwise_conv2d` of ones.")
    if padding == "same":
        x = padded(x, same_paddings(x.shape[2:], sizes, steps, spread), torch.finfo(x.dtype).min)
    function: Any = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}[x.ndim - 2]
    out: torch.Tensor = function(x, sizes, steps, 0, spread)
    return out


@tensor_function
def max_pool(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Any:
    """Take the largest element of each window, over one to three spatial axes.

    Args:
        input: ``(batch, *spatial, channels)``.
        ksize: Size of a window: an int, one for each spatial axis, or one for each axis.
        strides: Steps between windows, likewise.
        padding: ``"SAME"``, ``"VALID"``, or pairs of what is added to each axis.
        data_format: ``"NHWC"``, ``"NCHW"``, or those of one or three axes.
        name: Kept for TensorFlow's signature.

    Raises:
        ValueError: an argument is not one of the values above.

    Example:
        >>> max_pool(torch.arange(4.0).reshape(1, 2, 2, 1), 2, 2, "VALID").numpy().tolist()
        [[[[3.0]]]]
    """
    return _pool("max", input, ksize, strides, padding, data_format)


@tensor_function
def avg_pool(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Any:
    """Take the mean of each window, without what ``"SAME"`` adds; arguments as of :func:`max_pool`."""
    return _pool("average", input, ksize, strides, padding, data_format)


# Of one, two and three axes they are the same functions, with arguments of the same names.
max_pool1d = max_pool2d = max_pool3d = max_pool
avg_pool1d = avg_pool2d = avg_pool3d = avg_pool


@tensor_function
def pool(
    input: Any,
    window_shape: Any,
    pooling_type: str,
    strides: Any = None,
    padding: Any = "VALID",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Pool windows of ``window_shape`` by ``pooling_type``, ``"MAX"`` or ``"AVG"``; strides of 1 by default.

    Raises:
        ValueError: an argument is not one of these.
    """
    kinds = {"MAX": "max", "AVG": "average"}
    if pooling_type not in kinds:
        raise ValueError(f"`pooling_type` is 'MAX' or 'AVG'. Received: {pooling_type!r}")
    return _pool(
        kinds[pooling_type], input, window_shape, 1 if strides is None else strides, padding, data_format, dilations
    )


@tensor_function
def max_pool_with_argmax(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    output_dtype: Any = "int64",
    include_batch_in_index: bool = False,
    name: str | None = None,
) -> Any:
    """Return the largest element of each window, and where each lies in its flattened image.

    Args:
        input: ``(batch, height, width, channels)``.
        ksize: Size of a window.
        strides: Steps between windows.
        padding: ``"SAME"`` or ``"VALID"``.
        data_format: Only ``"NHWC"``.
        output_dtype: Dtype of the positions.
        include_batch_in_index: Whether positions count through all images.
        name: Kept for TensorFlow's signature.

    Returns:
        The values, and ``(y * width + x) * channels + channel`` of each.

    Raises:
        ValueError: ``data_format`` is another.
    """
    if data_format != "NHWC":
        raise ValueError(f"`max_pool_with_argmax` takes data_format='NHWC'. Received: {data_format!r}")
    x = as_tensor(input)
    batch, height, width, channels = x.shape
    sizes, steps = (spatial(v, 2, data_format, n) for v, n in ((ksize, "ksize"), (strides, "strides")))
    moved = x.movedim(-1, 1)
    fits = [(0, 0), (0, 0)] if padding == "VALID" else same_paddings(moved.shape[2:], sizes, steps, (1, 1))
    wide = padded(moved, fits, torch.finfo(x.dtype).min)
    values, places = F.max_pool2d(wide, sizes, steps, return_indices=True)
    row = places // wide.shape[3] - fits[0][0]
    column = places % wide.shape[3] - fits[1][0]
    found = (row * width + column) * channels + torch.arange(channels, device=x.device).reshape(1, -1, 1, 1)
    if include_batch_in_index:
        found = found + torch.arange(batch, device=x.device).reshape(-1, 1, 1, 1) * (height * width * channels)
    return values.movedim(1, -1), found.movedim(1, -1).to(as_dtype(output_dtype).torch_dtype)
