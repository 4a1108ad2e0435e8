"""A set of plugins: loaded when first needed, asked through their hooks, reported when they fail."""

from __future__ import annotations

import importlib
import importlib.util
import os
import traceback
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from torchkeras_compat.errors import NameClashError, PluginError, PluginWarning, nearest
from torchkeras_compat.plugins import hookspecs
from torchkeras_compat.plugins.entry_points import entry_points, flat, listed, names_of
from torchkeras_compat.plugins.hook_manager import HOOKS, HookManager
from torchkeras_compat.plugins.info import (
    BLOCKED,
    BROKEN,
    CONFIG_KINDS,
    IN_USE,
    NOT_SELECTED,
    OFFERED_KINDS,
    Offer,
    PluginInfo,
)
from torchkeras_compat.user_warnings import warn_user


class Plugins:
    """A set of plugins and what they offer.

    Args:
        discover: Whether installed plugins belong to the set; they load at the first question that needs them.
    """

    def __init__(self, *, discover: bool = True) -> None:
        self.hooks = HookManager()
        self.infos: dict[str, PluginInfo] = {}
        self.strict = False
        self._discover = discover
        self._packages: dict[str, str] = {}  # any name of a plugin, flattened -> name under which it is registered
        self._offers: dict[str, list[Offer]] = {}
        self._reported: set[str] = set()
        self._chosen: set[str] = set()  # by `use`, whatever the environment variables say
        self._blocked: set[str] = set()

    def register(self, plugin: object, name: str, *other_names: str) -> None:
        """Add a plugin under its name; ``other_names`` are further packages of its qualified names."""
        self.hooks.add(plugin, name)
        for package in (name, *other_names):
            self._packages.setdefault(flat(package), name)
        self.infos[name] = PluginInfo(name, target=getattr(plugin, "__name__", ""))
        self._offers.clear()

    def unregister(self, name: str) -> None:
        """Take a plugin out of the set."""
        if self.hooks.unregister(name=name) is None:
            names = [known for known, _ in self.hooks.list_name_plugin()]
            raise PluginError(f"No plugin is registered as {name!r}.{nearest(name, names)}")
        self._packages = {flat: owner for flat, owner in self._packages.items() if owner != name}
        del self.infos[name]
        self._offers.clear()

    def use(self, name: str) -> None:
        """Use one more plugin, as the option ``-p`` says: an installed one, a module with hooks, or none: ``no:NAME``.

        Raises:
            PluginError: there is no such plugin or module, or it cannot be loaded.
        """
        verb, blocks, blocked = name.partition(":")
        if blocks and verb == "no":
            if not self._discover:
                raise PluginError(f"Plugin {blocked!r} cannot be blocked any more: plugins are loaded.")
            self._blocked.add(flat(blocked))
            return
        entries = list(entry_points()) if self._discover else []
        if any(flat(name) in names_of(entry) for entry in entries):
            self._chosen.add(flat(name))
            return
        if flat(name) in self._packages:
            return
        try:
            found = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            found = None
        if found is None:
            known = [entry.name for entry in entries]
            raise PluginError(
                f"There is no plugin {name!r}.{nearest(name, known)} Give the name of an installed plugin "
                f"({', '.join(known) or 'there is none'}), of its package, or of a module with hooks."
            )
        try:
            self.register(importlib.import_module(name), name.rpartition(".")[2])
        except PluginError:
            raise
        except Exception as error:
            raise PluginError(f"Plugin {name!r} cannot be loaded: {type(error).__name__}: {error}") from error

    def load_installed(self) -> None:
        """Load what the environment has installed and the environment variables let through; once."""
        if not self._discover:
            return
        self._discover = False
        selected, blocked = listed("TORCHKERAS_PLUGINS"), listed("TORCHKERAS_PLUGINS_BLOCK") or set()
        missing = set(selected or ())
        for entry in entry_points():
            names = names_of(entry)
            package, version = (entry.dist.name, entry.dist.version) if entry.dist else (None, None)
            info = PluginInfo(entry.name, package, version, entry.value)
            missing -= names
            if names & self._blocked or (names & blocked and not names & self._chosen):
                info.state = BLOCKED
            elif selected is not None and not names & (selected | self._chosen):
                info.state = NOT_SELECTED
            if info.state != IN_USE:
                self.infos.setdefault(entry.name, info)
            elif entry.name in self.infos and self.infos[entry.name].state == IN_USE:
                self._report(
                    info,
                    f"has the name of plugin {self.infos[entry.name].label}: uninstall one of the packages, or select "
                    f"one by its package: TORCHKERAS_PLUGINS={package}",
                    None,
                )
            else:
                self._load(entry, info)
        for name in sorted(missing):
            self._report(PluginInfo(name), "is named in TORCHKERAS_PLUGINS but not installed", None)

    def _load(self, entry: Any, info: PluginInfo) -> None:
        try:
            plugin = entry.load()
            if not isinstance(plugin, (types.ModuleType, type)) and not any(hasattr(plugin, hook) for hook in HOOKS):
                raise TypeError(
                    f"its entry point {entry.value!r} leads to a {type(plugin).__name__}, and not to a module, class or"
                    " object with hooks"
                )
            self.register(plugin, entry.name, *([info.package] if info.package else []))
        except Exception as error:
            self.infos[entry.name] = info
            self._report(info, "could not be loaded", error)
        else:
            self.infos[entry.name] = info

    def offers(self, kind: str) -> list[Offer]:
        """Return what all plugins offer of one kind."""
        if kind not in OFFERED_KINDS:
            return []
        self.load_installed()
        if kind not in self._offers:
            self._offers[kind] = [
                Offer(plugin, str(name).removeprefix(">"), value, not str(name).startswith(">"))
                for plugin, mapping in self.ask(f"{hookspecs.PREFIX}{kind}", _check_mapping)
                for name, value in mapping.items()
            ]
        return self._offers[kind]

    def owners(self, value: Any) -> list[Offer]:
        """Return the names under which plugins offer an object that configs may name."""
        return [offer for kind in CONFIG_KINDS for offer in self.offers(kind) if offer.value is value]

    def names(self, kind: str) -> dict[str, Any]:
        """Return the objects of one kind by bare name, and by qualified name where plugins clash."""
        offers = self.offers(kind)
        owners: dict[str, set[int]] = {}
        for offer in offers:
            if offer.has_bare_name:
                owners.setdefault(offer.name, set()).add(id(offer.value))
        return {(o.name if o.has_bare_name and len(owners[o.name]) == 1 else o.qualified): o.value for o in offers}

    def find(self, kind: str, name: str) -> Any | None:
        """Return the object of one kind under a bare or qualified name, or None."""
        package, qualified, bare = name.rpartition(">")
        offers = self.offers(kind)
        if qualified:
            owner = self._packages.get(flat(package))
            offers = [offer for offer in offers if offer.plugin == owner]
        else:
            offers = [offer for offer in offers if offer.has_bare_name]
        found = [o for o in offers if o.name == bare] or [o for o in offers if flat(o.name) == flat(bare)]
        if len({id(offer.value) for offer in found}) > 1:
            owners = " and ".join(f"plugin {self.infos[o.plugin].label}" for o in found)
            choices = " or ".join(repr(o.qualified) for o in found)
            raise NameClashError(f"The name {name!r} in {kind} is claimed by {owners}. Write {choices}.")
        return found[0].value if found else None

    def ask(
        self, hook: str, check: Callable[[Any], Any], only: str | None = None, **arguments: Any
    ) -> Iterator[tuple[str, Any]]:
        """Call one hook, plugin by plugin, so that what goes wrong has an owner; yield the plugins' names and answers.

        Args:
            hook: Name of the hook.
            check: Takes an answer and returns it, or raises what is wrong with it.
            only: Name of the only plugin to ask.
            arguments: Of the hook.
        """
        for implementation in reversed(getattr(self.hooks.hook, hook).get_hookimpls()):
            name = implementation.plugin_name
            if only not in (None, name):
                continue
            others = [plugin for plugin in self.hooks.get_plugins() if plugin is not implementation.plugin]
            try:
                answer = self.hooks.subset_hook_caller(hook, others)(**arguments)
                answers = answer if isinstance(answer, list) else [] if answer is None else [answer]
                checked = [check(one) for one in answers]
            except Exception as error:
                self._report(self.infos[name], f"failed in its hook {hook!r}", error)
            else:
                for one in checked:
                    yield name, one

    def ask_first(self, hook: str, check: Callable[[Any], Any], **arguments: Any) -> Any | None:
        """Return the first answer to a hook with one answer, as its wrappers leave it, or None."""
        implementations = getattr(self.hooks.hook, hook).get_hookimpls()
        if not any(one.wrapper or one.hookwrapper for one in implementations):
            return next((answer for _, answer in self.ask(hook, check, **arguments)), None)
        try:
            answer = getattr(self.hooks.hook, hook)(**arguments)
            return None if answer is None else check(answer)
        except Exception as error:
            codes = {frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)}
            owners = [one for one in implementations if getattr(one.function, "__code__", None) in codes]
            owner = owners[0] if owners else implementations[-1]
            self._report(self.infos[owner.plugin_name], f"failed in its hook {hook!r}", error)
            return None

    def guarded(self, offer: Offer, method: str, *arguments: Any) -> Any | None:
        """Call a method of what a plugin offers; return None, and report the plugin, if it fails."""
        try:
            return getattr(offer.value, method)(*arguments)
        except Exception as error:
            self._report(self.infos[offer.plugin], f"failed in {offer.name}.{method}", error)
            return None

    def implements(self, hook: str) -> list[str]:
        """Return the names of the plugins that have a hook, after loading those of the environment."""
        self.load_installed()
        return [implementation.plugin_name for implementation in getattr(self.hooks.hook, hook).get_hookimpls()]

    def _report(self, info: PluginInfo, what: str, error: Exception | None) -> None:
        cause = f": {type(error).__name__}: {error}" if error is not None else ""
        if info.state == IN_USE and error is not None:
            info.state, info.problem = BROKEN, f"{what}{cause}"
        message = f"Plugin {info.label} {what}{cause}"
        if self.strict or os.environ.get("TORCHKERAS_PLUGINS_STRICT", "0") not in ("", "0"):
            raise PluginError(message) from error
        if info.name not in self._reported:
            self._reported.add(info.name)
            repair = (
                f"Upgrade it (pip install -U {info.package}), uninstall it" if info.package else "Repair or remove it"
            )
            warn_user(
                f"{message}. The program goes on without it. {repair}, or set TORCHKERAS_PLUGINS_BLOCK={info.name}.",
                PluginWarning,
            )


def _check_mapping(answer: Any) -> Mapping[str, Any]:
    if not isinstance(answer, Mapping) or not all(isinstance(k, str) and callable(v) for k, v in answer.items()):
        raise TypeError(f"it must return a mapping of names to classes or functions, and returned {answer!r}")
    return answer
