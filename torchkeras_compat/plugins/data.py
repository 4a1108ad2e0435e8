"""The hook of data adapters, asked."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.errors import NameClashError
from torchkeras_compat.plugins import manager


def adapter_class(x: Any) -> Any | None:
    """Return the data adapter of a plugin that accepts ``x``, or None.

    Args:
        x: What the user gave as data.

    Raises:
        NameClashError: those of two plugins accept it.
    """
    plugins = manager.current()
    found = {id(o.value): o for o in plugins.offers("data_adapters") if plugins.guarded(o, "accepts", x)}
    if len(found) > 1:
        owners = " and ".join(f"{o.name} of plugin {plugins.infos[o.plugin].label}" for o in found.values())
        raise NameClashError(
            f"Data of type {type(x).__name__} is accepted by {owners}. Block one with TORCHKERAS_PLUGINS_BLOCK, or "
            "give the batches as a generator."
        )
    return next((offer.value for offer in found.values()), None)
