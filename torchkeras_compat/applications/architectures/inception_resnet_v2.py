"""Inception-ResNet-v2: Inception modules whose result is added to their input."""

from __future__ import annotations

from typing import Any, NamedTuple

from torchkeras_compat.applications.architectures.custom_scale_layer import CustomScaleLayer
from torchkeras_compat.applications.architectures.inception_branches import (
    AVERAGE,
    MAXIMUM,
    STEM,
    Branch,
    Conv,
    convolved,
    followed,
    halving,
    joined,
)
from torchkeras_compat.applications.frame import ModelFrame, Weights
from torchkeras_compat.applications.published import published_weights
from torchkeras_compat.layers.convolutional.conv import Conv2D
from torchkeras_compat.layers.core.activation import Activation
from torchkeras_compat.layers.pooling.global_pooling import GlobalAveragePooling2D
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_FILE = "inception_resnet_v2/inception_resnet_v2_weights_tf_dim_ordering_tf_kernels{}.h5"
_HASHES = ("e693bd0210a403b3192acc6073ad2e96", "d19885ff4a710c122648d3b5c3b684e4")  # with the top, without


class _Residuals(NamedTuple):
    """Residual modules behind each other; ``name`` is the height of the feature maps of the paper."""

    name: str
    repeats: int
    scale: float
    branches: tuple[Branch, ...]


# Modules that change the number of channels, each with the residual modules behind it.
_STAGES: tuple[tuple[str, tuple[Branch, ...], _Residuals], ...] = (
    (
        "mixed_5b",
        (
            (Conv(96),),
            (Conv(48), Conv(64, 5)),
            (Conv(64), Conv(96, 3), Conv(96, 3)),
            (AVERAGE, Conv(64)),
        ),
        _Residuals("block35", 10, 0.17, ((Conv(32),), (Conv(32), Conv(32, 3)), (Conv(32), Conv(48, 3), Conv(64, 3)))),
    ),
    (
        "mixed_6a",
        ((halving(384),), (Conv(256), Conv(256, 3), halving(384)), (MAXIMUM,)),
        _Residuals("block17", 20, 0.1, ((Conv(192),), (Conv(128), Conv(160, (1, 7)), Conv(192, (7, 1))))),
    ),
    (
        "mixed_7a",
        (
            (Conv(256), halving(384)),
            (Conv(256), halving(288)),
            (Conv(256), Conv(288, 3), halving(320)),
            (MAXIMUM,),
        ),
        _Residuals("block8", 9, 0.2, ((Conv(192),), (Conv(192), Conv(224, (1, 3)), Conv(256, (3, 1))))),
    ),
)
_LAST = Conv(1536)


def InceptionResNetV2(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "inception_resnet_v2",
) -> Functional:
    """Return the network of residual Inception modules of Szegedy et al.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 299 by 299 by default, at least 75
    by 75, and scaled by ``inception_resnet_v2.preprocess_input``.

    Example:
        >>> InceptionResNetV2(weights=None, include_top=False, input_shape=(75, 75, 3)).output_shape
        (None, 1, 1, 1536)

    Source: Keras API, applications/inceptionresnetv2. Szegedy et al. 2017, "Inception-v4, Inception-ResNet and the
    Impact of Residual Connections on Learning", figures 15 to 19.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    frame = ModelFrame(*common, default_size=299, min_size=75)
    x = followed(frame.images, STEM, frame.channel_axis)
    for block, branches, residuals in _STAGES:
        x = joined(x, branches, frame.channel_axis, block)
        for number in range(1, residuals.repeats + 1):
            x = _residual(x, residuals, number, frame.channel_axis)
    x = _residual(x, residuals._replace(scale=1.0), residuals.repeats + 1, frame.channel_axis, activation=None)
    x = convolved(x, _LAST, frame.channel_axis, "conv_7b")
    if frame.include_top:
        x = frame.classified(GlobalAveragePooling2D(name="avg_pool")(x))
    else:
        x = frame.pooled(x)
    return frame.model(
        x,
        published=lambda: published_weights(
            _FILE.format("" if frame.include_top else "_notop"), _HASHES[not frame.include_top]
        ),
    )


def _residual(
    x: KerasTensor, residuals: _Residuals, number: int, channel_axis: int, activation: str | None = "relu"
) -> KerasTensor:
    """Return feature maps with what the branches make of them added, in their number of channels."""
    name = f"{residuals.name}_{number}"
    mixed = joined(x, residuals.branches, channel_axis, f"{name}_mixed")
    change = Conv2D(x.shape[channel_axis], 1, padding="same", name=f"{name}_conv")(mixed)
    result: KerasTensor = CustomScaleLayer(residuals.scale)([x, change])
    return result if activation is None else Activation(activation, name=f"{name}_ac")(result)
