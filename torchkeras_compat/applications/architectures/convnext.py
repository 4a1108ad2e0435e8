"""ConvNeXt: a residual network of convolutions, drawn nearer to a transformer step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from torchkeras_compat.applications.architectures.channels_last import check_channels_last
from torchkeras_compat.applications.architectures.layer_scale import LayerScale
from torchkeras_compat.applications.frame import ModelFrame, Weights
from torchkeras_compat.applications.published import published_weights
from torchkeras_compat.applications.torchvision_state import Part, TorchvisionLayers
from torchkeras_compat.layers.convolutional.conv import Conv2D
from torchkeras_compat.layers.core.activation import Activation
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.normalization.layer_normalization import LayerNormalization
from torchkeras_compat.layers.pooling.global_pooling import GlobalAveragePooling2D
from torchkeras_compat.layers.preprocessing.normalization import Normalization
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.models.sequential import Sequential
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_EPSILON = 1e-6
_INITIAL_SCALE = 1e-6
_MEAN = (0.485, 0.456, 0.406)
_DEVIATION = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class _Variant:
    """A size of the network.

    Args:
        depths: Blocks of each stage.
        filters: Channels of the first stage; each further one has twice as many.
        hashes: Hashes of the published files, with the top and without.
    """

    depths: tuple[int, int, int, int]
    filters: int
    hashes: tuple[str, str]


_VARIANTS = {
    "tiny": _Variant(
        (3, 3, 9, 3),
        96,
        (
            "8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
            "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
        ),
    ),
    "small": _Variant(
        (3, 3, 27, 3),
        96,
        (
            "ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c",
            "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab",
        ),
    ),
    "base": _Variant(
        (3, 3, 27, 3),
        128,
        (
            "52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6",
            "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45",
        ),
    ),
    "large": _Variant(
        (3, 3, 27, 3),
        192,
        (
            "070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6",
            "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd",
        ),
    ),
    "xlarge": _Variant(
        (3, 3, 27, 3),
        256,
        (
            "c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee",
            "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05",
        ),
    ),
}


def ConvNeXtTiny(
    include_top: bool = True,
    include_preprocessing: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "convnext_tiny",
) -> Functional:
    """Return the ConvNeXt of Liu et al. with 18 blocks of 96 to 768 channels.

    The arguments are those of every model here, see :class:`ModelFrame`, and ``include_preprocessing``: whether the
    model itself scales pixels from 0 to 255 of three colours. Images are 224 by 224 by default, at least 32 by 32.
    Weights of torchvision's ``convnext_tiny`` fit, with the top or without.

    Example:
        >>> ConvNeXtTiny(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 768)

    Source: Keras API, applications/convnext. Liu et al. 2022, "A ConvNet for the 2020s", section 3 and table 9.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _convnext("tiny", common, include_preprocessing)


def ConvNeXtSmall(
    include_top: bool = True,
    include_preprocessing: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "convnext_small",
) -> Functional:
    """Return the ConvNeXt of Liu et al. with 36 blocks of 96 to 768 channels.

    The arguments are those of every model here, see :class:`ModelFrame`, and ``include_preprocessing``: whether the
    model itself scales pixels from 0 to 255 of three colours. Images are 224 by 224 by default, at least 32 by 32.
    Weights of torchvision's ``convnext_small`` fit, with the top or without.

    Example:
        >>> ConvNeXtSmall(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 768)

    Source: Keras API, applications/convnext. Liu et al. 2022, "A ConvNet for the 2020s", section 3 and table 9.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _convnext("small", common, include_preprocessing)


def ConvNeXtBase(
    include_top: bool = True,
    include_preprocessing: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "convnext_base",
) -> Functional:
    """Return the ConvNeXt of Liu et al. with 36 blocks of 128 to 1024 channels.

    The arguments are those of every model here, see :class:`ModelFrame`, and ``include_preprocessing``: whether the
    model itself scales pixels from 0 to 255 of three colours. Images are 224 by 224 by default, at least 32 by 32.
    Weights of torchvision's ``convnext_base`` fit, with the top or without.

    Example:
        >>> ConvNeXtBase(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1024)

    Source: Keras API, applications/convnext. Liu et al. 2022, "A ConvNet for the 2020s", section 3 and table 9.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _convnext("base", common, include_preprocessing)


def ConvNeXtLarge(
    include_top: bool = True,
    include_preprocessing: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "convnext_large",
) -> Functional:
    """Return the ConvNeXt of Liu et al. with 36 blocks of 192 to 1536 channels.

    The arguments are those of every model here, see :class:`ModelFrame`, and ``include_preprocessing``: whether the
    model itself scales pixels from 0 to 255 of three colours. Images are 224 by 224 by default, at least 32 by 32.
    Weights of torchvision's ``convnext_large`` fit, with the top or without.

    Example:
        >>> ConvNeXtLarge(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 1536)

    Source: Keras API, applications/convnext. Liu et al. 2022, "A ConvNet for the 2020s", section 3 and table 9.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _convnext("large", common, include_preprocessing)


def ConvNeXtXLarge(
    include_top: bool = True,
    include_preprocessing: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "convnext_xlarge",
) -> Functional:
    """Return the ConvNeXt of Liu et al. with 36 blocks of 256 to 2048 channels.

    The arguments are those of every model here, see :class:`ModelFrame`, and ``include_preprocessing``: whether the
    model itself scales pixels from 0 to 255 of three colours. Images are 224 by 224 by default, at least 32 by 32.

    Example:
        >>> ConvNeXtXLarge(weights=None, include_top=False, input_shape=(32, 32, 3)).output_shape
        (None, 1, 1, 2048)

    Source: Keras API, applications/convnext. Liu et al. 2022, "A ConvNet for the 2020s", section 3 and table 9.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _convnext("xlarge", common, include_preprocessing)


def _convnext(title: str, common: tuple[Any, ...], include_preprocessing: bool) -> Functional:
    variant = _VARIANTS[title]
    check_channels_last("ConvNeXt")
    frame = ModelFrame(*common, default_size=224, min_size=32)
    name = frame.name or f"convnext_{title}"
    x: Any = frame.images
    if include_preprocessing and x.shape[-1] == 3:
        mean, variance = [255 * mean for mean in _MEAN], [(255 * deviation) ** 2 for deviation in _DEVIATION]
        x = Normalization(mean=mean, variance=variance, name=f"{name}_prestem_normalization")(x)
    for stage, depth in enumerate(variant.depths):
        filters = variant.filters * 2**stage
        x = _smaller(filters, stage, name)(x)
        for block in range(depth):
            x = _block(x, filters, f"{name}_stage_{stage}_block_{block}")
    if frame.include_top:
        x = GlobalAveragePooling2D(name=f"{name}_head_gap")(x)
        x = LayerNormalization(epsilon=_EPSILON, name=f"{name}_head_layernorm")(x)
        x = frame.classified(x, f"{name}_head_dense")
    else:
        x = LayerNormalization(epsilon=_EPSILON)(frame.pooled(x))
    return frame.model(
        x,
        published=lambda: published_weights(
            f"convnext/convnext_{title}{'' if frame.include_top else '_notop'}.h5",
            variant.hashes[not frame.include_top],
        ),
        torchvision=lambda: _torchvision(name, variant.depths, frame.include_top),
        one_input=True,
    )


def _smaller(filters: int, stage: int, name: str) -> Sequential:
    """The layers before a stage: a quarter of height and width before the first, a half of them before the others."""
    if stage == 0:
        conv = Conv2D(filters, 4, 4, name=f"{name}_stem_conv")
        return Sequential(
            [conv, LayerNormalization(epsilon=_EPSILON, name=f"{name}_stem_layernorm")], name=f"{name}_stem"
        )
    norm = LayerNormalization(epsilon=_EPSILON, name=f"{name}_downsampling_layernorm_{stage - 1}")
    conv = Conv2D(filters, 2, 2, name=f"{name}_downsampling_conv_{stage - 1}")
    return Sequential([norm, conv], name=f"{name}_downsampling_block_{stage - 1}")


def _block(inputs: KerasTensor, filters: int, name: str) -> KerasTensor:
    """Feature maps with a change of their own added: space first, each channel for itself, then the channels."""
    x: Any = Conv2D(filters, 7, padding="same", groups=filters, name=f"{name}_depthwise_conv")(inputs)
    x = LayerNormalization(epsilon=_EPSILON, name=f"{name}_layernorm")(x)
    x = Dense(4 * filters, name=f"{name}_pointwise_conv_1")(x)
    x = Activation("gelu", name=f"{name}_gelu")(x)
    x = Dense(filters, name=f"{name}_pointwise_conv_2")(x)
    x = LayerScale(_INITIAL_SCALE, filters, name=f"{name}_layer_scale")(x)
    result: KerasTensor = inputs + Activation("linear", name=f"{name}_identity")(x)
    return result


# What torchvision calls the layers of a block, in between which it moves axes.
_BLOCK_PARTS = {"depthwise_conv": 0, "layernorm": 2, "pointwise_conv_1": 3, "pointwise_conv_2": 5}


def _torchvision(name: str, depths: tuple[int, ...], include_top: bool) -> TorchvisionLayers:
    """torchvision counts the stages, and what stands before each, from 0 on."""
    parts = {f"{name}_stem": Part("features.0", _inside(f"{name}_stem_conv.conv", f"{name}_stem_layernorm.norm"))}
    for stage, depth in enumerate(depths):
        if stage:
            start = f"{name}_downsampling_"
            inside = _inside(f"{start}layernorm_{stage - 1}.norm", f"{start}conv_{stage - 1}.conv")
            parts[f"{start}block_{stage - 1}"] = Part(f"features.{2 * stage}", inside)
        for block in range(depth):
            layer, part = f"{name}_stage_{stage}_block_{block}", f"features.{2 * stage + 1}.{block}"
            for ending, position in _BLOCK_PARTS.items():
                parts[f"{layer}_{ending}"] = Part(f"{part}.block.{position}")
            parts[f"{layer}_layer_scale"] = Part(part, _scale)
    if include_top:
        parts |= {f"{name}_head_layernorm": Part("classifier.0"), f"{name}_head_dense": Part("classifier.2")}
    return parts


def _inside(*modules: str) -> Callable[[Mapping[str, torch.Tensor]], dict[str, torch.Tensor]]:
    """What names the tensors of modules behind each other, counted from 0, as those of modules with names."""
    names = {str(position): module for position, module in enumerate(modules)}

    def renamed(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        split = ((*key.partition(".")[::2], value) for key, value in state.items())
        return {f"{names.get(first, first)}.{rest}": value for first, rest, value in split}

    return renamed


def _scale(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """torchvision holds the factors of a block with axes for height and width, beside its layers."""
    return {"gamma": state["layer_scale"].flatten()} if "layer_scale" in state else {}
