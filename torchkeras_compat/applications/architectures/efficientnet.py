"""EfficientNet: one network of mobile bottlenecks, scaled in depth, width and resolution together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any, NamedTuple

from torchkeras_compat.applications.architectures.channel_multiples import multiple_of_8
from torchkeras_compat.applications.architectures.mobile_bottleneck import (
    Bottlenecks,
    conv_initializer,
    dense_initializer,
)
from torchkeras_compat.applications.architectures.strided_padding import BORDERS, strided_padding
from torchkeras_compat.applications.frame import ModelFrame, Weights
from torchkeras_compat.applications.input_shape import is_imagenet
from torchkeras_compat.applications.published import PublishedFile
from torchkeras_compat.layers.convolutional.depthwise_conv import DepthwiseConv2D
from torchkeras_compat.layers.pooling.global_pooling import GlobalAveragePooling2D
from torchkeras_compat.layers.preprocessing.normalization import Normalization
from torchkeras_compat.layers.preprocessing.rescaling import Rescaling
from torchkeras_compat.layers.regularization.dropout import Dropout
from torchkeras_compat.layers.reshaping.zero_padding import ZeroPadding2D
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@dataclass(frozen=True)
class _Variant:
    """A size of the network.

    Args:
        width: Factor of the channels.
        depth: Factor of the bottlenecks of a stage.
        size: Height and width that the published weights were trained with.
        dropout: Fraction of the features that are dropped below the last layer.
        hashes: Hashes of the published files, with the top and without.
    """

    width: float
    depth: float
    size: int
    dropout: float
    hashes: tuple[str, str]


_VARIANTS = {
    "B0": _Variant(1.0, 1.0, 224, 0.2, ("902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d")),
    "B1": _Variant(1.0, 1.1, 240, 0.2, ("1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432")),
    "B2": _Variant(1.1, 1.2, 260, 0.3, ("b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39")),
    "B3": _Variant(1.2, 1.4, 300, 0.3, ("ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226")),
    "B4": _Variant(1.4, 1.8, 380, 0.4, ("18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba")),
    "B5": _Variant(1.6, 2.2, 456, 0.4, ("ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f")),
    "B6": _Variant(1.8, 2.6, 528, 0.5, ("165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743")),
    "B7": _Variant(2.0, 3.1, 600, 0.5, ("8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a")),
}


class _Stage(NamedTuple):
    """Bottlenecks behind each other, before scaling."""

    repeats: int
    filters: int
    kernel_size: int
    expansion: int  # channels inside the bottleneck, as a multiple of those of its inputs
    strides: int  # of the first; all others keep height and width


_STAGES = (
    _Stage(1, 16, 3, 1, 1),
    _Stage(2, 24, 3, 6, 2),
    _Stage(2, 40, 5, 6, 2),
    _Stage(3, 80, 3, 6, 2),
    _Stage(3, 112, 5, 6, 1),
    _Stage(4, 192, 5, 6, 2),
    _Stage(1, 320, 3, 6, 1),
)
_STEM_FILTERS = 32
_TOP_FILTERS = 1280
_EXCITATION = 1 / 4  # channels between the two layers that excite, as a fraction of those of the inputs
_DROP_RATE = 0.2  # of the last bottleneck; it grows from 0
_DEVIATION = (0.229, 0.224, 0.225)
_URL = "https://storage.googleapis.com/keras-applications/"


def EfficientNetB0(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb0",
) -> Functional:
    """Return the smallest EfficientNet of Tan and Le.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 224 by 224 by default, at least 32
    by 32, with pixels from 0 to 255: the model scales them itself.

    Example:
        >>> EfficientNetB0(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1280)

    Source: Keras API, applications/efficientnet. Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for
    Convolutional Neural Networks", table 1.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet("B0", common)


def EfficientNetB1(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb1",
) -> Functional:
    """Return the EfficientNet of Tan and Le, 1.0 times as wide and 1.1 times as deep as B0.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 240 by 240 by default, at least 32
    by 32, with pixels from 0 to 255: the model scales them itself.

    Example:
        >>> EfficientNetB1(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1280)

    Source: Keras API, applications/efficientnet. Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for
    Convolutional Neural Networks", table 1 and equation 3.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet("B1", common)


def EfficientNetB2(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb2",
) -> Functional:
    """Return the EfficientNet of Tan and Le, 1.1 times as wide and 1.2 times as deep as B0.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 260 by 260 by default, at least 32
    by 32, with pixels from 0 to 255: the model scales them itself.

    Example:
        >>> EfficientNetB2(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1408)

    Source: Keras API, applications/efficientnet. Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for
    Convolutional Neural Networks", table 1 and equation 3.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet("B2", common)


def EfficientNetB3(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb3",
) -> Functional:
    """Return the EfficientNet of Tan and Le, 1.2 times as wide and 1.4 times as deep as B0.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 300 by 300 by default, at least 32
    by 32, with pixels from 0 to 255: the model scales them itself.

    Example:
        >>> EfficientNetB3(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1536)

    Source: Keras API, applications/efficientnet. Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for
    Convolutional Neural Networks", table 1 and equation 3.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet("B3", common)


def EfficientNetB4(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb4",
) -> Functional:
    """Return the EfficientNet of Tan and Le, 1.4 times as wide and 1.8 times as deep as B0.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 380 by 380 by default, at least 32
    by 32, with pixels from 0 to 255: the model scales them itself.

    Example:
        >>> EfficientNetB4(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1792)

    Source: Keras API, applications/efficientnet. Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for
    Convolutional Neural Networks", table 1 and equation 3.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet("B4", common)


def EfficientNetB5(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb5",
) -> Functional:
    """Return the EfficientNet of Tan and Le, 1.6 times as wide and 2.2 times as deep as B0.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 456 by 456 by default, at least 32
    by 32, with pixels from 0 to 255: the model scales them itself.

    Example:
        >>> EfficientNetB5(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 2048)

    Source: Keras API, applications/efficientnet. Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for
    Convolutional Neural Networks", table 1 and equation 3.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet("B5", common)


def EfficientNetB6(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb6",
) -> Functional:
    """Return the EfficientNet of Tan and Le, 1.8 times as wide and 2.6 times as deep as B0.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 528 by 528 by default, at least 32
    by 32, with pixels from 0 to 255: the model scales them itself.

    Example:
        >>> EfficientNetB6(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 2304)

    Source: Keras API, applications/efficientnet. Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for
    Convolutional Neural Networks", table 1 and equation 3.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet("B6", common)


def EfficientNetB7(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "efficientnetb7",
) -> Functional:
    """Return the EfficientNet of Tan and Le, 2.0 times as wide and 3.1 times as deep as B0.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 600 by 600 by default, at least 32
    by 32, with pixels from 0 to 255: the model scales them itself.

    Example:
        >>> EfficientNetB7(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 2560)

    Source: Keras API, applications/efficientnet. Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for
    Convolutional Neural Networks", table 1 and equation 3.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet("B7", common)


def _efficientnet(title: str, common: tuple[Any, ...]) -> Functional:
    variant = _VARIANTS[title]
    frame = ModelFrame(*common, default_size=variant.size, min_size=32)
    parts = Bottlenecks(frame.channel_axis)
    x: Any = _scaled(frame)
    x = ZeroPadding2D(strided_padding(x, 3, frame.channel_axis), name="stem_conv_pad")(x)
    filters = multiple_of_8(_STEM_FILTERS * variant.width)
    x = parts.convolved(x, filters, "stem", 3, strides=2, padding="valid", activation="stem_activation")
    counts = [math.ceil(variant.depth * stage.repeats) for stage in _STAGES]
    position = 0
    for number, (stage, count) in enumerate(zip(_STAGES, counts), 1):
        stage = stage._replace(filters=multiple_of_8(stage.filters * variant.width))
        for letter in ascii_lowercase[:count]:
            drop_rate = _DROP_RATE * position / sum(counts)
            x = _bottleneck(parts, x, stage, f"block{number}{letter}", drop_rate)
            stage = stage._replace(strides=1)
            position += 1
    filters = multiple_of_8(_TOP_FILTERS * variant.width)
    x = parts.convolved(x, filters, "top", activation="top_activation")
    if frame.include_top:
        x = GlobalAveragePooling2D(name="avg_pool")(x)
        x = frame.classified(Dropout(variant.dropout, name="top_dropout")(x), kernel_initializer=dense_initializer())
    else:
        x = frame.pooled(x, "avg_pool", "max_pool")
    return frame.model(x, published=lambda: _published(title, frame.include_top), torchvision=BORDERS)


def _scaled(frame: ModelFrame) -> KerasTensor:
    """The images on the scale of the network; Keras's published weights need a division that others do not."""
    x: Any = Rescaling(1 / 255)(frame.images)
    x = Normalization(axis=frame.channel_axis)(x)
    if is_imagenet(frame.weights):
        x = Rescaling([1 / math.sqrt(deviation) for deviation in _DEVIATION])(x)
    result: KerasTensor = x
    return result


def _bottleneck(parts: Bottlenecks, inputs: KerasTensor, stage: _Stage, name: str, drop_rate: float) -> KerasTensor:
    """Feature maps made wider, convolved each for itself, excited, and made narrower."""
    x: Any = inputs
    channels = inputs.shape[parts.channel_axis]
    if stage.expansion != 1:
        wide = channels * stage.expansion
        x = parts.convolved(x, wide, f"{name}_expand", activation=f"{name}_expand_activation")
    if stage.strides == 2:
        x = ZeroPadding2D(strided_padding(x, stage.kernel_size, parts.channel_axis), name=f"{name}_dwconv_pad")(x)
    x = DepthwiseConv2D(
        stage.kernel_size,
        stage.strides,
        "same" if stage.strides == 1 else "valid",
        use_bias=False,
        depthwise_initializer=conv_initializer(),
        name=f"{name}_dwconv",
    )(x)
    x = parts.normalized(x, f"{name}_bn", f"{name}_activation")
    x = parts.excited(x, max(1, int(channels * _EXCITATION)), name)
    x = parts.convolved(x, stage.filters, f"{name}_project")
    keeps_shape = stage.strides == 1 and channels == stage.filters
    return parts.added(x, inputs, drop_rate, name) if keeps_shape else x


def _published(title: str, include_top: bool) -> PublishedFile:
    name = f"efficientnet{title.lower()}{'' if include_top else '_notop'}.h5"
    return PublishedFile(
        name, _VARIANTS[title].hashes[not include_top], f"{_URL}{name}", f"the published weights {name}"
    )
