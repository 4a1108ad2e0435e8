"""`Pipeline`: layers one after the other, as one layer."""

from __future__ import annotations

from typing import Any

from torch import nn

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.serialization import serialize_keras_object


class Pipeline(Layer):
    """Applies layers one after the other: made for preprocessing, and a plain layer, not a model.

    Its layers are in training mode where it is, which is so in a call that does not say otherwise. A mask goes to the
    layers that take one.

    Args:
        layers: A list of layers or torch modules, at least one.
        name: Name, unique by default.

    Input shape:
        What the first layer takes.
    Output shape:
        What the last one returns.

    Raises:
        ValueError: ``layers`` is not a list of layers.

    Example:
        >>> import torch
        >>> from torchkeras_compat.layers import CenterCrop, Rescaling
        >>> Pipeline([CenterCrop(2, 2), Rescaling(0.5)])(torch.ones(1, 4, 4, 3)).shape
        torch.Size([1, 2, 2, 3])

    Source: Keras API, layers/Pipeline.
    """

    def __init__(self, layers: Any, name: str | None = None) -> None:
        super().__init__(name=name)
        if not isinstance(layers, (list, tuple)) or not layers or not all(isinstance(x, nn.Module) for x in layers):
            received = [type(x).__name__ for x in layers] if isinstance(layers, (list, tuple)) else layers
            raise ValueError(f"`layers` must be a list of layers, at least one. Received: layers={received}")
        self.__dict__["_has_lost_mask"] = True  # its layers warn of theirs
        self.layers = list(layers)

    def call(self, inputs: Any, training: bool = True, mask: Any = None) -> Any:
        """Apply the layers.

        Args:
            inputs: What the first layer takes.
            training: Handed to each layer that takes it.
            mask: Mask of the inputs, handed on from layer to layer.
        """
        x = inputs
        for layer in self.layers:
            given: dict[str, Any] = {}
            if isinstance(layer, Layer):
                spec = layer._call_spec
                if spec.has_training:
                    given["training"] = training
                if spec.has_mask and mask is not None:
                    given["mask"] = mask
            before, x = x, layer(x, **given)
            if "mask" in given:
                mask = layer.compute_mask(before, mask)
        return x

    def get_config(self) -> dict[str, Any]:
        return {"layers": [serialize_keras_object(layer) for layer in self.layers], "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a new layer made from what ``get_config`` returned.

        Raises:
            ValueError: the config has no list of ``layers``.
        """
        layers = config.get("layers")
        if not isinstance(layers, (list, tuple)):
            raise ValueError(f"The config of a Pipeline needs a list of `layers`. Received: layers={layers!r}")
        made = [deserialize_as("layers", x, custom_objects) if isinstance(x, dict) else x for x in layers]
        return cls(**{**config, "layers": made})
