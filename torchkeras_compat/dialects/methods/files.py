"""``save``, ``save_weights`` and ``load_weights`` with names of any ending."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras_compat.legacy.saving import any_name


def save(core: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> None:
    """Write the model whole, under any name."""
    any_name.save_model(self, *args, **kwargs)


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
