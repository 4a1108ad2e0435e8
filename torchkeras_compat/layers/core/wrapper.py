"""`Wrapper`: base of layers around another layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.layers.core.torch_module_wrapper import TorchModuleWrapper
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.serialization import serialize_keras_object


class Wrapper(Layer):
    """Base of layers that hold another layer, in ``layer``, and add something to it; subclasses define ``call``.

    Args:
        layer: Layer, or torch module, which is wrapped in a `TorchModuleWrapper`.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: ``layer`` is neither.

    Example:
        >>> class Twice(Wrapper):
        ...     def call(self, inputs):
        ...         return self.layer(self.layer(inputs))
        >>> Twice(keras.layers.Dense(3))(torch.zeros(2, 3)).shape
        torch.Size([2, 3])

    Source: Keras API, layers/Wrapper.
    """

    layer: Layer

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        if not isinstance(layer, Layer) and isinstance(layer, nn.Module):
            layer = TorchModuleWrapper(layer)
        if not isinstance(layer, Layer):
            raise ValueError(
                f"Layer {layer} supplied to Wrapper isn't a supported layer type. Please ensure wrapped layer is a"
                " valid Keras layer."
            )
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Sequence[int | None] | None = None) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "layer": serialize_keras_object(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a new layer made from what ``get_config`` returned."""
        config = dict(config)
        layer = config.pop("layer")
        if isinstance(layer, dict):
            layer = deserialize_as("layers", layer, custom_objects)
        return cls(layer, **config)
