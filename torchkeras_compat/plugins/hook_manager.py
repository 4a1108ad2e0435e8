"""pluggy's manager with our rules: a prefix marks hooks, later arguments have defaults, errors say what to do."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import pluggy

from torchkeras_compat.errors import PluginError, nearest
from torchkeras_compat.plugins import hookspecs

HOOKS = tuple(name for name in vars(hookspecs) if name.startswith(hookspecs.PREFIX))


class HookManager(pluggy.PluginManager):
    """pluggy's manager, for which the prefix ``torchkeras_`` alone marks a hook."""

    def __init__(self) -> None:
        super().__init__(hookspecs.PROJECT)
        self.add_hookspecs(hookspecs)

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        """Return pluggy's options of the hook ``name`` of a plugin, or None if it is not a hook."""
        if not name.startswith(hookspecs.PREFIX):
            return None
        options = super().parse_hookimpl_opts(plugin, name)
        if options is None and callable(getattr(plugin, name, None)):
            return {}
        return options

    def add(self, plugin: object, name: str) -> None:
        """Register a plugin, after a check of its hooks.

        Raises:
            PluginError: a hook that does not exist, has other arguments or options; a name or an object known before.
        """
        try:
            hash(plugin)
        except TypeError as error:
            raise PluginError(
                f"Plugin {name!r} is an object of type {type(plugin).__name__}, which cannot be hashed. Register a"
                " module, a class, or an object that compares by identity."
            ) from error
        self._check_hooks(plugin, name)
        try:
            self.register(plugin, name)
        except ValueError as error:  # this name, or this object, is there already
            raise PluginError(f"Plugin {name!r} is registered already, or under another name. {error}") from error
        except pluggy.PluginValidationError as error:
            if self.is_registered(plugin):
                self.unregister(plugin)
            raise PluginError(f"Plugin {name!r} does not fit the hook specification. {error}") from error
        for caller in self.get_hookcallers(plugin) or ():
            for implementation in caller.get_hookimpls():
                if implementation.plugin is plugin and caller.spec is not None:
                    _pass_known_defaults(implementation, caller.spec.argnames)

    def _check_hooks(self, plugin: object, name: str) -> None:
        for hook in dir(plugin):
            options = self.parse_hookimpl_opts(plugin, hook)
            if options is None:
                continue
            if hook not in HOOKS:
                if options.get("optionalhook"):
                    continue
                raise PluginError(
                    f"Plugin {name!r} has a hook {hook!r} that does not exist in torchkeras-compat {_version()}."
                    f"{nearest(hook, HOOKS)} A hook of a later version is marked `@hookimpl(optionalhook=True)`."
                )
            specification = getattr(self.hook, hook).spec
            if (options.get("wrapper") or options.get("hookwrapper")) and not specification.opts.get("firstresult"):
                raise PluginError(
                    f"Plugin {name!r} has a wrapper of the hook {hook!r}, whose answers are collected plugin by plugin."
                    " Only hooks with one answer can be wrapped. Return an answer of your own."
                )
            unknown = [a for a in _required(getattr(plugin, hook)) if a not in specification.argnames]
            if unknown:
                raise PluginError(
                    f"Plugin {name!r} does not fit the hook specification: its {hook!r} asks for "
                    f"{', '.join(map(repr, unknown))}, and torchkeras-compat {_version()} passes "
                    f"({', '.join(specification.argnames)}). If a later version passes it, upgrade with `pip install -U"
                    f" torchkeras-compat`, or give it a default in the plugin: `{unknown[0]}=None`."
                )


def _required(function: Callable[..., Any]) -> list[str]:
    """Names of the arguments without a default."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    names = [
        p.name for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    return names[1:] if names[:1] == ["self"] else names


def _pass_known_defaults(implementation: Any, known: tuple[str, ...]) -> None:
    """Let an argument with a default have its value where the specification has it; some versions of pluggy do not."""
    later = tuple(name for name in implementation.kwargnames if name in known)
    if not later:
        return
    names, function = (*implementation.argnames, *later), implementation.function

    @functools.wraps(function)
    def by_name(*values: Any) -> Any:
        return function(**dict(zip(names, values)))

    implementation.argnames, implementation.kwargnames, implementation.function = names, (), by_name


def _version() -> str:
    from torchkeras_compat.release import version  # reads metadata (0.7 ms), for an error only

    return version()
