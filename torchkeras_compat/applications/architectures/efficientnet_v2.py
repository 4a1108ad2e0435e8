"""EfficientNetV2: bottlenecks with one full convolution first, with a depthwise one later, as a search found them."""

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
from torchkeras_compat.applications.architectures.strided_padding import BORDERS
from torchkeras_compat.applications.frame import ModelFrame, Weights
from torchkeras_compat.applications.published import published_weights
from torchkeras_compat.initializers.constants import Constant
from torchkeras_compat.layers.convolutional.depthwise_conv import DepthwiseConv2D
from torchkeras_compat.layers.pooling.global_pooling import GlobalAveragePooling2D
from torchkeras_compat.layers.preprocessing.normalization import Normalization
from torchkeras_compat.layers.preprocessing.rescaling import Rescaling
from torchkeras_compat.layers.regularization.dropout import Dropout
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


class _Stage(NamedTuple):
    """Bottlenecks behind each other, before scaling."""

    repeats: int
    filters: int
    expansion: int  # channels inside the bottleneck, as a multiple of those of its inputs
    strides: int  # of the first; all others keep height and width
    is_fused: bool = False  # whether one full convolution stands for the wider one and the depthwise one


_FUSED = True
_BASE = (
    _Stage(1, 16, 1, 1, _FUSED),
    _Stage(2, 32, 4, 2, _FUSED),
    _Stage(2, 48, 4, 2, _FUSED),
    _Stage(3, 96, 4, 2),
    _Stage(5, 112, 6, 1),
    _Stage(8, 192, 6, 2),
)
_SMALL = (
    _Stage(2, 24, 1, 1, _FUSED),
    _Stage(4, 48, 4, 2, _FUSED),
    _Stage(4, 64, 4, 2, _FUSED),
    _Stage(6, 128, 4, 2),
    _Stage(9, 160, 6, 1),
    _Stage(15, 256, 6, 2),
)
_MEDIUM = (
    _Stage(3, 24, 1, 1, _FUSED),
    _Stage(5, 48, 4, 2, _FUSED),
    _Stage(5, 80, 4, 2, _FUSED),
    _Stage(7, 160, 4, 2),
    _Stage(14, 176, 6, 1),
    _Stage(18, 304, 6, 2),
    _Stage(5, 512, 6, 1),
)
_LARGE = (
    _Stage(4, 32, 1, 1, _FUSED),
    _Stage(7, 64, 4, 2, _FUSED),
    _Stage(7, 96, 4, 2, _FUSED),
    _Stage(10, 192, 4, 2),
    _Stage(19, 224, 6, 1),
    _Stage(25, 384, 6, 2),
    _Stage(7, 640, 6, 1),
)


@dataclass(frozen=True)
class _Variant:
    """A size of the network.

    Args:
        stages: Its bottlenecks.
        size: Height and width that the published weights were trained with.
        hashes: Hashes of the published files, with the top and without.
        width: Factor of the channels.
        depth: Factor of the bottlenecks of a stage.
    """

    stages: tuple[_Stage, ...]
    size: int
    hashes: tuple[str, str]
    width: float = 1.0
    depth: float = 1.0

    @property
    def is_base(self) -> bool:
        """Whether it is one of B0 to B3."""
        return self.stages is _BASE


_VARIANTS = {
    "B0": _Variant(_BASE, 224, ("21ecbf6da12460d5c40bb2f29ceb2188", "893217f2bb855e2983157299931e43ff")),
    "B1": _Variant(_BASE, 240, ("069f0534ff22adf035c89e2d9547a9dc", "0e80663031ca32d657f9caa404b6ec37"), 1.0, 1.1),
    "B2": _Variant(_BASE, 260, ("424e49f28180edbde1e94797771950a7", "1dfe2e7a5d45b6632553a8961ea609eb"), 1.1, 1.2),
    "B3": _Variant(_BASE, 300, ("1f1fc43bd98a6e4fd8fdfd551e02c7a0", "f6abf7b5849ac99a89b50dd3fd532856"), 1.2, 1.4),
    "S": _Variant(_SMALL, 384, ("e1d88a8495beba45748fedd0cecbe016", "af0682fb74e8c54910f2d4393339c070")),
    "M": _Variant(_MEDIUM, 480, ("a3bf6aa3276309f4fc6a34aa114c95cd", "1b8dc055df72dde80d614482840fe342")),
    "L": _Variant(_LARGE, 480, ("27e6d408b53c7ebc868fefa357689935", "b0b66b5c863aef5b46e8608fe1711615")),
}
_STEM = {_BASE: 32, _SMALL: 24, _MEDIUM: 24, _LARGE: 32}
_TOP_FILTERS = 1280
_LEAST = 0.0  # of the exact number of channels
_EXCITATION = 1 / 4  # channels between the two layers that excite, as a fraction of those of the inputs
_DROP_RATE = 0.2  # of the last bottleneck before scaling in depth; it grows from 0
_DROPOUT = 0.2
_MEAN = (0.485, 0.456, 0.406)
_DEVIATION = (0.229, 0.224, 0.225)


def EfficientNetV2B0(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-b0",
) -> Functional:
    """Return the EfficientNetV2 of Tan and Le, in the shape of the first EfficientNet.

    The arguments are those of every model here, see :class:`ModelFrame`, and ``include_preprocessing``: whether the
    model itself scales pixels from 0 to 255. Images are 224 by 224 by default, at least 32 by 32.

    Example:
        >>> EfficientNetV2B0(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1280)

    Source: Keras API, applications/efficientnet_v2. Tan and Le 2021, "EfficientNetV2: Smaller Models and Faster
    Training", table 4.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet_v2("B0", common, include_preprocessing)


def EfficientNetV2B1(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-b1",
) -> Functional:
    """Return the EfficientNetV2 of Tan and Le, 1.1 times as deep as B0.

    The arguments are those of every model here, see :class:`ModelFrame`, and ``include_preprocessing``: whether the
    model itself scales pixels from 0 to 255. Images are 240 by 240 by default, at least 32 by 32.

    Example:
        >>> EfficientNetV2B1(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1280)

    Source: Keras API, applications/efficientnet_v2. Tan and Le 2021, "EfficientNetV2: Smaller Models and Faster
    Training", table 4.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet_v2("B1", common, include_preprocessing)


def EfficientNetV2B2(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-b2",
) -> Functional:
    """Return the EfficientNetV2 of Tan and Le, 1.1 times as wide and 1.2 times as deep as B0.

    The arguments are those of every model here, see :class:`ModelFrame`, and ``include_preprocessing``: whether the
    model itself scales pixels from 0 to 255. Images are 260 by 260 by default, at least 32 by 32.

    Example:
        >>> EfficientNetV2B2(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1408)

    Source: Keras API, applications/efficientnet_v2. Tan and Le 2021, "EfficientNetV2: Smaller Models and Faster
    Training", table 4.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet_v2("B2", common, include_preprocessing)


def EfficientNetV2B3(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-b3",
) -> Functional:
    """Return the EfficientNetV2 of Tan and Le, 1.2 times as wide and 1.4 times as deep as B0.

    The arguments are those of every model here, see :class:`ModelFrame`, and ``include_preprocessing``: whether the
    model itself scales pixels from 0 to 255. Images are 300 by 300 by default, at least 32 by 32.

    Example:
        >>> EfficientNetV2B3(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1536)

    Source: Keras API, applications/efficientnet_v2. Tan and Le 2021, "EfficientNetV2: Smaller Models and Faster
    Training", table 4.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet_v2("B3", common, include_preprocessing)


def EfficientNetV2S(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-s",
) -> Functional:
    """Return the EfficientNetV2 of Tan and Le, the small one.

    The arguments are those of every model here, see :class:`ModelFrame`, and ``include_preprocessing``: whether the
    model itself scales pixels from 0 to 255. Images are 384 by 384 by default, at least 32 by 32.

    Example:
        >>> EfficientNetV2S(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1280)

    Source: Keras API, applications/efficientnet_v2. Tan and Le 2021, "EfficientNetV2: Smaller Models and Faster
    Training", table 4.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet_v2("S", common, include_preprocessing)


def EfficientNetV2M(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-m",
) -> Functional:
    """Return the EfficientNetV2 of Tan and Le, the medium one.

    The arguments are those of every model here, see :class:`ModelFrame`, and ``include_preprocessing``: whether the
    model itself scales pixels from 0 to 255. Images are 480 by 480 by default, at least 32 by 32.

    Example:
        >>> EfficientNetV2M(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1280)

    Source: Keras API, applications/efficientnet_v2. Tan and Le 2021, "EfficientNetV2: Smaller Models and Faster
    Training", table 4.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet_v2("M", common, include_preprocessing)


def EfficientNetV2L(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "efficientnetv2-l",
) -> Functional:
    """Return the EfficientNetV2 of Tan and Le, the large one.

    The arguments are those of every model here, see :class:`ModelFrame`, and ``include_preprocessing``: whether the
    model itself scales pixels from 0 to 255. Images are 480 by 480 by default, at least 32 by 32.

    Example:
        >>> EfficientNetV2L(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1280)

    Source: Keras API, applications/efficientnet_v2. Tan and Le 2021, "EfficientNetV2: Smaller Models and Faster
    Training", table 4.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _efficientnet_v2("L", common, include_preprocessing)


def _efficientnet_v2(title: str, common: tuple[Any, ...], include_preprocessing: bool) -> Functional:
    variant = _VARIANTS[title]
    frame = ModelFrame(*common, default_size=variant.size, min_size=32)
    parts = Bottlenecks(frame.channel_axis, momentum=0.9)
    x = _scaled(frame, variant) if include_preprocessing else frame.images
    filters = multiple_of_8(_STEM[variant.stages] * variant.width, _LEAST)
    x = parts.convolved(x, filters, "stem", 3, strides=2, activation="stem_activation")
    position, unscaled = 0, sum(stage.repeats for stage in variant.stages)
    for number, stage in enumerate(variant.stages, 1):
        stage = stage._replace(filters=multiple_of_8(stage.filters * variant.width, _LEAST))
        for letter in ascii_lowercase[: math.ceil(variant.depth * stage.repeats)]:
            bottleneck = _fused_bottleneck if stage.is_fused else _bottleneck
            x = bottleneck(parts, x, stage, f"block{number}{letter}", _DROP_RATE * position / unscaled)
            stage = stage._replace(strides=1)
            position += 1
    x = parts.convolved(x, multiple_of_8(_TOP_FILTERS * variant.width, _LEAST), "top", activation="top_activation")
    if frame.include_top:
        features = Dropout(_DROPOUT, name="top_dropout")(GlobalAveragePooling2D(name="avg_pool")(x))
        x = frame.classified(features, kernel_initializer=dense_initializer(), bias_initializer=Constant(0.0))
    else:
        x = frame.pooled(x, "avg_pool", "max_pool")
    return frame.model(
        x,
        published=lambda: published_weights(
            f"efficientnet_v2/efficientnetv2-{title.lower()}{'' if frame.include_top else '_notop'}.h5",
            variant.hashes[not frame.include_top],
        ),
        torchvision=BORDERS,
    )


def _scaled(frame: ModelFrame, variant: _Variant) -> KerasTensor:
    """The images on the scale of the network; that of B0 to B3 has a mean and a deviation for each of three colours."""
    x: Any = frame.images
    if variant.is_base and x.shape[frame.channel_axis] == 3:
        x = Rescaling(1 / 255)(x)
        variance = [deviation**2 for deviation in _DEVIATION]
        x = Normalization(axis=frame.channel_axis, mean=list(_MEAN), variance=variance)(x)
    else:
        x = Rescaling(1 / 128, offset=-1)(x)
    result: KerasTensor = x
    return result


def _fused_bottleneck(
    parts: Bottlenecks, inputs: KerasTensor, stage: _Stage, name: str, drop_rate: float
) -> KerasTensor:
    """Feature maps convolved and made wider at once, and made narrower; or convolved only."""
    channels = inputs.shape[parts.channel_axis]
    if stage.expansion == 1:
        activation = f"{name}_project_activation"
        x = parts.convolved(inputs, stage.filters, f"{name}_project", 3, stage.strides, activation=activation)
    else:
        wide = channels * stage.expansion
        x = parts.convolved(inputs, wide, f"{name}_expand", 3, stage.strides, activation=f"{name}_expand_activation")
        x = parts.convolved(x, stage.filters, f"{name}_project")
    keeps_shape = stage.strides == 1 and channels == stage.filters
    return parts.added(x, inputs, drop_rate, name) if keeps_shape else x


def _bottleneck(parts: Bottlenecks, inputs: KerasTensor, stage: _Stage, name: str, drop_rate: float) -> KerasTensor:
    """Feature maps made wider, convolved each for itself, excited, and made narrower."""
    channels = inputs.shape[parts.channel_axis]
    wide = channels * stage.expansion
    x: Any = parts.convolved(inputs, wide, f"{name}_expand", activation=f"{name}_expand_activation")
    x = DepthwiseConv2D(
        3,
        stage.strides,
        "same",
        use_bias=False,
        depthwise_initializer=conv_initializer(),
        name=f"{name}_dwconv2",
    )(x)
    x = parts.normalized(x, f"{name}_bn", f"{name}_activation")
    x = parts.excited(x, max(1, int(channels * _EXCITATION)), name)
    x = parts.convolved(x, stage.filters, f"{name}_project")
    keeps_shape = stage.strides == 1 and channels == stage.filters
    return parts.added(x, inputs, drop_rate, name) if keeps_shape else x
