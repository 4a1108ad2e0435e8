"""Which layers of a model run before its blocks, and which are the blocks that are calibrated one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torchkeras_compat.layers.layer.layer import Layer

_KEYS = ("pre_block_layers", "sequential_blocks")


def layer_structure(model: Any, config: Any) -> tuple[list[Layer], list[Layer]]:
    """Return the layers before the blocks, and the blocks, as the config or else the model says.

    Args:
        model: Model, whose ``get_quantization_layer_structure(mode)`` is asked.
        config: `GPTQConfig` or `AWQConfig`.

    Raises:
        ValueError: neither says it; a key is missing or unknown; there are no blocks; or a block is none of the model.
        TypeError: the structure is not a mapping, or holds something else than lists of layers.
    """
    structure, source = config.quantization_layer_structure, "`config.quantization_layer_structure`"
    if structure is None:
        structure = model.get_quantization_layer_structure(config.mode)
        source = f"`{type(model).__name__}.get_quantization_layer_structure`"
    if structure is None:
        raise ValueError(
            f"For mode={config.mode!r}, a valid quantization structure must be provided either via"
            " `config.quantization_layer_structure` or by overriding `model.get_quantization_layer_structure(mode)`."
            f" It is a dictionary with the keys {_KEYS[0]!r} and {_KEYS[1]!r}, each a list of layers."
        )
    if not isinstance(structure, Mapping):
        raise TypeError(f"{source} must be a dictionary with the keys {_KEYS}. Received: {type(structure)}")
    if set(structure) != set(_KEYS):
        raise ValueError(f"{source} must have the keys {_KEYS}, and no others. Received: {tuple(structure)}")
    pre_block_layers, blocks = (_layers(structure[key], f"{source}[{key!r}]") for key in _KEYS)
    if not blocks:
        raise ValueError(f"No sequential blocks found: {source} must list at least one block to quantize.")
    inside = {id(layer) for layer in model._flatten_layers()}
    for block in blocks:
        if id(block) not in inside:
            raise ValueError(f"The block '{block.name}' of {source} is not a layer of the model '{model.name}'.")
    return pre_block_layers, blocks


def _layers(value: Any, source: str) -> list[Layer]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(layer, Layer) for layer in value):
        raise TypeError(f"{source} must be a list of layers. Received: {value!r}")
    return list(value)
