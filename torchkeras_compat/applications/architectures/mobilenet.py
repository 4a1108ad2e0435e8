"""MobileNet: depthwise convolutions, each followed by one over the channels."""

from __future__ import annotations

from typing import Any

from torchkeras_compat import config
from torchkeras_compat.applications.frame import ModelFrame, Weights, check_alpha
from torchkeras_compat.applications.input_shape import is_imagenet, published_size, warn_of_other_size
from torchkeras_compat.applications.published import PublishedFile, published_weights
from torchkeras_compat.layers.activations.relu import ReLU
from torchkeras_compat.layers.convolutional.conv import Conv2D
from torchkeras_compat.layers.convolutional.depthwise_conv import DepthwiseConv2D
from torchkeras_compat.layers.core.activation import Activation
from torchkeras_compat.layers.normalization.batch_normalization import BatchNormalization
from torchkeras_compat.layers.pooling.global_pooling import GlobalAveragePooling2D
from torchkeras_compat.layers.regularization.dropout import Dropout
from torchkeras_compat.layers.reshaping.reshape import Reshape
from torchkeras_compat.layers.reshaping.zero_padding import ZeroPadding2D
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_STEM = 32
_BLOCKS = (  # filters and strides
    *((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)),
    *(((512, 1),) * 5),
    *((1024, 2), (1024, 1)),
)
_PUBLISHED_SIZES = (128, 160, 192, 224)
_PUBLISHED_ALPHAS = {0.25: "2_5", 0.5: "5_0", 0.75: "7_5", 1.0: "1_0"}


def MobileNet(
    input_shape: Any = None,
    alpha: float = 1.0,
    depth_multiplier: int = 1,
    dropout: float = 1e-3,
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = None,
) -> Functional:
    """Return the network of 13 depthwise separable convolutions of Howard et al.

    The other arguments are those of every model here, see :class:`ModelFrame`. Images are 224 by 224 by default, at
    least 32 by 32, and scaled by ``mobilenet.preprocess_input``. Published weights are for sizes 128, 160, 192 and 224.

    Args:
        alpha: Factor of the number of filters of every layer; 0.25, 0.5, 0.75 or 1 for the published weights.
        depth_multiplier: Number of outputs for each channel of a depthwise convolution; 1 for the published weights.
        dropout: Fraction of the features that are dropped below the scores, in [0, 1).
        name: None for ``mobilenet_<alpha>_<size>``.

    Raises:
        ValueError: there are no published weights for ``alpha`` or ``depth_multiplier``.

    Example:
        >>> MobileNet(weights=None, alpha=0.25, classes=10, input_shape=(32, 32, 3)).name
        'mobilenet_0.25_32'

    Source: Keras API, applications/mobilenet. Howard et al. 2017, "MobileNets", table 1.
    """
    is_published = is_imagenet(weights)
    check_alpha(alpha, tuple(_PUBLISHED_ALPHAS) if is_published else None)
    if is_published and depth_multiplier != 1:
        raise ValueError(
            "If imagenet weights are being loaded, depth multiplier must be 1. Received:"
            f" depth_multiplier={depth_multiplier}"
        )
    data_format = config.image_data_format()
    size = published_size(input_shape, _PUBLISHED_SIZES, data_format)
    if is_published and not include_top:
        warn_of_other_size(input_shape, size, _PUBLISHED_SIZES, data_format)
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    frame = ModelFrame(*common, default_size=size, min_size=32)
    if name is None:
        frame.name = f"mobilenet_{alpha:0.2f}_{frame.height}"
    x: Any = _features(frame, alpha, depth_multiplier)
    if include_top:
        x = GlobalAveragePooling2D(keepdims=True)(x)
        x = Dropout(dropout, name="dropout")(x)
        x = Conv2D(frame.classes, 1, padding="same", name="conv_preds")(x)
        x = Reshape((frame.classes,), name="reshape_2")(x)
        x = Activation(classifier_activation, name="predictions")(x)
    else:
        x = frame.pooled(x)
    return frame.model(x, published=lambda: _published(alpha, size, include_top))


def _features(frame: ModelFrame, alpha: float, depth_multiplier: int) -> Any:
    x: Any = Conv2D(int(_STEM * alpha), 3, strides=2, padding="same", use_bias=False, name="conv1")(frame.images)
    x = _activated(frame, x, "conv1")
    for n, (filters, strides) in enumerate(_BLOCKS, 1):
        padding = "same"
        if strides == 2:
            x, padding = ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{n}")(x), "valid"
        x = DepthwiseConv2D(
            3, strides, padding, depth_multiplier=depth_multiplier, use_bias=False, name=f"conv_dw_{n}"
        )(x)
        x = _activated(frame, x, f"conv_dw_{n}")
        x = Conv2D(int(filters * alpha), 1, padding="same", use_bias=False, name=f"conv_pw_{n}")(x)
        x = _activated(frame, x, f"conv_pw_{n}")
    return x


def _activated(frame: ModelFrame, x: Any, name: str) -> Any:
    x = BatchNormalization(axis=frame.channel_axis_from_end, name=f"{name}_bn")(x)
    return ReLU(6.0, name=f"{name}_relu")(x)


def _published(alpha: float, size: int, include_top: bool) -> PublishedFile:
    ending = "" if include_top else "_no_top"
    return published_weights(f"mobilenet/mobilenet_{_PUBLISHED_ALPHAS[alpha]}_{size}_tf{ending}.h5", None)
