"""The scales of pixels that networks trained on ImageNet expect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch

from torchkeras_compat import config
from torchkeras_compat.dtypes.names import is_float_dtype, to_torch_dtype
from torchkeras_compat.ops.casting import cast
from torchkeras_compat.ops.joining import stack
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_CAFFE_MEAN = (103.939, 116.779, 123.68)  # blue, green, red
_MEAN = (0.485, 0.456, 0.406)  # red, green, blue
_DEVIATION = (0.229, 0.224, 0.225)
_MODES = ("caffe", "tf", "torch")


def preprocess_input(x: Any, data_format: str | None = None, mode: Literal["caffe", "tf", "torch"] = "caffe") -> Any:
    """Return images of pixels from 0 to 255 on the scale that a network was trained with.

    - ``"caffe"``: channels in the order blue, green, red, less their mean over ImageNet.
    - ``"tf"``: ``x / 127.5 - 1``, from -1 to 1.
    - ``"torch"``: ``(x / 255 - mean) / deviation`` of each channel over ImageNet.

    Args:
        x: Images, ``(height, width, channels)`` or with a batch axis in front; red, green, blue, from 0 to 255. An
            array, a tensor or a KerasTensor; one of integers becomes the default float type.
        data_format: ``"channels_last"`` or ``"channels_first"``; None for that of the Keras configuration.
        mode: Which scale.

    Returns:
        The same kind, shape and float type. An array of floats is changed in place, as Keras does, so that large ones
        are not held twice; in mode ``"caffe"`` the result shows it with its channels reversed.

    Raises:
        ValueError: ``mode``, ``data_format`` or the number of axes is unknown, or there are not 3 channels where
            the mode has a mean for each.
        TypeError: ``x`` is something else.

    Example:
        >>> preprocess_input(np.full((1, 1, 3), 255), mode="tf").tolist()
        [[[1.0, 1.0, 1.0]]]
        >>> preprocess_input(torch.zeros(1, 1, 3), mode="caffe")[0, 0].tolist()  # doctest: +ELLIPSIS
        [-103.93..., -116.77..., -123.68...]

    Source: Keras API, applications. The means are those of the training sets of Caffe's and torchvision's networks.
    """
    if mode not in _MODES:
        raise ValueError(f"Expected mode to be one of `caffe`, `tf` or `torch`. Received: mode={mode}")
    if data_format is None:
        data_format = config.image_data_format()
    elif data_format not in ("channels_first", "channels_last"):
        raise ValueError(
            "Expected data_format to be one of `channels_first` or `channels_last`. Received:"
            f" data_format={data_format}"
        )
    axis = _channel_axis(x, data_format, mode)
    if isinstance(x, np.ndarray):
        is_float = x.dtype.kind == "f"
        x = x if is_float and x.flags.writeable else x.astype(x.dtype if is_float else config.floatx())
        return _scaled_array(x, axis, mode)
    return _scaled_tensor(x, axis, mode)


def caffe_input(x: Any, data_format: str | None = None) -> Any:
    """Return images of pixels from 0 to 255 as blue, green, red, less their mean over ImageNet.

    See :func:`preprocess_input`, mode ``"caffe"``.

    Example:
        >>> float(caffe_input(np.zeros((1, 1, 3)))[0, 0, 0])
        -103.939
    """
    return preprocess_input(x, data_format, mode="caffe")


def tf_input(x: Any, data_format: str | None = None) -> Any:
    """Return images of pixels from 0 to 255 scaled to the range from -1 to 1.

    See :func:`preprocess_input`, mode ``"tf"``.

    Example:
        >>> float(tf_input(np.zeros((1, 1, 3)))[0, 0, 0])
        -1.0
    """
    return preprocess_input(x, data_format, mode="tf")


def torch_input(x: Any, data_format: str | None = None) -> Any:
    """Return images of pixels from 0 to 255 scaled to mean 0 and deviation 1 of each channel over ImageNet.

    See :func:`preprocess_input`, mode ``"torch"``.

    Example:
        >>> round(float(torch_input(np.zeros((1, 1, 3)))[0, 0, 0]), 3)
        -2.118
    """
    return preprocess_input(x, data_format, mode="torch")


def unscaled_input(x: Any, data_format: str | None = None) -> Any:
    """Return ``x``: the network scales pixels from 0 to 255 itself, in its first layers.

    Args:
        x: Images, or whatever the model takes.
        data_format: Of no effect, kept so that code works for every family.

    Example:
        >>> unscaled_input(7)
        7
    """
    return x


def _channel_axis(x: Any, data_format: str, mode: str) -> int:
    if not isinstance(x, (np.ndarray, torch.Tensor, KerasTensor)):
        raise TypeError(
            f"`preprocess_input` takes an array, a tensor or a KerasTensor of images. Received: {type(x).__name__}."
            " Make an array of it with `np.asarray`, or of a picture with `keras.utils.img_to_array`."
        )
    if isinstance(x, np.ndarray) and x.dtype.kind not in "fiubO":
        raise TypeError(f"`preprocess_input` takes pixels, numbers from 0 to 255. Received: an array of {x.dtype}.")
    shape = tuple(x.shape)
    if len(shape) < 3:
        raise ValueError(
            "`preprocess_input` takes images of shape (height, width, channels), with a batch axis in front or not, or"
            f" channels first. Received: shape {shape}"
        )
    axis = -1 if data_format == "channels_last" else -3
    if mode != "tf" and shape[axis] not in (3, None):
        raise ValueError(
            f"Mode {mode!r} has a mean for each of red, green and blue, but the images have shape {shape}, so"
            f" {shape[axis]} channels with data_format={data_format!r}. Repeat a gray channel three times, leave"
            " transparency out, or give the `data_format` of the images."
        )
    return axis


def _scaled_array(x: np.ndarray, axis: int, mode: str) -> np.ndarray:
    if mode == "tf":
        x /= 127.5
        x -= 1.0
        return x
    if mode == "torch":
        x /= 255.0
        for channel, (mean, deviation) in enumerate(zip(_MEAN, _DEVIATION)):
            part = x[_at(axis, channel)]
            part -= mean
            part /= deviation
        return x
    x = np.flip(x, axis)
    for channel, mean in enumerate(_CAFFE_MEAN):
        x[_at(axis, channel)] -= mean
    return x


def _at(axis: int, channel: int) -> tuple[Any, ...]:
    return (..., *[channel if a == axis else slice(None) for a in range(axis, 0)])


def _scaled_tensor(x: Any, axis: int, mode: str) -> Any:
    """The same of a tensor or KerasTensor, which records the calls that Keras records."""
    if not is_float_dtype(x.dtype):
        x = cast(x, config.floatx())
    if mode == "tf":
        return x / 127.5 - 1.0
    dtype = to_torch_dtype(x.dtype)
    if mode == "torch":
        x = x / 255.0 + _by_channel([-mean for mean in _MEAN], axis, dtype, x)
        return x / _by_channel(_DEVIATION, axis, dtype, x)
    x = stack([x[_at(axis, channel)] for channel in (2, 1, 0)], axis=axis)
    return x + _by_channel([-mean for mean in _CAFFE_MEAN], axis, dtype, x)


def _by_channel(values: Sequence[float], axis: int, dtype: torch.dtype, x: Any) -> torch.Tensor:
    shape = [-1 if a == axis else 1 for a in range(-len(x.shape), 0)]
    return torch.tensor(values, dtype=dtype, device=getattr(x, "device", None)).reshape(shape)
