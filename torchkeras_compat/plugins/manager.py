"""The plugins in use, and what they offer; they are found, selected or blocked, and loaded when first needed.

Installed plugins are the entry points of the group ``torchkeras_compat``. Three environment variables govern them:

- ``TORCHKERAS_PLUGINS``: load only these (names separated by commas; empty for none).
- ``TORCHKERAS_PLUGINS_BLOCK``: load all but these.
- ``TORCHKERAS_PLUGINS_STRICT``: anything but ``0`` or empty turns the warning about a broken plugin into an error.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from torchkeras_compat.plugins.info import CONFIG_KINDS, Offer
from torchkeras_compat.plugins.plugin_set import Plugins

_plugins = Plugins()


def current() -> Plugins:
    """Return the set of plugins in use."""
    return _plugins


def register_plugin(plugin: object, name: str | None = None) -> None:
    """Add a plugin that is not installed: a module, class or object with hooks.

    Args:
        plugin: Its functions named ``torchkeras_...`` are the hooks; see :mod:`torchkeras_compat.plugins.hookspecs`.
        name: The package of its qualified names; None for ``plugin.__name__``.

    Raises:
        PluginError: a hook that does not exist or has other arguments; a name or an object registered before.

    Example:
        >>> class Shouting:
        ...     @staticmethod
        ...     def torchkeras_activations():
        ...         return {"shout": abs}
        >>> register_plugin(Shouting)
        >>> find("activations", "Shouting>shout")(-3)
        3
        >>> unregister_plugin("Shouting")
    """
    _plugins.register(plugin, name or _name_of(plugin))


def unregister_plugin(name: str) -> None:
    """Take out a plugin that was registered or has been loaded.

    Raises:
        PluginError: no plugin has this name.
    """
    _plugins.unregister(name)


def _name_of(plugin: object) -> str:
    return getattr(plugin, "__name__", type(plugin).__name__).rpartition(".")[2]


def installed() -> dict[str, object]:
    """Return the plugins in use by name, after loading those of the environment."""
    _plugins.load_installed()
    return dict(_plugins.hooks.list_name_plugin())


def names(kind: str) -> dict[str, Any]:
    """Return what plugins offer of one kind, by name.

    Args:
        kind: One of ``OFFERED_KINDS``; for others plugins offer nothing.
    """
    return _plugins.names(kind)


def offers(kind: str) -> list[Offer]:
    """Return what plugins offer of one kind, with its owners."""
    return _plugins.offers(kind)


def find(kind: str, name: str) -> Any | None:
    """Return what a plugin offers under a name, or None.

    Args:
        kind: One of ``OFFERED_KINDS``; for others plugins offer nothing.
        name: ``"Name"``, ``"name_in_snake_case"`` or ``"package>Name"``.

    Raises:
        NameClashError: two plugins claim the bare name.
    """
    return _plugins.find(kind, name)


def find_in_file(
    wanted: Iterable[str], module: str, name: str, registered_name: str | None = None
) -> tuple[str, Any | None]:
    """Return what a plugin offers that a config or a file means, and its kind; None for nothing.

    Nothing is imported by the names of the file: they are compared with what plugins offer.

    Args:
        wanted: Kinds to look at.
        module: Module of the class or function.
        name: Its own name.
        registered_name: ``"package>Name"``, if the file has it.
    """
    for kind in CONFIG_KINDS:
        if kind not in wanted:
            continue
        if registered_name and ">" in registered_name:
            found = _plugins.find(kind, registered_name)
            if found is not None:
                return kind, found
        if module.partition(".")[0] in ("", "builtins", "keras"):
            found = _plugins.find(kind, name)
            if found is not None:
                return kind, found
        for offer in _plugins.offers(kind):
            if (offer.value.__module__, getattr(offer.value, "__name__", None)) == (module, name):
                return kind, offer.value
    return "", None


@contextlib.contextmanager
def isolated_plugins(*hooks: Callable[..., Any], discover: bool = False) -> Iterator[Plugins]:
    """Use a fresh set of plugins inside the scope, without those installed unless ``discover``: for tests and drafts.

    Args:
        hooks: Functions named ``torchkeras_...``; together they are a plugin named ``draft``.
        discover: Whether what is installed belongs to the set.

    Raises:
        PluginError: as for :func:`register_plugin`.

    Example:
        >>> with isolated_plugins() as plugins:
        ...     installed()
        {}
    """
    global _plugins
    fresh = Plugins(discover=discover)
    if hooks:
        draft = types.ModuleType("draft")
        vars(draft).update({hook.__name__: hook for hook in hooks})
        fresh.register(draft, "draft")
    before, _plugins = _plugins, fresh
    try:
        yield _plugins
    finally:
        _plugins = before
