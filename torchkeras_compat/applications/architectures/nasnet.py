"""NASNet: cells that a search found, each over the outputs of the two cells before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torchkeras_compat.applications.architectures.channels_last import check_channels_last
from torchkeras_compat.applications.architectures.strided_padding import strided_padding
from torchkeras_compat.applications.frame import ModelFrame, Weights
from torchkeras_compat.applications.published import PublishedFile
from torchkeras_compat.layers.convolutional.conv import Conv2D
from torchkeras_compat.layers.convolutional.separable_conv import SeparableConv2D
from torchkeras_compat.layers.core.activation import Activation
from torchkeras_compat.layers.merging.concatenate import Concatenate
from torchkeras_compat.layers.merging.elementwise import Add
from torchkeras_compat.layers.normalization.batch_normalization import BatchNormalization
from torchkeras_compat.layers.pooling.global_pooling import GlobalAveragePooling2D
from torchkeras_compat.layers.pooling.windows import AveragePooling2D, MaxPooling2D
from torchkeras_compat.layers.reshaping.cropping import Cropping2D
from torchkeras_compat.layers.reshaping.zero_padding import ZeroPadding2D
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.naming import name_scope
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_URL = "https://storage.googleapis.com/tensorflow/keras-applications/nasnet/"


@dataclass(frozen=True)
class _Variant:
    """A size of the network.

    Args:
        title: What Keras calls it in its files: ``"mobile"``, ``"large"``.
        size: Height and width that the published weights were trained with.
        filters: Channels of the first normal cells; each further stage has twice as many.
        repeats: Normal cells of a stage.
        stem_filters: Channels of the first convolution.
        skips_reduction: Whether the first normal cell of a stage sees the cell two before the reduction, and not the
            one before it.
        hashes: Hashes of the published files, with the top and without.
    """

    title: str
    size: int
    filters: int
    repeats: int
    stem_filters: int
    skips_reduction: bool
    hashes: tuple[str, str]


_MOBILE = _Variant(
    "mobile", 224, 44, 4, 32, False, ("020fb642bf7360b370c678b08e0adf61", "1ed92395b5b598bdda52abe5c0dbfd63")
)
_LARGE = _Variant(
    "large", 331, 168, 6, 96, True, ("11577c9a518f0070763c2b964a382f17", "d81d89dc07e6e56530c4e77faddd61b5")
)


def NASNetMobile(
    input_shape: Any = None,
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "nasnet_mobile",
) -> Functional:
    """Return the small NASNet-A of Zoph et al., with 1056 features.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 224 by 224 by default, without the
    top too, at least 32 by 32, and scaled by ``nasnet.preprocess_input``.

    Example:
        >>> NASNetMobile(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1056)

    Source: Keras API, applications/nasnet. Zoph et al. 2018, "Learning Transferable Architectures for Scalable Image
    Recognition", figure 4: NASNet-A (4 @ 1056).
    """
    common = (weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _nasnet(_MOBILE, include_top, *common)


def NASNetLarge(
    input_shape: Any = None,
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "nasnet_large",
) -> Functional:
    """Return the large NASNet-A of Zoph et al., with 4032 features.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 331 by 331 by default, without the
    top too, at least 32 by 32, and scaled by ``nasnet.preprocess_input``. Keras leaves height and width open without
    the top, but a model that it makes so runs for no image.

    Example:
        >>> NASNetLarge(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 4032)

    Source: Keras API, applications/nasnet. Zoph et al. 2018, "Learning Transferable Architectures for Scalable Image
    Recognition", figure 4: NASNet-A (6 @ 4032).
    """
    common = (weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _nasnet(_LARGE, include_top, *common)


def _nasnet(
    variant: _Variant, include_top: bool, weights: Weights, input_tensor: Any, input_shape: Any, *common: Any
) -> Functional:
    check_channels_last("NASNet")
    shape = (variant.size, variant.size, 3) if input_shape is None else input_shape
    frame = ModelFrame(include_top, weights, input_tensor, shape, *common, default_size=variant.size, min_size=32)
    if None in frame.images.shape[1:]:
        raise ValueError(
            "NASNet pads feature maps of even and of odd size in different ways, so that it needs a known height, width"
            f" and number of channels. Received: images of shape {frame.images.shape}. Give `input_shape`."
        )
    x, before = _stem(frame.images, variant)
    for stage in range(3):
        filters, start = variant.filters * 2**stage, variant.repeats * stage
        if stage:
            reduced = _reduction(x, before, filters, f"reduce_{start}")
            x, before = reduced, before if variant.skips_reduction else x
        for number in range(variant.repeats):
            x, before = _normal(x, before, filters, f"{start + number + (stage > 0)}"), x
    x = Activation("relu")(x)
    if frame.include_top:
        x = frame.classified(GlobalAveragePooling2D()(x))
    else:
        x = frame.pooled(x)
    return frame.model(x, published=lambda: _published(variant, frame.include_top))


def _published(variant: _Variant, include_top: bool) -> PublishedFile:
    name = f"nasnet_{variant.title}{'' if include_top else '_no_top'}.h5"
    url = f"{_URL}NASNet-{variant.title}{'' if include_top else '-no-top'}.h5"
    return PublishedFile(name, variant.hashes[not include_top], url, f"the published weights {name}")


def _stem(images: KerasTensor, variant: _Variant) -> tuple[KerasTensor, KerasTensor]:
    """Return the outputs of the two reductions that stand first."""
    x = _conv(images, variant.stem_filters, "stem_conv1", size=3, strides=2, padding="valid")
    x = _normalized(x, "stem_bn1")
    first = _reduction(x, None, variant.filters // 4, "stem_1")
    return _reduction(first, x, variant.filters // 2, "stem_2"), first


def _normal(x: KerasTensor, before: KerasTensor, filters: int, name: str) -> KerasTensor:
    """Return the output of a cell that keeps height and width."""

    def separable(x: KerasTensor, size: int, part: str) -> KerasTensor:
        return _separable(x, filters, size, f"normal_{part}_{name}", block=part[-1])

    def mean(x: KerasTensor, part: str) -> KerasTensor:
        return _average(x, 3, 1, "same", f"normal_{part}_{name}")

    with name_scope(f"normal_A_block_{name}"):
        p = _adjusted(before, x, filters, name)
        h = _squeezed(x, filters, "normal", name)
        sums = [
            _add(separable(h, 5, "left1"), separable(p, 3, "right1"), f"normal_add_1_{name}"),
            _add(separable(p, 5, "left2"), separable(p, 3, "right2"), f"normal_add_2_{name}"),
            _add(mean(h, "left3"), p, f"normal_add_3_{name}"),
            _add(mean(p, "left4"), mean(p, "right4"), f"normal_add_4_{name}"),
            _add(separable(h, 3, "left5"), h, f"normal_add_5_{name}"),
        ]
        return _joined([p, *sums], f"normal_concat_{name}")


def _reduction(x: KerasTensor, before: KerasTensor | None, filters: int, name: str) -> KerasTensor:
    """Return the output of a cell that halves height and width."""

    def separable(x: KerasTensor, size: int, part: str) -> KerasTensor:
        return _separable(x, filters, size, f"reduction_{part}_{name}", block=part[-1], strides=2)

    with name_scope(f"reduction_A_block_{name}"):
        p = _adjusted(before, x, filters, name)
        h = _squeezed(x, filters, "reduction", name)
        padding = strided_padding(h, 3, channel_axis=3)
        padded: Any = ZeroPadding2D(padding, name=f"reduction_pad_1_{name}")(h)
        first = _add(separable(h, 5, "left1"), separable(p, 7, "right1"), f"reduction_add_1_{name}")
        maximum = MaxPooling2D(3, 2, name=f"reduction_left2_{name}")(padded)
        second = _add(maximum, separable(p, 7, "right2"), f"reduction_add_2_{name}")
        mean = _average(padded, 3, 2, "valid", f"reduction_left3_{name}")
        third = _add(mean, separable(p, 5, "right3"), f"reduction_add3_{name}")
        fourth = _add(second, _average(first, 3, 1, "same", f"reduction_left4_{name}"), None)
        again = _separable(first, filters, 3, f"reduction_left4_{name}", block="5")
        maximum = MaxPooling2D(3, 2, name=f"reduction_right5_{name}")(padded)
        fifth = _add(again, maximum, f"reduction_add4_{name}")
        return _joined([second, third, fourth, fifth], f"reduction_concat_{name}")


def _adjusted(before: KerasTensor | None, x: KerasTensor, filters: int, name: str) -> KerasTensor:
    """What the cell before the last one says, in the height, width and channels of this cell."""
    if before is None:
        return x
    if before.shape[1] != x.shape[1]:
        with name_scope("adjust_block"), name_scope(f"adjust_reduction_block_{name}"):
            return _normalized(_halved(before, filters, name), f"adjust_bn_{name}")
    if before.shape[3] != filters:
        with name_scope("adjust_block"), name_scope(f"adjust_projection_block_{name}"):
            projected = _conv(Activation("relu")(before), filters, f"adjust_conv_projection_{name}")
            return _normalized(projected, f"adjust_bn_{name}")
    return before


def _halved(x: Any, filters: int, name: str) -> KerasTensor:
    """Every second value of the maps, and of the maps moved by one; a half of the channels from each."""
    x = Activation("relu", name=f"adjust_relu_1_{name}")(x)
    moved: Any = Cropping2D(((1, 0), (1, 0)))(ZeroPadding2D(((0, 1), (0, 1)))(x))
    halves = []
    for number, part in enumerate((x, moved), 1):
        every_second = _average(part, 1, 2, "valid", f"adjust_avg_pool_{number}_{name}")
        halves.append(_conv(every_second, filters // 2, f"adjust_conv_{number}_{name}"))
    return _joined(halves, None)


def _squeezed(x: KerasTensor, filters: int, kind: str, name: str) -> KerasTensor:
    x = _conv(Activation("relu")(x), filters, f"{kind}_conv_1_{name}")
    return _normalized(x, f"{kind}_bn_1_{name}")


def _separable(x: Any, filters: int, size: int, name: str, block: str, strides: int = 1) -> KerasTensor:
    """Two separable convolutions, each behind relu and before batch normalization."""
    with name_scope(f"block_{block}"), name_scope(f"separable_conv_block_{name}"):
        x = Activation("relu")(x)
        padding = "same"
        if strides > 1:
            around = strided_padding(x, size, channel_axis=3)
            x = ZeroPadding2D(around, name=f"separable_conv_1_pad_{name}")(x)
            padding = "valid"
        x = SeparableConv2D(filters, size, strides, padding, use_bias=False, name=f"separable_conv_1_{name}")(x)
        x = Activation("relu")(_normalized(x, f"separable_conv_1_bn_{name}"))
        x = SeparableConv2D(filters, size, padding="same", use_bias=False, name=f"separable_conv_2_{name}")(x)
        return _normalized(x, f"separable_conv_2_bn_{name}")


def _normalized(x: KerasTensor, name: str) -> KerasTensor:
    result: KerasTensor = BatchNormalization(momentum=0.9997, name=name)(x)
    return result


def _joined(parts: list[KerasTensor], name: str | None) -> KerasTensor:
    result: KerasTensor = Concatenate(name=name)(parts)
    return result


def _conv(x: Any, filters: int, name: str, size: int = 1, strides: int = 1, padding: str = "same") -> KerasTensor:
    result: KerasTensor = Conv2D(
        filters, size, strides, padding, use_bias=False, kernel_initializer="he_normal", name=name
    )(x)
    return result


def _average(x: KerasTensor, size: int, strides: int, padding: str, name: str) -> KerasTensor:
    result: KerasTensor = AveragePooling2D(size, strides, padding, name=name)(x)
    return result


def _add(left: KerasTensor, right: KerasTensor, name: str | None) -> KerasTensor:
    result: KerasTensor = Add(name=name)([left, right])
    return result
