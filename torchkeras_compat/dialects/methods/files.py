"""``save``, ``save_weights`` and ``load_weights`` with names of any ending."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from torchkeras_compat.legacy.saving import any_name
from torchkeras_compat.serialization import serialize_keras_object


def save(core: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> None:
    """Write the model whole, under any name."""
    any_name.save_model(self, *args, **kwargs)


def to_json(core: Callable[..., Any], self: Any, **kwargs: Any) -> str:
    """Return the architecture as JSON; how the model is compiled is no part of it, as before Keras 3."""
    models = [layer for layer in self._flatten_layers() if getattr(layer, "compiled", False)]
    for model in models:
        model.__dict__["get_compile_config"] = _no_config
    try:
        return json.dumps(serialize_keras_object(self), **kwargs)
    finally:
        for model in models:
            del model.__dict__["get_compile_config"]


def _no_config() -> None:
    return None


def save_weights(core: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> None:
    """Write the weights, under any name."""
    if "max_shard_size" in kwargs:
        core(self, *args, **kwargs)
    else:
        any_name.save_weights(self, *args, **kwargs)


def load_weights(core: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    """Set the weights from a file of any name."""
    if "objects_to_skip" in kwargs:
        return core(self, *args, **kwargs)
    return any_name.load_weights(self, *args, **kwargs)
