"""ResNet V2: residual blocks that normalize and activate in front of their convolutions."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.applications.frame import ModelFrame, Weights
from torchkeras_compat.applications.published import published_weights
from torchkeras_compat.layers.convolutional.conv import Conv2D
from torchkeras_compat.layers.core.activation import Activation
from torchkeras_compat.layers.merging.elementwise import Add
from torchkeras_compat.layers.normalization.batch_normalization import BatchNormalization
from torchkeras_compat.layers.pooling.global_pooling import GlobalAveragePooling2D
from torchkeras_compat.layers.pooling.windows import MaxPooling2D
from torchkeras_compat.layers.reshaping.zero_padding import ZeroPadding2D
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_EPSILON = 1.001e-5
_FILTERS = (64, 128, 256, 512)  # in each stack; a block returns four times as many
_DEPTHS = {"resnet50v2": (3, 4, 6, 3), "resnet101v2": (3, 4, 23, 3), "resnet152v2": (3, 8, 36, 3)}  # blocks in each
_HASHES = {  # with the top, without
    "resnet50v2": ("3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917"),
    "resnet101v2": ("6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5"),
    "resnet152v2": ("a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33"),
}


def ResNet50V2(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet50v2",
) -> Functional:
    """Return the residual network of 50 layers with identity mappings of He et al.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 224 by 224 by default, at least 32
    by 32, and scaled by ``resnet_v2.preprocess_input``.

    Example:
        >>> ResNet50V2(weights=None, include_top=False, pooling="avg").output_shape
        (None, 2048)

    Source: Keras API, applications/resnet. He et al. 2016, "Identity Mappings in Deep Residual Networks", figure 4e.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _resnet("resnet50v2", ModelFrame(*common, default_size=224, min_size=32))


def ResNet101V2(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet101v2",
) -> Functional:
    """Return the residual network of 101 layers with identity mappings of He et al.; see :func:`ResNet50V2`.

    Example:
        >>> len(ResNet101V2(weights=None).layers)
        379

    Source: Keras API, applications/resnet. He et al. 2016, "Identity Mappings in Deep Residual Networks", figure 4e.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _resnet("resnet101v2", ModelFrame(*common, default_size=224, min_size=32))


def ResNet152V2(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet152v2",
) -> Functional:
    """Return the residual network of 152 layers with identity mappings of He et al.; see :func:`ResNet50V2`.

    Example:
        >>> len(ResNet152V2(weights=None).layers)
        566

    Source: Keras API, applications/resnet. He et al. 2016, "Identity Mappings in Deep Residual Networks", figure 4e.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _resnet("resnet152v2", ModelFrame(*common, default_size=224, min_size=32))


def _resnet(variant: str, frame: ModelFrame) -> Functional:
    x: Any = ZeroPadding2D(3, name="conv1_pad")(frame.images)
    x = Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    x = ZeroPadding2D(1, name="pool1_pad")(x)
    x = MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    for stack, (filters, depth) in enumerate(zip(_FILTERS, _DEPTHS[variant]), 2):
        for n in range(1, depth + 1):
            # The last block of a stack halves the maps, but that of the last stack.
            strides = 2 if n == depth and stack < 5 else 1
            x = _block(frame, x, filters, strides, f"conv{stack}_block{n}", changes_shape=n == 1)
    x = _activated(frame, x, "post")
    if frame.include_top:
        x = frame.classified(GlobalAveragePooling2D(name="avg_pool")(x))
    else:
        x = frame.pooled(x, "avg_pool", "max_pool")
    ending = "" if frame.include_top else "_notop"
    file = f"resnet/{variant}_weights_tf_dim_ordering_tf_kernels{ending}.h5"
    return frame.model(x, published=lambda: published_weights(file, _HASHES[variant][not frame.include_top]))


def _block(frame: ModelFrame, x: Any, filters: int, strides: int, name: str, changes_shape: bool) -> Any:
    activated = _activated(frame, x, f"{name}_preact")
    if changes_shape:
        shortcut: Any = Conv2D(4 * filters, 1, strides=strides, name=f"{name}_0_conv")(activated)
    elif strides > 1:
        shortcut = MaxPooling2D(1, strides=strides)(x)
    else:
        shortcut = x
    x = Conv2D(filters, 1, use_bias=False, name=f"{name}_1_conv")(activated)
    x = _activated(frame, x, f"{name}_1")
    x = ZeroPadding2D(1, name=f"{name}_2_pad")(x)
    x = Conv2D(filters, 3, strides=strides, use_bias=False, name=f"{name}_2_conv")(x)
    x = _activated(frame, x, f"{name}_2")
    x = Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    return Add(name=f"{name}_out")([shortcut, x])


def _activated(frame: ModelFrame, x: Any, name: str) -> Any:
    x = BatchNormalization(axis=frame.channel_axis, epsilon=_EPSILON, name=f"{name}_bn")(x)
    return Activation("relu", name=f"{name}_relu")(x)
