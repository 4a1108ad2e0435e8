"""Plugins: found in the environment, selected or blocked, loaded when first needed, and asked for what they offer.

Installed plugins are the entry points of the group ``torchkeras_compat``. Three environment variables govern them:

- ``TORCHKERAS_PLUGINS``: load only these (names separated by commas; empty for none).
- ``TORCHKERAS_PLUGINS_BLOCK``: load all but these.
- ``TORCHKERAS_PLUGINS_STRICT``: anything but ``0`` or empty turns the warning about a broken plugin into an error.
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pluggy

from torchkeras_compat.errors import NameClashError, PluginError, PluginWarning, nearest
from torchkeras_compat.plugins import hookspecs

KINDS = ("layers", "losses", "metrics", "callbacks", "optimizers", "initializers", "activations")


class HookManager(pluggy.PluginManager):
    """pluggy's manager, for which the prefix ``torchkeras_`` alone marks a hook."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        """Return pluggy's options of the hook ``name`` of a plugin, or None if it is no hook."""
        if not name.startswith(hookspecs.PREFIX):
            return None
        options = super().parse_hookimpl_opts(plugin, name)
        if options is None and callable(getattr(plugin, name, None)):
            return {}
        return options


@dataclass(frozen=True)
class Offer:
    """One name that one plugin offers."""

    plugin: str
    name: str
    value: Any

    @property
    def qualified(self) -> str:
        """``plugin>name``."""
        return f"{self.plugin}>{self.name}"


class Plugins:
    """A set of plugins and what they offer.

    Args:
        discover: Whether installed plugins belong to the set; they load at the first question that needs them.
    """

    def __init__(self, *, discover: bool = True) -> None:
        self.hooks = HookManager(hookspecs.PROJECT)
        self.hooks.add_hookspecs(hookspecs)
        self._discover = discover
        self._packages: dict[str, str] = {}  # any name of a plugin, flattened -> name under which it is registered
        self._offers: dict[str, list[Offer]] = {}
        self._reported: set[str] = set()

    def register(self, plugin: object, name: str, *other_names: str) -> None:
        """Add a plugin under its name; ``other_names`` are further packages of its qualified names."""
        known = {hook for hook in dir(hookspecs) if hook.startswith(hookspecs.PREFIX)}
        for hook in dir(plugin):
            if self.hooks.parse_hookimpl_opts(plugin, hook) is not None and hook not in known:
                raise PluginError(f"Plugin {name!r} has a hook {hook!r} that does not exist.{nearest(hook, known)}")
        try:
            self.hooks.register(plugin, name)
        except ValueError as error:  # this name, or this object, is there already
            raise PluginError(f"Plugin {name!r} is registered already, or under another name. {error}") from error
        except pluggy.PluginValidationError as error:
            if self.hooks.is_registered(plugin):
                self.hooks.unregister(plugin)
            raise PluginError(f"Plugin {name!r} does not fit the hook specification. {error}") from error
        for package in (name, *other_names):
            self._packages.setdefault(_flat(package), name)
        self._offers.clear()

    def unregister(self, name: str) -> None:
        """Take a plugin out of the set."""
        if self.hooks.unregister(name=name) is None:
            names = [known for known, _ in self.hooks.list_name_plugin()]
            raise PluginError(f"No plugin is registered as {name!r}.{nearest(name, names)}")
        self._packages = {flat: owner for flat, owner in self._packages.items() if owner != name}
        self._offers.clear()

    def load_installed(self) -> None:
        """Load what the environment has installed and the environment variables let through; once."""
        if not self._discover:
            return
        self._discover = False
        from importlib import metadata  # scanning what is installed is for those who have a use for it

        selected, blocked = _listed("TORCHKERAS_PLUGINS"), _listed("TORCHKERAS_PLUGINS_BLOCK") or set()
        seen = set()
        for entry in metadata.entry_points(group=hookspecs.PROJECT):
            names = {_flat(entry.name), _flat(entry.dist.name)} if entry.dist else {_flat(entry.name)}
            if (entry.name, entry.value) in seen or names & blocked:
                continue
            seen.add((entry.name, entry.value))
            if selected is not None:
                if not names & selected:
                    continue
                selected -= names
            try:
                self.register(entry.load(), entry.name, *([entry.dist.name] if entry.dist else []))
            except Exception as error:
                self._report(entry.name, "could not be loaded", error)
        for missing in sorted(selected or ()):
            self._report(missing, "is named in TORCHKERAS_PLUGINS but not installed", None)

    def offers(self, kind: str) -> list[Offer]:
        """Return what all plugins offer of one kind."""
        if kind not in KINDS:
            return []
        self.load_installed()
        if kind not in self._offers:
            self._offers[kind] = [
                Offer(plugin, str(name), value)
                for plugin, mapping in self._ask(f"{hookspecs.PREFIX}{kind}", _check_mapping)
                for name, value in mapping.items()
            ]
        return self._offers[kind]

    def names(self, kind: str) -> dict[str, Any]:
        """Return the objects of one kind by bare name, and by qualified name where plugins clash."""
        offers = self.offers(kind)
        owners: dict[str, set[int]] = {}
        for offer in offers:
            owners.setdefault(offer.name, set()).add(id(offer.value))
        return {(o.name if len(owners[o.name]) == 1 else o.qualified): o.value for o in offers}

    def find(self, kind: str, name: str) -> Any | None:
        """Return the object of one kind under a bare or qualified name, or None."""
        package, qualified, bare = name.rpartition(">")
        offers = self.offers(kind)
        if qualified:
            owner = self._packages.get(_flat(package))
            offers = [offer for offer in offers if offer.plugin == owner]
        found = [o for o in offers if o.name == bare] or [o for o in offers if _flat(o.name) == _flat(bare)]
        if len({id(offer.value) for offer in found}) > 1:
            owners = " and ".join(f"plugin {o.plugin!r}" for o in found)
            choices = " or ".join(repr(o.qualified) for o in found)
            raise NameClashError(f"The name {name!r} in {kind} is claimed by {owners}. Write {choices}.")
        return found[0].value if found else None

    def training_callbacks(self, model: Any) -> list[Any]:
        """Return the callbacks that plugins add to a training of ``model``."""
        self.load_installed()
        answers = self._ask("torchkeras_train_callbacks", _check_callbacks, model=model)
        return [callback for _, callbacks in answers for callback in callbacks]

    def _ask(self, hook: str, check: Callable[[Any], Any], **arguments: Any) -> Iterator[tuple[str, Any]]:
        """Call one hook, plugin by plugin, so that what goes wrong has an owner."""
        for implementation in reversed(getattr(self.hooks.hook, hook).get_hookimpls()):
            name = implementation.plugin_name
            others = [plugin for plugin in self.hooks.get_plugins() if plugin is not implementation.plugin]
            try:
                for answer in self.hooks.subset_hook_caller(hook, others)(**arguments):
                    yield name, check(answer)
            except Exception as error:
                self._report(name, f"failed in its hook {hook!r}", error)

    def _report(self, plugin: str, what: str, error: Exception | None) -> None:
        cause = f": {type(error).__name__}: {error}" if error is not None else ""
        message = f"Plugin {plugin!r} {what}{cause}"
        if os.environ.get("TORCHKERAS_PLUGINS_STRICT", "0") not in ("", "0"):
            raise PluginError(message) from error
        if plugin not in self._reported:
            self._reported.add(plugin)
            warnings.warn(
                f"{message}. The program goes on without it. Repair or uninstall it, or set "
                f"TORCHKERAS_PLUGINS_BLOCK={plugin}.",
                PluginWarning,
                stacklevel=_frames_to_the_user(),
            )


_plugins = Plugins()


def _flat(name: str) -> str:
    """`BinaryTversky`, `binary_tversky` and `binary-tversky` are one name."""
    return name.replace("_", "").replace("-", "").lower()


def _listed(variable: str) -> set[str] | None:
    value = os.environ.get(variable)
    return None if value is None else {_flat(part.strip()) for part in value.split(",") if part.strip()}


def _frames_to_the_user() -> int:
    """Return the `stacklevel`, seen from the caller, of the first line outside this package and pluggy."""
    inside = ("torchkeras_compat", "pluggy", "contextlib")
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in inside:
        frame, level = frame.f_back, level + 1
    return level


def _check_mapping(answer: Any) -> Mapping[str, Any]:
    if not isinstance(answer, Mapping) or not all(isinstance(k, str) and callable(v) for k, v in answer.items()):
        raise TypeError(f"it must return a mapping of names to classes or functions, and returned {answer!r}")
    return answer


def _check_callbacks(answer: Any) -> Iterable[Any]:
    if not isinstance(answer, (list, tuple)):
        raise TypeError(f"it must return a list of callbacks, and returned {answer!r}")
    return answer


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
        kind: One of ``KINDS``; for others plugins offer nothing.
    """
    return _plugins.names(kind)


def offers(kind: str) -> list[Offer]:
    """Return what plugins offer of one kind, with its owners."""
    return _plugins.offers(kind)


def adds_training_callbacks(plugin: str) -> bool:
    """Return whether the plugin of this name adds callbacks to trainings."""
    hooks = _plugins.hooks.hook.torchkeras_train_callbacks.get_hookimpls()
    return any(implementation.plugin_name == plugin for implementation in hooks)


def find(kind: str, name: str) -> Any | None:
    """Return what a plugin offers under a name, or None.

    Args:
        kind: One of ``KINDS``; for others plugins offer nothing.
        name: ``"Name"``, ``"name_in_snake_case"`` or ``"package>Name"``.

    Raises:
        NameClashError: two plugins claim the bare name.
    """
    return _plugins.find(kind, name)


def find_in_file(module: str, name: str, registered_name: str | None = None) -> Any | None:
    """Return what a plugin offers that a config or a file means, or None.

    Nothing is imported by the names of the file: they are compared with what plugins offer.

    Args:
        module: Module of the class or function.
        name: Its own name.
        registered_name: ``"package>Name"``, if the file has it.
    """
    for kind in KINDS:
        if registered_name and ">" in registered_name:
            found = _plugins.find(kind, registered_name)
            if found is not None:
                return found
        for offer in _plugins.offers(kind):
            if (offer.value.__module__, offer.value.__name__) == (module, name):
                return offer.value
    return None


def training_callbacks(model: Any) -> list[Any]:
    """Return the callbacks that plugins add to a ``fit`` of ``model`` that is about to begin."""
    return _plugins.training_callbacks(model)


@contextlib.contextmanager
def isolated_plugins(*, discover: bool = False) -> Iterator[Plugins]:
    """Use a fresh set of plugins inside the scope, without those installed unless ``discover``: for tests.

    Example:
        >>> with isolated_plugins() as plugins:
        ...     installed()
        {}
    """
    global _plugins
    before, _plugins = _plugins, Plugins(discover=discover)
    try:
        yield _plugins
    finally:
        _plugins = before
