"""What all models of `applications` have in common: their arguments, their input, their end, and their weights."""

from __future__ import annotations

import math
import numbers
import os
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from torchkeras_compat import config
from torchkeras_compat.activations.identifiers import get as get_activation
from torchkeras_compat.applications.input_shape import IMAGENET, is_imagenet, obtain_input_shape
from torchkeras_compat.applications.published import PublishedFile
from torchkeras_compat.applications.torchvision_state import TorchvisionLayers, is_state, load_state
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.layers.pooling.global_pooling import GlobalAveragePooling2D, GlobalMaxPooling2D
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import get_source_inputs

Weights: TypeAlias = "str | os.PathLike[str] | Mapping[str, Any] | None"
"""None, ``"imagenet"``, the path of a file, or a ``state_dict`` of torchvision's model of the same name."""

_CLASSES = 1000


class ModelFrame:
    """The arguments that all models of `applications` take, checked; it begins and ends the model.

    Args:
        include_top: Whether the model ends in the layers that classify.
        weights: None for random ones; ``"imagenet"`` for the published ones, from the cache of Keras or the network;
            the path of a `.weights.h5`, `.h5` or `.keras` file; the path of a `.pth` or `.pt` file with torchvision's
            ``state_dict``, or that mapping itself, where its model is the same network.
        input_tensor: KerasTensor that the model begins with; None for a new input.
        input_shape: Height, width and channels in the order of the data format; None for the default.
        pooling: Without the top: ``"avg"`` or ``"max"`` for the mean or the maximum of each channel, None for neither.
        classes: Number of classes of the top.
        classifier_activation: Activation of the top; None for the logits.
        name: Name of the model.
        default_size: Height and width that the published weights were trained with.
        min_size: Smallest height and width.
        needs_size: Whether the top needs a known height and width.
        shapes_agree: Whether ``input_shape`` has to be that of ``input_tensor`` where both are given; if not, only the
            tensor counts.

    Attributes:
        images: KerasTensor of a batch of images, the input of the network.
        input_shape: Shape of one image.
        height: Height of an image, None for any.
        channel_axis: Axis of the channels: 3, or 1 with channels first.
        channel_axis_from_end: The same, as some networks have it in their configs: -1, or 1 with channels first.

    Raises:
        ValueError, TypeError: an argument is not as described; the message says what was received.
    """

    def __init__(
        self,
        include_top: bool,
        weights: Weights,
        input_tensor: KerasTensor | None,
        input_shape: Any,
        pooling: str | None,
        classes: int,
        classifier_activation: Any,
        name: str | None,
        *,
        default_size: int,
        min_size: int,
        needs_size: bool = True,
        shapes_agree: bool = False,
    ) -> None:
        _check_weights(weights)
        if pooling not in (None, "avg", "max"):
            raise ValueError(f"`pooling` is None, 'avg' or 'max'. Received: pooling={pooling!r}")
        self.include_top = bool(include_top)
        self.weights = weights
        self.pooling = pooling
        self.classes = _checked_classes(classes) if include_top else classes
        self.classifier_activation = classifier_activation
        self.name = name
        if self.include_top:
            self._check_top()
        self.data_format = config.image_data_format()
        self.channel_axis = 3 if self.data_format == "channels_last" else 1
        self.channel_axis_from_end = -1 if self.channel_axis == 3 else 1
        if shapes_agree and input_shape is not None and input_tensor is not None:
            _check_agreement(input_tensor, tuple(input_shape))
        self.input_shape = obtain_input_shape(
            input_shape,
            default_size=default_size,
            min_size=min_size,
            data_format=self.data_format,
            require_flatten=self.include_top and needs_size,
            weights=weights,
        )
        self.height = self.input_shape[0 if self.channel_axis == 3 else 1]
        self.images = Input(shape=self.input_shape) if input_tensor is None else _checked_tensor(input_tensor)
        self._inputs: Any = self.images if input_tensor is None else get_source_inputs(input_tensor)

    def _check_top(self) -> None:
        if is_imagenet(self.weights) and self.classes != _CLASSES:
            raise ValueError(
                f"If using `weights='imagenet'` with `include_top=True`, `classes` should be {_CLASSES}. Received"
                f" classes={self.classes}. Use `include_top=False`, and put a layer for your classes on top."
            )
        activation = get_activation(self.classifier_activation)
        if self.weights is not None and activation not in (get_activation(None), get_activation("softmax")):
            raise ValueError(
                "Only `None` and `softmax` activations are allowed for the `classifier_activation` argument when using"
                f" pretrained weights, with `include_top=True`; Received: classifier_activation={activation}"
            )

    def pooled(self, x: KerasTensor, average: str | None = None, maximum: str | None = None) -> KerasTensor:
        """Return what ``pooling`` makes of the last feature maps of a model without a top.

        Args:
            x: Feature maps.
            average: Name of the layer for ``"avg"``; None for an automatic one.
            maximum: Name of the layer for ``"max"``.
        """
        if self.pooling is None:
            return x
        layer: Any = GlobalAveragePooling2D(name=average) if self.pooling == "avg" else GlobalMaxPooling2D(name=maximum)
        result: KerasTensor = layer(x)
        return result

    def classified(self, x: KerasTensor, name: str = "predictions", **kwargs: Any) -> KerasTensor:
        """Return the scores of the classes, from a dense layer over a vector of features; ``kwargs`` are its own."""
        result: KerasTensor = Dense(self.classes, activation=self.classifier_activation, name=name, **kwargs)(x)
        return result

    def model(
        self,
        outputs: KerasTensor,
        published: Callable[[], PublishedFile] | None = None,
        torchvision: Callable[[], TorchvisionLayers] | str = "torchvision has no model of this name",
        one_input: bool = False,
    ) -> Functional:
        """Return the model from the images to ``outputs``, with its weights.

        Args:
            outputs: KerasTensor of the features or scores.
            published: Returns the file that ``weights="imagenet"`` names; called only for that.
            torchvision: Returns which layer takes which part of torchvision's ``state_dict``; called only for that. Or
                why its weights do not fit this network, for the message.
            one_input: Whether the input of a model over ``input_tensor`` is a tensor, and not a list of one as it is in
                most models of Keras.

        Raises:
            ValueError: the weights do not fit, or there are none of the kind asked for.
            FileContentError: the file with weights is broken.
            OSError: it cannot be read or downloaded.
        """
        inputs = self._inputs[0] if one_input and isinstance(self._inputs, list) else self._inputs
        model = Functional(inputs, outputs, name=self.name)
        weights: Any = self.weights
        if weights is None:
            return model
        if is_state(weights):
            load_state(model, weights, torchvision)
        elif not is_imagenet(weights):
            model.load_weights(os.fspath(weights))
        elif published is None:
            raise ValueError(f"There are no published weights of {self.name} for these arguments.")
        else:
            model.load_weights(published().path())
        return model


def _check_weights(weights: Any) -> None:
    if weights is None or isinstance(weights, Mapping):
        return
    is_name = isinstance(weights, (str, os.PathLike))
    if not is_name or (weights != IMAGENET and not os.path.exists(weights)):
        raise ValueError(
            "The `weights` argument should be either `None` (random initialization), 'imagenet' (pre-training on"
            " ImageNet), or the path to the weights file to be loaded (`.weights.h5`, `.h5`, `.keras`, or `.pth` with a"
            f" state_dict of torchvision). Received: weights={_short(weights)}"
        )


def check_alpha(alpha: float, published: tuple[float, ...] | None) -> None:
    """Check the factor of the filters of a network.

    Args:
        alpha: The factor.
        published: Factors that there are published weights for, where these are asked for.

    Raises:
        ValueError: it is not a positive number, or there are no published weights for it.

    Example:
        >>> check_alpha(0.6, (0.5, 1.0))
        Traceback (most recent call last):
            ...
        ValueError: If imagenet weights are being loaded, alpha can be one of 0.5, 1.0 only. Received: alpha=0.6. ...
    """
    if isinstance(alpha, bool) or not isinstance(alpha, numbers.Real) or not 0 < alpha < math.inf:
        raise ValueError(
            f"`alpha` is the factor of the number of filters, a positive number. Received: alpha={alpha!r}"
        )
    if published is not None and alpha not in published:
        raise ValueError(
            f"If imagenet weights are being loaded, alpha can be one of {', '.join(map(str, published))} only."
            f" Received: alpha={alpha}. Use `weights=None` for another one."
        )


def _checked_classes(classes: Any) -> int:
    if not isinstance(classes, numbers.Integral) or isinstance(classes, bool) or classes < 1:
        raise ValueError(f"`classes` is the number of classes, a positive integer. Received: classes={classes!r}")
    return int(classes)


def _check_agreement(input_tensor: Any, input_shape: tuple[Any, ...]) -> None:
    shape = _checked_tensor(input_tensor).shape[1:]
    if shape != input_shape:
        raise ValueError(
            f"`input_shape` must equal the shape of `input_tensor` without its batch axis, {shape}. Received:"
            f" input_shape={input_shape}. Leave it out."
        )


def _checked_tensor(input_tensor: Any) -> KerasTensor:
    if not isinstance(input_tensor, KerasTensor):
        raise ValueError(
            "Argument `input_tensor` must be a KerasTensor. Received invalid type:"
            f" input_tensor={_short(input_tensor)} (of type {type(input_tensor)}). Call the model with real data, or"
            " make a symbolic input with `keras.Input`."
        )
    if len(input_tensor.shape) != 4:
        raise ValueError(
            "Argument `input_tensor` must be a batch of images, with four axes. Received:"
            f" input_tensor={input_tensor!r}"
        )
    return input_tensor


def _short(value: Any) -> str:
    shape = getattr(value, "shape", None)
    return repr(value) if shape is None else f"<{type(value).__name__} of shape {tuple(shape)}>"
