"""Xception: depthwise separable convolutions with residual connections."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.applications.frame import ModelFrame, Weights
from torchkeras_compat.applications.published import published_weights
from torchkeras_compat.layers.convolutional.conv import Conv2D
from torchkeras_compat.layers.convolutional.separable_conv import SeparableConv2D
from torchkeras_compat.layers.core.activation import Activation
from torchkeras_compat.layers.merging.elementwise import Add
from torchkeras_compat.layers.normalization.batch_normalization import BatchNormalization
from torchkeras_compat.layers.pooling.global_pooling import GlobalAveragePooling2D
from torchkeras_compat.layers.pooling.windows import MaxPooling2D
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_ENTRY = {2: (128, 128), 3: (256, 256), 4: (728, 728)}  # filters of the convolutions of blocks that halve the maps
_MIDDLE = (range(5, 13), 728)  # blocks that keep them
_EXIT = {13: (728, 1024)}
_LAST = (1536, 2048)
_HASHES = ("0a58e3b7378bc2990ea3b43d5981f1f6", "b0042744bf5b25fce3cb969f33bebb97")  # with the top, without


def Xception(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "xception",
) -> Functional:
    """Return the network of 36 convolutions of Chollet.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 299 by 299 by default, at least 71
    by 71, and scaled by ``xception.preprocess_input``.

    Example:
        >>> Xception(weights=None, include_top=False, pooling="avg").output_shape
        (None, 2048)

    Source: Keras API, applications/xception. Chollet 2017, "Xception", figure 5.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    frame = ModelFrame(*common, default_size=299, min_size=71)
    x = _features(frame)
    if frame.include_top:
        x = frame.classified(GlobalAveragePooling2D(name="avg_pool")(x))
    else:
        x = frame.pooled(x)
    ending = "" if frame.include_top else "_notop"
    file = f"xception/xception_weights_tf_dim_ordering_tf_kernels{ending}.h5"
    return frame.model(x, published=lambda: published_weights(file, _HASHES[not frame.include_top]))


def _features(frame: ModelFrame) -> Any:
    x: Any = frame.images
    for n, (filters, strides) in enumerate(((32, 2), (64, 1)), 1):
        x = Conv2D(filters, 3, strides=strides, use_bias=False, name=f"block1_conv{n}")(x)
        x = _normalized(frame, x, f"block1_conv{n}_bn")
        x = Activation("relu", name=f"block1_conv{n}_act")(x)
    for block, filters_of_block in _ENTRY.items():
        x = _halved(frame, x, block, filters_of_block)
    blocks, middle = _MIDDLE
    for block in blocks:
        residual = x
        for n in (1, 2, 3):
            x = Activation("relu", name=f"block{block}_sepconv{n}_act")(x)
            x = _convolved(frame, x, middle, f"block{block}_sepconv{n}")
        x = Add()([x, residual])
    for block, filters_of_block in _EXIT.items():
        x = _halved(frame, x, block, filters_of_block)
    for n, filters in enumerate(_LAST, 1):
        x = _convolved(frame, x, filters, f"block14_sepconv{n}")
        x = Activation("relu", name=f"block14_sepconv{n}_act")(x)
    return x


def _halved(frame: ModelFrame, inputs: Any, block: int, filters: tuple[int, int]) -> Any:
    residual: Any = Conv2D(filters[-1], 1, strides=2, padding="same", use_bias=False)(inputs)
    residual = _normalized(frame, residual, None)
    x = inputs
    for n in (1, 2):
        if block > 2 or n > 1:  # what the second block gets is activated already
            x = Activation("relu", name=f"block{block}_sepconv{n}_act")(x)
        x = _convolved(frame, x, filters[n - 1], f"block{block}_sepconv{n}")
    x = MaxPooling2D(3, strides=2, padding="same", name=f"block{block}_pool")(x)
    return Add()([x, residual])


def _convolved(frame: ModelFrame, x: Any, filters: int, name: str) -> Any:
    x = SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return _normalized(frame, x, f"{name}_bn")


def _normalized(frame: ModelFrame, x: Any, name: str | None) -> Any:
    return BatchNormalization(axis=frame.channel_axis_from_end, name=name)(x)
