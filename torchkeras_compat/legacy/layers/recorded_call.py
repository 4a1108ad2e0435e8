"""The place in a model of a layer whose call was recorded as a graph of its own."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.layers.layer.layer import Layer


class RecordedCall(Layer):
    """Hands on what a layer computed, which the graph of the model has as the operations that ``call`` made.

    A layer of Keras 1 and 2 that uses tensors of the graph beside its inputs is called once, on symbolic tensors; this
    layer then has its name, its weights and its losses in the model.

    Args:
        layer: The layer.

    Example:
        >>> import torch
        >>> from torchkeras_compat.layers.core.lambda_layer import Lambda
        >>> layer = RecordedCall(Lambda(lambda x: x, name="scaled"))
        >>> layer.name, layer(torch.ones(2))
        ('scaled', tensor([1., 1.]))
    """

    def __init__(self, layer: Layer) -> None:
        super().__init__(name=layer.name)
        self.layer = layer
        self._skip_building()

    def call(self, inputs: Any) -> Any:
        """Return the inputs."""
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Refused: what the layer computed belongs to this graph.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(
            f"The layer '{self.name}' uses tensors of the graph beside its inputs, which no config can say. Save the"
            " weights, `model.save_weights(...)`, and make the model by its code again; or give the layer all tensors"
            " as inputs."
        )
