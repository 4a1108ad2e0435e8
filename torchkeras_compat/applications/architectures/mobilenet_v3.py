"""MobileNetV3: bottlenecks with squeeze-and-excitation, found by a search for fast networks."""

from __future__ import annotations

from typing import Any, NamedTuple

from torchkeras_compat.applications.architectures.channel_multiples import multiple_of_8
from torchkeras_compat.applications.architectures.strided_padding import BORDERS, strided_padding
from torchkeras_compat.applications.frame import ModelFrame, Weights, check_alpha
from torchkeras_compat.applications.input_shape import is_imagenet
from torchkeras_compat.applications.published import PublishedFile, published_weights
from torchkeras_compat.layers.activations.relu import ReLU
from torchkeras_compat.layers.convolutional.conv import Conv2D
from torchkeras_compat.layers.convolutional.depthwise_conv import DepthwiseConv2D
from torchkeras_compat.layers.core.activation import Activation
from torchkeras_compat.layers.merging.elementwise import Add, Multiply
from torchkeras_compat.layers.normalization.batch_normalization import BatchNormalization
from torchkeras_compat.layers.pooling.global_pooling import GlobalAveragePooling2D
from torchkeras_compat.layers.preprocessing.rescaling import Rescaling
from torchkeras_compat.layers.regularization.dropout import Dropout
from torchkeras_compat.layers.reshaping.flatten import Flatten
from torchkeras_compat.layers.reshaping.zero_padding import ZeroPadding2D
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_STEM = 16
_SQUEEZED = 0.25  # fraction of the channels between the two layers of squeeze-and-excitation


class _Block(NamedTuple):
    """A bottleneck: by how much its channels are expanded, and what it does to them.

    ``expansion`` is of the channels before; ``hard`` is for the activation hard SiLU, else ReLU.
    """

    expansion: float
    filters: int
    kernel_size: int
    strides: int
    squeezes: bool
    hard: bool


_BLOCKS = {
    "small": (
        _Block(1, 16, 3, 2, True, False),
        _Block(72 / 16, 24, 3, 2, False, False),
        _Block(88 / 24, 24, 3, 1, False, False),
        _Block(4, 40, 5, 2, True, True),
        *(_Block(6, 40, 5, 1, True, True),) * 2,
        *(_Block(3, 48, 5, 1, True, True),) * 2,
        _Block(6, 96, 5, 2, True, True),
        *(_Block(6, 96, 5, 1, True, True),) * 2,
    ),
    "large": (
        _Block(1, 16, 3, 1, False, False),
        _Block(4, 24, 3, 2, False, False),
        _Block(3, 24, 3, 1, False, False),
        _Block(3, 40, 5, 2, True, False),
        *(_Block(3, 40, 5, 1, True, False),) * 2,
        _Block(6, 80, 3, 2, False, True),
        _Block(2.5, 80, 3, 1, False, True),
        *(_Block(2.3, 80, 3, 1, False, True),) * 2,
        *(_Block(6, 112, 3, 1, True, True),) * 2,
        _Block(6, 160, 5, 2, True, True),
        *(_Block(6, 160, 5, 1, True, True),) * 2,
    ),
}
_LAST = {"small": 1024, "large": 1280}
_HASHES = {  # with the top, without
    "small_224_0.75": ("cb65d4e5be93758266aa0a7f2c6708b7", "ebdb5cc8e0b497cd13a7c275d475c819"),
    "small_224_1.0": ("8768d4c2e7dee89b9d02b2d03d65d862", "d3e8ec802a04aa4fc771ee12a9a9b836"),
    "small_minimalistic_224_1.0": ("99cd97fb2fcdad2bf028eb838de69e37", "cde8136e733e811080d9fcd8a252f7e4"),
    "large_224_0.75": ("765b44a33ad4005b3ac83185abf1d0eb", "40af19a13ebea4e2ee0c676887f69a2e"),
    "large_224_1.0": ("59e551e166be033d707958cf9e29a6a7", "07fb09a5933dd0c8eaafa16978110389"),
    "large_minimalistic_224_1.0": ("675e7b876c45c57e9e63e6d90a36599c", "ec5221f64a2f6d1ef965a614bdae7973"),
}


def MobileNetV3Small(
    input_shape: Any = None,
    alpha: float = 1.0,
    minimalistic: bool = False,
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    classes: int = 1000,
    pooling: str | None = None,
    dropout_rate: float = 0.2,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "MobileNetV3Small",
) -> Functional:
    """Return the small network of Howard et al., of 11 bottlenecks.

    The other arguments are those of every model here, see :class:`ModelFrame`. Images are of any size from 32 by 32,
    with the top too; the published weights were trained with 224 by 224.

    Args:
        alpha: Factor of the number of filters; 0.75 or 1 for the published weights.
        minimalistic: Whether to leave out squeeze-and-excitation, hard SiLU and windows of 5 by 5.
        dropout_rate: Fraction of the features that are dropped below the scores, in [0, 1].
        include_preprocessing: Whether the model takes pixels from 0 to 255 and scales them itself; if not, it takes -1
            to 1.

    Raises:
        ValueError: ``alpha`` is not positive, or there are no published weights for these arguments.

    Example:
        >>> MobileNetV3Small(weights=None, include_top=False, pooling="avg").output_shape
        (None, 576)

    Source: Keras API, applications/mobilenet. Howard et al. 2019, "Searching for MobileNetV3", table 2.
    """
    _check_published("small", alpha, minimalistic, weights)
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    frame = ModelFrame(*common, default_size=224, min_size=32, needs_size=False, shapes_agree=True)
    return _Builder("small", frame, alpha, minimalistic).model(dropout_rate, include_preprocessing)


def MobileNetV3Large(
    input_shape: Any = None,
    alpha: float = 1.0,
    minimalistic: bool = False,
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    classes: int = 1000,
    pooling: str | None = None,
    dropout_rate: float = 0.2,
    classifier_activation: Any = "softmax",
    include_preprocessing: bool = True,
    name: str | None = "MobileNetV3Large",
) -> Functional:
    """Return the large network of Howard et al., of 15 bottlenecks; the arguments are those of `MobileNetV3Small`.

    Example:
        >>> MobileNetV3Large(weights=None, include_top=False, pooling="avg").output_shape
        (None, 960)

    Source: Keras API, applications/mobilenet. Howard et al. 2019, "Searching for MobileNetV3", table 1.
    """
    _check_published("large", alpha, minimalistic, weights)
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    frame = ModelFrame(*common, default_size=224, min_size=32, needs_size=False, shapes_agree=True)
    return _Builder("large", frame, alpha, minimalistic).model(dropout_rate, include_preprocessing)


class _Builder:
    """Makes the network of a size in a frame."""

    def __init__(self, size: str, frame: ModelFrame, alpha: float, minimalistic: bool) -> None:
        self.size, self.frame, self.alpha, self.minimalistic = size, frame, alpha, minimalistic

    def model(self, dropout_rate: float, include_preprocessing: bool) -> Functional:
        frame = self.frame
        x: Any = frame.images
        if include_preprocessing:
            x = Rescaling(scale=1.0 / 127.5, offset=-1.0)(x)
        x = Conv2D(_STEM, 3, strides=2, padding="same", use_bias=False, name="conv")(x)
        x = self._active(self._normalized(x, "conv"), hard=True)
        for number, block in enumerate(_BLOCKS[self.size]):
            x = self._bottleneck(x, block, f"expanded_conv_{number}" if number else "expanded_conv")
        channels = multiple_of_8(6 * x.shape[frame.channel_axis])
        x = Conv2D(channels, 1, padding="same", use_bias=False, name="conv_1")(x)
        x = self._active(self._normalized(x, "conv_1"), hard=True)
        x = self._classified(x, dropout_rate) if frame.include_top else frame.pooled(x, "avg_pool", "max_pool")
        return frame.model(x, published=self._published, torchvision=BORDERS)

    def _classified(self, x: Any, dropout_rate: float) -> Any:
        last = _LAST[self.size]
        x = GlobalAveragePooling2D(keepdims=True)(x)
        x = Conv2D(multiple_of_8(last * self.alpha) if self.alpha > 1.0 else last, 1, padding="same", name="conv_2")(x)
        x = self._active(x, hard=True)
        if dropout_rate != 0:
            x = Dropout(dropout_rate)(x)
        x = Conv2D(self.frame.classes, 1, padding="same", name="logits")(x)
        x = Flatten()(x)
        return Activation(self.frame.classifier_activation, name="predictions")(x)

    def _bottleneck(self, inputs: Any, block: _Block, name: str) -> Any:
        axis = self.frame.channel_axis
        channels, filters = inputs.shape[axis], multiple_of_8(block.filters * self.alpha)
        size = 3 if self.minimalistic else block.kernel_size
        x = inputs
        if name != "expanded_conv":
            expanded = multiple_of_8(channels * block.expansion)
            x = Conv2D(expanded, 1, padding="same", use_bias=False, name=f"{name}_expand")(x)
            x = self._active(self._normalized(x, f"{name}_expand"), block.hard)
        if block.strides == 2:
            x = ZeroPadding2D(strided_padding(x, size, axis), name=f"{name}_depthwise_pad")(x)
        padding = "valid" if block.strides == 2 else "same"
        x = DepthwiseConv2D(size, block.strides, padding, use_bias=False, name=f"{name}_depthwise")(x)
        x = self._active(self._normalized(x, f"{name}_depthwise"), block.hard)
        if block.squeezes and not self.minimalistic:
            x = self._excited(x, f"{name}_squeeze_excite")
        x = Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}_project")(x)
        x = self._normalized(x, f"{name}_project")
        return Add(name=f"{name}_add")([inputs, x]) if block.strides == 1 and channels == filters else x

    def _excited(self, inputs: Any, name: str) -> Any:
        channels = inputs.shape[self.frame.channel_axis]
        x: Any = GlobalAveragePooling2D(keepdims=True, name=f"{name}_avg_pool")(inputs)
        x = Conv2D(multiple_of_8(channels * _SQUEEZED), 1, padding="same", name=f"{name}_conv")(x)
        x = ReLU(name=f"{name}_relu")(x)
        x = Conv2D(channels, 1, padding="same", name=f"{name}_conv_1")(x)
        x = ReLU(6.0)(x + 3.0) * (1.0 / 6.0)
        return Multiply(name=f"{name}_mul")([inputs, x])

    def _normalized(self, x: Any, name: str) -> Any:
        return BatchNormalization(
            axis=self.frame.channel_axis_from_end, epsilon=1e-3, momentum=0.999, name=f"{name}_bn"
        )(x)

    def _active(self, x: Any, hard: bool) -> Any:
        layer: Any = Activation("hard_silu") if hard and not self.minimalistic else ReLU()
        return layer(x)

    def _published(self) -> PublishedFile:
        kind = "_minimalistic" if self.minimalistic else ""
        variant = f"{self.size}{kind}_224_{float(self.alpha)}"
        ending = "" if self.frame.include_top else "_no_top_v2"
        file = f"mobilenet_v3/weights_mobilenet_v3_{variant}_float{ending}.h5"
        return published_weights(file, _HASHES[variant][not self.frame.include_top])


def _check_published(size: str, alpha: float, minimalistic: bool, weights: Weights) -> None:
    published = (1.0,) if minimalistic else (0.75, 1.0)
    check_alpha(alpha, published if is_imagenet(weights) else None)
