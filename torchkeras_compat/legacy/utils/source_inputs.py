"""The inputs that a symbolic tensor is computed from, in the signature of Keras 1 and 2."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.symbolic import node
from torchkeras_compat.symbolic.keras_tensor import is_keras_tensor


def get_source_inputs(tensor: Any, layer: Any = None, node_index: int | None = None) -> Any:
    """Return the symbolic inputs that a tensor is computed from, each once.

    Args:
        tensor: A symbolic tensor; anything else is returned as it is.
        layer: The layer that made the tensor, which the tensor tells by itself.
        node_index: Which of the calls of this layer, which the tensor tells by itself.

    Example:
        >>> from torchkeras_compat import layers
        >>> x = layers.Input((4,))
        >>> get_source_inputs(layers.Dense(2)(x)) == [x]
        True

    Source: Keras 2.15 API, utils/get_source_inputs.
    """
    return node.get_source_inputs(tensor) if is_keras_tensor(tensor) else tensor
