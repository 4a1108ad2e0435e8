"""ResNet: stacks of bottleneck blocks whose outputs are added to their inputs."""

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
_DEPTHS = {"resnet50": (3, 4, 6, 3), "resnet101": (3, 4, 23, 3), "resnet152": (3, 8, 36, 3)}  # blocks in each stack
_HASHES = {  # with the top, without
    "resnet50": ("2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"),
    "resnet101": ("f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21"),
    "resnet152": ("100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c"),
}
_TORCHVISION = (
    "its ResNet has the strides in the 3x3 convolution of a block, and Keras's in the 1x1 convolution before it, so"
    " that the same weights compute something else"
)


def ResNet50(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet50",
) -> Functional:
    """Return the residual network of 50 layers of He et al.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 224 by 224 by default, at least 32
    by 32, and scaled by ``resnet.preprocess_input``.

    Example:
        >>> ResNet50(weights=None, include_top=False, pooling="avg").output_shape
        (None, 2048)

    Source: Keras API, applications/resnet. He et al. 2015, "Deep Residual Learning for Image Recognition", table 1.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _resnet("resnet50", ModelFrame(*common, default_size=224, min_size=32))


def ResNet101(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet101",
) -> Functional:
    """Return the residual network of 101 layers of He et al.; see :func:`ResNet50`.

    Example:
        >>> len(ResNet101(weights=None).layers)
        347

    Source: Keras API, applications/resnet. He et al. 2015, "Deep Residual Learning for Image Recognition", table 1.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _resnet("resnet101", ModelFrame(*common, default_size=224, min_size=32))


def ResNet152(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "resnet152",
) -> Functional:
    """Return the residual network of 152 layers of He et al.; see :func:`ResNet50`.

    Example:
        >>> len(ResNet152(weights=None).layers)
        517

    Source: Keras API, applications/resnet. He et al. 2015, "Deep Residual Learning for Image Recognition", table 1.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _resnet("resnet152", ModelFrame(*common, default_size=224, min_size=32))


def _resnet(variant: str, frame: ModelFrame) -> Functional:
    x: Any = ZeroPadding2D(3, name="conv1_pad")(frame.images)
    x = Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    x = _normalized(frame, x, "conv1", activation=True)
    x = ZeroPadding2D(1, name="pool1_pad")(x)
    x = MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    for stack, (filters, depth) in enumerate(zip(_FILTERS, _DEPTHS[variant]), 2):
        for n in range(1, depth + 1):
            strides = 2 if n == 1 and stack > 2 else 1
            x = _block(frame, x, filters, strides, f"conv{stack}_block{n}", changes_shape=n == 1)
    if frame.include_top:
        x = frame.classified(GlobalAveragePooling2D(name="avg_pool")(x))
    else:
        x = frame.pooled(x, "avg_pool", "max_pool")
    ending = "" if frame.include_top else "_notop"
    file = f"resnet/{variant}_weights_tf_dim_ordering_tf_kernels{ending}.h5"
    return frame.model(
        x,
        published=lambda: published_weights(file, _HASHES[variant][not frame.include_top]),
        torchvision=_TORCHVISION,
    )


def _block(frame: ModelFrame, x: Any, filters: int, strides: int, name: str, changes_shape: bool) -> Any:
    shortcut = x
    if changes_shape:
        shortcut = Conv2D(4 * filters, 1, strides=strides, name=f"{name}_0_conv")(x)
        shortcut = _normalized(frame, shortcut, f"{name}_0")
    x = Conv2D(filters, 1, strides=strides, name=f"{name}_1_conv")(x)
    x = _normalized(frame, x, f"{name}_1", activation=True)
    x = Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x)
    x = _normalized(frame, x, f"{name}_2", activation=True)
    x = Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    x = _normalized(frame, x, f"{name}_3")
    x = Add(name=f"{name}_add")([shortcut, x])
    return Activation("relu", name=f"{name}_out")(x)


def _normalized(frame: ModelFrame, x: Any, name: str, activation: bool = False) -> Any:
    x = BatchNormalization(axis=frame.channel_axis, epsilon=_EPSILON, name=f"{name}_bn")(x)
    return Activation("relu", name=f"{name}_relu")(x) if activation else x
