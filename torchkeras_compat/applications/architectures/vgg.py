"""VGG: blocks of 3x3 convolutions, a pooling after each, three dense layers on top."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.applications.frame import ModelFrame, Weights
from torchkeras_compat.applications.published import published_weights
from torchkeras_compat.applications.torchvision_state import Part, TorchvisionLayers
from torchkeras_compat.layers.convolutional.conv import Conv2D
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.pooling.windows import MaxPooling2D
from torchkeras_compat.layers.reshaping.flatten import Flatten
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_FILTERS = (64, 128, 256, 512, 512)
_UNITS = 4096
_DEPTHS = {"VGG16": (2, 2, 3, 3, 3), "VGG19": (2, 2, 4, 4, 4)}  # convolutions in each block
_HASHES = {  # with the top, without
    "VGG16": ("64373286793e3c8b2b4e3219cbf3544b", "6d6bbae143d832006294945121d1f1fc"),
    "VGG19": ("cbe5617147190e668d6c5d5026f83318", "253f8cb515780f3b799900260a226db6"),
}


def VGG16(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "vgg16",
) -> Functional:
    """Return the network of 13 convolutions and 3 dense layers of Simonyan and Zisserman.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 224 by 224 by default, at least 32
    by 32, and scaled by ``vgg16.preprocess_input``. Weights of torchvision's ``vgg16`` fit, for images as its own
    transforms scale them.

    Example:
        >>> VGG16(weights=None, include_top=False, input_shape=(32, 32, 3)).count_params()
        14714688

    Source: Keras API, applications/vgg. Simonyan and Zisserman 2015, table 1, configuration D.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _vgg("VGG16", ModelFrame(*common, default_size=224, min_size=32))


def VGG19(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "vgg19",
) -> Functional:
    """Return the network of 16 convolutions and 3 dense layers of Simonyan and Zisserman.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 224 by 224 by default, at least 32
    by 32, and scaled by ``vgg19.preprocess_input``. Weights of torchvision's ``vgg19`` fit, for images as its own
    transforms scale them.

    Example:
        >>> VGG19(weights=None, include_top=False, input_shape=(32, 32, 3)).count_params()
        20024384

    Source: Keras API, applications/vgg. Simonyan and Zisserman 2015, table 1, configuration E.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _vgg("VGG19", ModelFrame(*common, default_size=224, min_size=32))


def _vgg(variant: str, frame: ModelFrame) -> Functional:
    x: Any = frame.images
    for block, (depth, filters) in enumerate(zip(_DEPTHS[variant], _FILTERS), 1):
        for n in range(1, depth + 1):
            x = Conv2D(filters, 3, padding="same", activation="relu", name=f"block{block}_conv{n}")(x)
        x = MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
    maps: KerasTensor = x
    if frame.include_top:
        x = Flatten(name="flatten")(x)
        x = Dense(_UNITS, activation="relu", name="fc1")(x)
        x = Dense(_UNITS, activation="relu", name="fc2")(x)
        x = frame.classified(x)
    else:
        x = frame.pooled(x)
    network, ending = variant.lower(), "" if frame.include_top else "_notop"
    file = f"{network}/{network}_weights_tf_dim_ordering_tf_kernels{ending}.h5"
    return frame.model(
        x,
        published=lambda: published_weights(file, _HASHES[variant][not frame.include_top]),
        torchvision=lambda: _torchvision(variant, frame, maps),
    )


def _torchvision(variant: str, frame: ModelFrame, maps: KerasTensor) -> TorchvisionLayers:
    """torchvision counts every convolution, activation and pooling.

    It flattens maps with the channels in front, `Flatten` in either data format with the channels behind.
    """
    parts: dict[str, Part] = {}
    position = 0
    for block, depth in enumerate(_DEPTHS[variant], 1):
        for n in range(1, depth + 1):
            parts[f"block{block}_conv{n}"] = Part(f"features.{position}")
            position += 2
        position += 1
    if frame.include_top:
        channels, height, width = maps.shape[1:]
        if frame.data_format == "channels_last":
            height, width, channels = maps.shape[1:]

        def channels_behind(state: Any) -> dict[str, torch.Tensor]:
            weight = state["weight"].unflatten(1, (channels, height, width)).movedim(1, -1).flatten(1)
            return {**state, "weight": weight}

        parts |= {
            "fc1": Part("classifier.0", channels_behind),
            "fc2": Part("classifier.3"),
            "predictions": Part("classifier.6"),
        }
    return parts
