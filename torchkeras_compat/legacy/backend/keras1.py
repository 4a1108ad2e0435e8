"""Functions that Keras 1 had with other arguments, in another order, or under another name than Keras 2.

Images: ``dim_ordering`` is ``"tf"`` (channels last), ``"th"`` (channels first) or ``"default"``; with ``"th"``, kernels
are ``(filters, channels, rows, columns)``. Arguments that were hints for Theano, ``image_shape`` and others, change
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchkeras_compat.legacy.backend import (
    comparisons,
    control_flow,
    convolutions,
    crossentropies,
    images,
    normalization,
    pooling,
    random_numbers,
    shapes,
)
from torchkeras_compat.legacy.backend import padding as paddings
from torchkeras_compat.legacy.backend.graph import updates
from torchkeras_compat.legacy.backend.image_layouts import checked_format
from torchkeras_compat.legacy.backend.operands import tensor
from torchkeras_compat.symbolic.operation import operation

lesser = comparisons.less
"""The name that Keras 1 has for ``less``."""
lesser_equal = comparisons.less_equal
"""The name that Keras 1 has for ``less_equal``."""


def expand_dims(x: Any, dim: int = -1) -> Any:
    """Return the tensor with an axis of size one more, at ``dim``."""
    return shapes.expand_dims(x, dim)


def batch_normalization(x: Any, mean: Any, var: Any, beta: Any, gamma: Any, epsilon: float = 1e-3) -> Any:
    """Return ``(x - mean) / sqrt(var + epsilon) * gamma + beta``; all broadcast against ``x``."""
    return normalization.batch_normalization(x, mean, var, beta, gamma, epsilon=epsilon)


def one_hot(indices: Any, nb_classes: int) -> Any:
    """Return vectors of ``nb_classes`` with a one at the place of each integer."""
    return shapes.one_hot(indices, nb_classes)


def in_train_phase(x: Any, alt: Any) -> Any:
    """Return ``x`` in training, ``alt`` in inference: tensors, or functions that return them."""
    return control_flow.in_train_phase(x, alt)


def in_test_phase(x: Any, alt: Any) -> Any:
    """Return ``x`` in inference, ``alt`` in training: tensors, or functions that return them."""
    return control_flow.in_train_phase(alt, x)


def moving_average_update(variable: Any, value: Any, momentum: Any) -> Any:
    """Set a variable to ``variable * momentum + value * (1 - momentum)``, or record it."""
    return updates.moving_average_update(variable, value, momentum)


def categorical_crossentropy(output: Any, target: Any, from_logits: bool = False) -> Any:
    """Return the crossentropy of one-hot classes; the predictions come first."""
    return crossentropies.categorical_crossentropy(target, output, from_logits)


def sparse_categorical_crossentropy(output: Any, target: Any, from_logits: bool = False) -> Any:
    """Return the crossentropy of integer classes; the predictions come first."""
    return crossentropies.sparse_categorical_crossentropy(target, output, from_logits)


def binary_crossentropy(output: Any, target: Any, from_logits: bool = False) -> Any:
    """Return the crossentropy of each element; the predictions come first."""
    return crossentropies.binary_crossentropy(target, output, from_logits)


def random_normal(shape: Any, mean: Any = 0.0, std: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Return numbers from a normal distribution of standard deviation ``std``."""
    return random_numbers.random_normal(shape, mean, std, dtype, seed)


def random_uniform(shape: Any, low: Any = 0.0, high: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Return numbers drawn evenly from ``[low, high)``."""
    return random_numbers.random_uniform(shape, low, high, dtype, seed)


def resize_images(X: Any, height_factor: int, width_factor: int, dim_ordering: str) -> Any:  # its name
    """Return images enlarged by whole factors, each pixel repeated."""
    return images.resize_images(X, height_factor, width_factor, dim_ordering)


def resize_volumes(
    X: Any, depth_factor: int, height_factor: int, width_factor: int, dim_ordering: str
) -> Any:  # its name
    """Return volumes enlarged by whole factors, each value repeated."""
    return images.resize_volumes(X, depth_factor, height_factor, width_factor, dim_ordering)


def asymmetric_temporal_padding(x: Any, left_pad: int = 1, right_pad: int = 1) -> Any:
    """Return sequences with zeros before the first and after the last step."""
    return paddings.temporal_padding(x, (left_pad, right_pad))


def spatial_2d_padding(x: Any, padding: Sequence[int] = (1, 1), dim_ordering: str = "default") -> Any:
    """Return images with as many zeros above as below, ``padding[0]``, and on the left as on the right."""
    return paddings.spatial_2d_padding(x, tuple((n, n) for n in padding), dim_ordering)


def asymmetric_spatial_2d_padding(
    x: Any, top_pad: int = 1, bottom_pad: int = 1, left_pad: int = 1, right_pad: int = 1, dim_ordering: str = "default"
) -> Any:
    """Return images with zeros around them, a number for each side."""
    return paddings.spatial_2d_padding(x, ((top_pad, bottom_pad), (left_pad, right_pad)), dim_ordering)


def spatial_3d_padding(x: Any, padding: Sequence[int] = (1, 1, 1), dim_ordering: str = "default") -> Any:
    """Return volumes with as many zeros before as behind, a number for each axis."""
    return paddings.spatial_3d_padding(x, tuple((n, n) for n in padding), dim_ordering)


@operation
def _last_axes(kernel: Any, order: tuple[int, ...]) -> Any:
    return tensor(kernel).permute(*order)


def _kernel(kernel: Any, dim_ordering: str, number: int) -> Any:
    """Return a kernel in the layout of Keras 2: spatial sizes, channels, filters."""
    if checked_format(dim_ordering) == "channels_last":
        return kernel
    return _last_axes(kernel, (*range(2, number + 2), 1, 0))


def conv1d(
    x: Any,
    kernel: Any,
    stride: int = 1,
    border_mode: str = "valid",
    image_shape: Any = None,
    filter_shape: Any = None,
) -> Any:
    """Return the convolution of sequences, the channels last."""
    return convolutions.conv1d(x, kernel, stride, border_mode, "channels_last")


def conv2d(
    x: Any,
    kernel: Any,
    strides: Sequence[int] = (1, 1),
    border_mode: str = "valid",
    dim_ordering: str = "default",
    image_shape: Any = None,
    filter_shape: Any = None,
    filter_dilation: Sequence[int] = (1, 1),
) -> Any:
    """Return the convolution of images."""
    return convolutions.conv2d(
        x, _kernel(kernel, dim_ordering, 2), strides, border_mode, checked_format(dim_ordering), filter_dilation
    )


def atrous_conv2d(
    x: Any,
    kernel: Any,
    rate: int = 1,
    border_mode: str = "valid",
    dim_ordering: str = "default",
    image_shape: Any = None,
    filter_shape: Any = None,
) -> Any:
    """Return the convolution of images with ``rate`` pixels from one tap of the kernel to the next."""
    return conv2d(x, kernel, (1, 1), border_mode, dim_ordering, filter_dilation=(rate, rate))


def deconv2d(
    x: Any,
    kernel: Any,
    output_shape: Any,
    strides: Sequence[int] = (1, 1),
    border_mode: str = "valid",
    dim_ordering: str = "default",
    image_shape: Any = None,
    filter_shape: Any = None,
) -> Any:
    """Return the transposed convolution of images; the kernel is one of :func:`conv2d`, its channels those of ``x``."""
    swapped = _last_axes(_kernel(kernel, dim_ordering, 2), (0, 1, 3, 2))
    return convolutions.conv2d_transpose(x, swapped, output_shape, strides, border_mode, checked_format(dim_ordering))


def separable_conv2d(
    x: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Sequence[int] = (1, 1),
    border_mode: str = "valid",
    dim_ordering: str = "default",
) -> Any:
    """Return the convolution of each channel of images, and of the results at each pixel."""
    kernels = [_kernel(kernel, dim_ordering, 2) for kernel in (depthwise_kernel, pointwise_kernel)]
    return convolutions.separable_conv2d(x, *kernels, strides, border_mode, checked_format(dim_ordering))


def conv3d(
    x: Any,
    kernel: Any,
    strides: Sequence[int] = (1, 1, 1),
    border_mode: str = "valid",
    dim_ordering: str = "default",
    volume_shape: Any = None,
    filter_shape: Any = None,
) -> Any:
    """Return the convolution of volumes."""
    return convolutions.conv3d(x, _kernel(kernel, dim_ordering, 3), strides, border_mode, checked_format(dim_ordering))


def pool2d(
    x: Any,
    pool_size: Sequence[int],
    strides: Sequence[int] = (1, 1),
    border_mode: str = "valid",
    dim_ordering: str = "default",
    pool_mode: str = "max",
) -> Any:
    """Return the largest (``"max"``) or mean (``"avg"``) value of each window of images."""
    return pooling.pool2d(x, pool_size, strides, border_mode, checked_format(dim_ordering), pool_mode)


def pool3d(
    x: Any,
    pool_size: Sequence[int],
    strides: Sequence[int] = (1, 1, 1),
    border_mode: str = "valid",
    dim_ordering: str = "default",
    pool_mode: str = "max",
) -> Any:
    """Return the largest (``"max"``) or mean (``"avg"``) value of each window of volumes."""
    return pooling.pool3d(x, pool_size, strides, border_mode, checked_format(dim_ordering), pool_mode)
