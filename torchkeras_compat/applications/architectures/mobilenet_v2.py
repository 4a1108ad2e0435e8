"""MobileNetV2: bottlenecks that expand their channels, convolve each, and project them back."""

from __future__ import annotations

from typing import Any

from torchkeras_compat import config
from torchkeras_compat.applications.architectures.channel_multiples import multiple_of_8
from torchkeras_compat.applications.architectures.strided_padding import BORDERS, strided_padding
from torchkeras_compat.applications.frame import ModelFrame, Weights, check_alpha
from torchkeras_compat.applications.input_shape import is_imagenet, published_size, warn_of_other_size
from torchkeras_compat.applications.published import PublishedFile, published_weights
from torchkeras_compat.layers.activations.relu import ReLU
from torchkeras_compat.layers.convolutional.conv import Conv2D
from torchkeras_compat.layers.convolutional.depthwise_conv import DepthwiseConv2D
from torchkeras_compat.layers.merging.elementwise import Add
from torchkeras_compat.layers.normalization.batch_normalization import BatchNormalization
from torchkeras_compat.layers.pooling.global_pooling import GlobalAveragePooling2D
from torchkeras_compat.layers.reshaping.zero_padding import ZeroPadding2D
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_STEM, _LAST = 32, 1280
_EXPANSION = 6  # of every bottleneck but the first
_STAGES = ((16, 1, 1), (24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1))
"""Filters, number of bottlenecks, strides of the first of them."""
_PUBLISHED_SIZES = (96, 128, 160, 192, 224)
_PUBLISHED_ALPHAS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)


def MobileNetV2(
    input_shape: Any = None,
    alpha: float = 1.0,
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = None,
) -> Functional:
    """Return the network of 17 inverted residual bottlenecks of Sandler et al.

    The other arguments are those of every model here, see :class:`ModelFrame`. Images are 224 by 224 by default, at
    least 32 by 32, and scaled by ``mobilenet_v2.preprocess_input``. Published weights are for sizes 96, 128, 160, 192
    and 224.

    Args:
        alpha: Factor of the number of filters; 0.35, 0.5, 0.75, 1, 1.3 or 1.4 for the published weights.
        name: None for ``mobilenetv2_<alpha>_<size>``.

    Raises:
        ValueError: ``alpha`` is not positive, or there are no published weights for it.

    Example:
        >>> MobileNetV2(weights=None, alpha=0.35, classes=10, input_shape=(32, 32, 3)).name
        'mobilenetv2_0.35_32'

    Source: Keras API, applications/mobilenet. Sandler et al. 2018, "MobileNetV2", table 2.
    """
    check_alpha(alpha, _PUBLISHED_ALPHAS if is_imagenet(weights) else None)
    data_format = config.image_data_format()
    shape = input_tensor.shape[1:] if include_top and input_shape is None and input_tensor is not None else input_shape
    size = published_size(shape, _PUBLISHED_SIZES, data_format)
    if is_imagenet(weights) and not include_top:
        warn_of_other_size(input_shape, size, _PUBLISHED_SIZES, data_format)
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    frame = ModelFrame(*common, default_size=size, min_size=32, shapes_agree=True)
    if name is None:
        frame.name = f"mobilenetv2_{alpha:0.2f}_{frame.height}"
    x: Any = _features(frame, alpha)
    if include_top:
        x = frame.classified(GlobalAveragePooling2D()(x))
    else:
        x = frame.pooled(x)
    return frame.model(x, published=lambda: _published(alpha, size, include_top), torchvision=BORDERS)


def _features(frame: ModelFrame, alpha: float) -> Any:
    x: Any = Conv2D(multiple_of_8(_STEM * alpha), 3, strides=2, padding="same", use_bias=False, name="Conv1")(
        frame.images
    )
    x = _activated(frame, x, "bn_Conv1", "Conv1_relu")
    number = 0
    for filters, count, first_strides in _STAGES:
        for n in range(count):
            x = _bottleneck(frame, x, multiple_of_8(int(filters * alpha)), first_strides if n == 0 else 1, number)
            number += 1
    last = multiple_of_8(_LAST * alpha) if alpha > 1.0 else _LAST
    x = Conv2D(last, 1, use_bias=False, name="Conv_1")(x)
    return _activated(frame, x, "Conv_1_bn", "out_relu")


def _bottleneck(frame: ModelFrame, inputs: Any, filters: int, strides: int, number: int) -> Any:
    name = f"block_{number}" if number else "expanded_conv"
    channels = inputs.shape[frame.channel_axis]
    x = inputs
    if number:
        x = Conv2D(_EXPANSION * channels, 1, padding="same", use_bias=False, name=f"{name}_expand")(x)
        x = _activated(frame, x, f"{name}_expand_BN", f"{name}_expand_relu")
    if strides == 2:
        x = ZeroPadding2D(strided_padding(x, 3, frame.channel_axis), name=f"{name}_pad")(x)
    padding = "valid" if strides == 2 else "same"
    x = DepthwiseConv2D(3, strides, padding, use_bias=False, name=f"{name}_depthwise")(x)
    x = _activated(frame, x, f"{name}_depthwise_BN", f"{name}_depthwise_relu")
    x = Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}_project")(x)
    x = _normalized(frame, x, f"{name}_project_BN")
    return Add(name=f"{name}_add")([inputs, x]) if channels == filters and strides == 1 else x


def _normalized(frame: ModelFrame, x: Any, name: str) -> Any:
    return BatchNormalization(axis=frame.channel_axis_from_end, momentum=0.999, name=name)(x)


def _activated(frame: ModelFrame, x: Any, normalization: str, activation: str) -> Any:
    return ReLU(6.0, name=activation)(_normalized(frame, x, normalization))


def _published(alpha: float, size: int, include_top: bool) -> PublishedFile:
    ending = "" if include_top else "_no_top"
    file = f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{float(alpha)}_{size}{ending}.h5"
    return published_weights(f"mobilenet_v2/{file}", None)
