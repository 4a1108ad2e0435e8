"""``weights=[...]``: the arrays that a layer starts from, which every layer of Keras 1 and 2 took."""

from __future__ import annotations

import functools
from typing import Any

from torchkeras_compat.dialects.adapters.adapter import Adapter, Arguments
from torchkeras_compat.legacy.layers.initial_weights import set_when_built
from torchkeras_compat.public_names import named

_MAKER = "dialects.adapters.initial_weights.made_with_weights"


def with_weights(path: str, adapter: Adapter) -> Adapter:
    """Return an adapter of a layer that also takes ``weights``.

    Args:
        path: Public path of the layer: ``"layers.Dense"``.
        adapter: Its own adapter.
    """
    return functools.partial(_adapt, path, adapter)


def _adapt(path: str, adapter: Adapter, arguments: Arguments, dialect: str) -> Arguments | tuple[str, Arguments]:
    if arguments.get("weights") is None:
        return adapter({name: value for name, value in arguments.items() if name != "weights"}, dialect)
    return _MAKER, {"path": path, "dialect": dialect, "arguments": arguments}


def made_with_weights(path: str, dialect: str, arguments: Arguments) -> Any:
    """Return a layer that starts from given arrays.

    Args:
        path: Its public path.
        dialect: Name of the dialect of the call.
        arguments: Those of the call, ``weights`` among them.
    """
    others = dict(arguments)
    weights = others.pop("weights")
    ordering = arguments.get("dim_ordering")
    if ordering == "default" or (ordering is None and dialect == "keras1"):
        ordering = "th" if named("config.image_data_format")() == "channels_first" else "tf"
    layer = named("dialects.facades.facade_of")(dialect, path, _core(path))(**others)
    set_when_built(layer, weights, "th" if ordering == "th" else "tf")
    return layer


def _core(path: str) -> Any:
    row = named("dialects.names.table").BY_PATH.get(path)
    return named(path if row is None else row.target)
