"""DenseNet: blocks of convolutions that each see the maps of all before them."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.applications.frame import ModelFrame, Weights
from torchkeras_compat.applications.published import published_weights
from torchkeras_compat.applications.torchvision_state import Part, TorchvisionLayers
from torchkeras_compat.layers.convolutional.conv import Conv2D
from torchkeras_compat.layers.core.activation import Activation
from torchkeras_compat.layers.merging.concatenate import Concatenate
from torchkeras_compat.layers.normalization.batch_normalization import BatchNormalization
from torchkeras_compat.layers.pooling.global_pooling import GlobalAveragePooling2D
from torchkeras_compat.layers.pooling.windows import AveragePooling2D, MaxPooling2D
from torchkeras_compat.layers.reshaping.zero_padding import ZeroPadding2D
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_EPSILON = 1.001e-5
_TORCH_EPSILON = 1e-5
_GROWTH = 32  # maps that each pair of convolutions adds
_DEPTHS = {"densenet121": (6, 12, 24, 16), "densenet169": (6, 12, 32, 32), "densenet201": (6, 12, 48, 32)}  # pairs
_HASHES = {  # with the top, without
    "densenet121": ("9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738"),
    "densenet169": ("d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b"),
    "densenet201": ("1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1"),
}


def DenseNet121(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "densenet121",
) -> Functional:
    """Return the densely connected network of 121 layers of Huang et al.

    The arguments are those of every model here, see :class:`ModelFrame`. Images are 224 by 224 by default, at least 32
    by 32, and scaled by ``densenet.preprocess_input``. Weights of torchvision's ``densenet121`` fit.

    Example:
        >>> DenseNet121(weights=None, include_top=False, pooling="avg").output_shape
        (None, 1024)

    Source: Keras API, applications/densenet. Huang et al. 2017, "Densely Connected Convolutional Networks", table 1.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _densenet("densenet121", ModelFrame(*common, default_size=224, min_size=32))


def DenseNet169(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "densenet169",
) -> Functional:
    """Return the densely connected network of 169 layers of Huang et al.; see :func:`DenseNet121`.

    Example:
        >>> DenseNet169(weights=None, include_top=False, pooling="avg").output_shape
        (None, 1664)

    Source: Keras API, applications/densenet. Huang et al. 2017, "Densely Connected Convolutional Networks", table 1.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _densenet("densenet169", ModelFrame(*common, default_size=224, min_size=32))


def DenseNet201(
    include_top: bool = True,
    weights: Weights = "imagenet",
    input_tensor: KerasTensor | None = None,
    input_shape: Any = None,
    pooling: str | None = None,
    classes: int = 1000,
    classifier_activation: Any = "softmax",
    name: str | None = "densenet201",
) -> Functional:
    """Return the densely connected network of 201 layers of Huang et al.; see :func:`DenseNet121`.

    Example:
        >>> DenseNet201(weights=None, include_top=False, pooling="avg").output_shape
        (None, 1920)

    Source: Keras API, applications/densenet. Huang et al. 2017, "Densely Connected Convolutional Networks", table 1.
    """
    common = (include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
    return _densenet("densenet201", ModelFrame(*common, default_size=224, min_size=32))


def _densenet(variant: str, frame: ModelFrame) -> Functional:
    x: Any = ZeroPadding2D(3)(frame.images)
    x = Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(x)
    x = _activated(frame, x, "conv1")
    x = ZeroPadding2D(1)(x)
    x = MaxPooling2D(3, strides=2, name="pool1")(x)
    for block, depth in enumerate(_DEPTHS[variant], 2):
        for n in range(1, depth + 1):
            x = _grown(frame, x, f"conv{block}_block{n}")
        if block < 5:
            x = _halved(frame, x, f"pool{block}")
    x = BatchNormalization(axis=frame.channel_axis, epsilon=_EPSILON, name="bn")(x)
    x = Activation("relu", name="relu")(x)
    if frame.include_top:
        x = frame.classified(GlobalAveragePooling2D(name="avg_pool")(x))
    else:
        x = frame.pooled(x, "avg_pool", "max_pool")
    ending = "" if frame.include_top else "_notop"
    file = f"densenet/{variant}_weights_tf_dim_ordering_tf_kernels{ending}.h5"
    return frame.model(
        x,
        published=lambda: published_weights(file, _HASHES[variant][not frame.include_top]),
        torchvision=lambda: _torchvision(variant, frame.include_top),
    )


def _grown(frame: ModelFrame, inputs: Any, name: str) -> Any:
    x = _activated(frame, inputs, f"{name}_0")
    x = Conv2D(4 * _GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(x)
    x = _activated(frame, x, f"{name}_1")
    x = Conv2D(_GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(x)
    return Concatenate(axis=frame.channel_axis, name=f"{name}_concat")([inputs, x])


def _halved(frame: ModelFrame, x: Any, name: str) -> Any:
    x = _activated(frame, x, name)
    x = Conv2D(x.shape[frame.channel_axis] // 2, 1, use_bias=False, name=f"{name}_conv")(x)
    return AveragePooling2D(2, strides=2, name=f"{name}_pool")(x)


def _activated(frame: ModelFrame, x: Any, name: str) -> Any:
    x = BatchNormalization(axis=frame.channel_axis, epsilon=_EPSILON, name=f"{name}_bn")(x)
    return Activation("relu", name=f"{name}_relu")(x)


def _torchvision(variant: str, include_top: bool) -> TorchvisionLayers:
    parts = {"conv1_conv": Part("features.conv0"), "conv1_bn": Part("features.norm0", _same_deviation)}
    for block, depth in enumerate(_DEPTHS[variant], 2):
        for n in range(1, depth + 1):
            layer, name = f"features.denseblock{block - 1}.denselayer{n}", f"conv{block}_block{n}"
            for k in (1, 2):
                parts[f"{name}_{k - 1}_bn"] = Part(f"{layer}.norm{k}", _same_deviation, older=f"{layer}.norm.{k}")
                parts[f"{name}_{k}_conv"] = Part(f"{layer}.conv{k}", older=f"{layer}.conv.{k}")
        if block < 5:
            parts[f"pool{block}_bn"] = Part(f"features.transition{block - 1}.norm", _same_deviation)
            parts[f"pool{block}_conv"] = Part(f"features.transition{block - 1}.conv")
    parts["bn"] = Part("features.norm5", _same_deviation)
    if include_top:
        parts["predictions"] = Part("classifier")
    return parts


def _same_deviation(state: Any) -> dict[str, Any]:
    """Variances under which Keras's epsilon gives the deviations that torch's gives."""
    return {**state, "running_var": state["running_var"] + (_TORCH_EPSILON - _EPSILON)}
