"""Under which names torch knows the layers of a model: the same in every instance, so that a `state_dict` fits."""

from __future__ import annotations

import keyword
import re
from collections.abc import Container
from typing import Any

from torch import fx, nn

from torchkeras_compat.layers.core.torch_module_wrapper import TorchModuleWrapper
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import join
from torchkeras_compat.naming import free_name, to_snake_case

_OF_GRAPHS = frozenset({*dir(fx.GraphModule), *vars(fx.GraphModule({}, fx.Graph()))})


def torch_child(layer: Any) -> Any:
    """Return what torch knows as the child for a layer: itself, or the module in it if the wrapper is transparent."""
    return layer.module if isinstance(layer, TorchModuleWrapper) and layer._is_transparent else layer


def key_of(model: nn.Module, layer: Any) -> str | None:
    """Return the name under which torch knows a layer in ``model``; None if it is not a child."""
    ids = list(map(id, model._modules.values()))
    wanted = id(torch_child(layer))
    return list(model._modules)[ids.index(wanted)] if wanted in ids else None


def keys_of(model: nn.Module) -> dict[int, str]:
    """Return the names under which torch knows the children of ``model``, by the ids of these."""
    return {id(child): key for key, child in reversed(model._modules.items())}


def add_child(model: nn.Module, layer: Any, name: str) -> str:
    """Register ``layer`` as a torch child of ``model``, unless it is one; a new layer takes its mode.

    A name that the process-wide counter gave (``dense_7``) becomes the first free one of ``dense``, ``dense_1``, ...;
    a name that the user gave stays.

    Returns:
        The name under which torch knows it.
    """
    is_new = isinstance(layer, Layer) and not layer._is_placed  # nobody's child, so that it need not be looked for
    key = None if is_new else key_of(model, layer)
    if key is None:
        join(layer, model)
        stem = _stem_of(layer, name, type(model))
        numbers: dict[str, int] = model.__dict__.setdefault("_first_numbers", {})
        key = free_name(stem, model._modules, first=numbers.get(stem, 0))
        numbers[stem] = int(key[len(stem) + 1 :] or 0) + 1
        model._modules[key] = layer
    return key


def remove_child(model: nn.Module, layer: nn.Module) -> None:
    """Take ``layer`` out of the torch children of ``model``."""
    wanted = torch_child(layer)
    for key in [key for key, child in model._modules.items() if child is wanted]:
        del model._modules[key]
    model.__dict__.pop("_first_numbers", None)


def child_name(layer: Any, name: str, taken: Container[str], owner: type) -> str:
    """Return the identifier for a child of this name: not in ``taken``, and no attribute of its owner's class.

    Nor one of the modules that run graphs, of which the layers are attributes.
    """
    return free_name(_stem_of(layer, name, owner), taken)


def _stem_of(layer: Any, name: str, owner: type) -> str:
    stem = to_snake_case(type(layer).__name__)
    if not re.fullmatch(rf"{re.escape(stem)}(_\d+)?", name):
        stem = "".join(c if c.isalnum() else "_" for c in name) or "node"
    if stem[0].isdigit() or keyword.iskeyword(stem) or hasattr(owner, stem) or stem in _OF_GRAPHS:
        stem = f"{stem}_" if not stem[0].isdigit() else f"_{stem}"
    return stem
