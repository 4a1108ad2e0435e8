"""``torchkeras-compat plugins``: list the plugins, show or check one, begin a new one."""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any

from torchkeras_compat.cli.new_plugin import write_plugin
from torchkeras_compat.errors import PluginError, PluginWarning, nearest
from torchkeras_compat.plugins import hookspecs, manager
from torchkeras_compat.plugins.file_safety import is_file_safe
from torchkeras_compat.plugins.hook_manager import HOOKS
from torchkeras_compat.plugins.info import CONFIG_KINDS, OFFERED_KINDS, PluginInfo

ENVIRONMENT = (
    "TORCHKERAS_PLUGINS=a,b loads only those, TORCHKERAS_PLUGINS_BLOCK=a,b all others, and TORCHKERAS_PLUGINS_STRICT=1 "
    "makes a broken plugin an error."
)


def add_parser(commands: Any) -> None:
    """Add the sub-command to the parser of the command."""
    parser = commands.add_parser(
        "plugins", help="list, show, check or begin plugins", description=__doc__, epilog=ENVIRONMENT
    )
    parser.set_defaults(command=list_plugins)
    actions = parser.add_subparsers(title="actions", metavar="ACTION")
    actions.add_parser("list", help="list the plugins, their state and what they register (the default)")
    one = actions.add_parser("show", help="show all that a plugin registers")
    one.add_argument("name", metavar="NAME", help="an installed plugin or its package")
    one.set_defaults(command=show_plugin)
    check = actions.add_parser(
        "check", help="run the checks of all that a plugin registers", description="Exit status 1 if a check fails."
    )
    check.add_argument("name", metavar="NAME", help="an installed plugin, its package, or a module with hooks")
    check.add_argument("--hypothesis", action="store_true", help="also with shapes and values that Hypothesis draws")
    check.add_argument("-q", "--quiet", action="store_true", help="print failures and the sum only")
    check.set_defaults(command=check_plugin)
    new = actions.add_parser("new", help="write a plugin package that passes its tests: source, tests, README, CI")
    new.add_argument("name", metavar="NAME", help="name of the plugin, such as `sparkle` for torchkeras-sparkle")
    new.add_argument(
        "--into", metavar="FOLDER", type=Path, default=Path(), help="where to make its folder (default: here)"
    )
    new.set_defaults(command=new_plugin)


def _infos() -> dict[str, PluginInfo]:
    """All plugins, broken and blocked ones included, after all their registration hooks have been asked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)  # the state says it
        for kind in OFFERED_KINDS:
            manager.offers(kind)
    return dict(sorted(manager.current().infos.items()))


def _registered(name: str) -> dict[str, list[Any]]:
    return {kind: found for kind in OFFERED_KINDS if (found := [o for o in manager.offers(kind) if o.plugin == name])}


def _other_hooks(name: str) -> list[str]:
    registering = {hookspecs.PREFIX + kind for kind in OFFERED_KINDS}
    others = [hook for hook in HOOKS if hook not in registering and name in manager.current().implements(hook)]
    return [hook.removeprefix(hookspecs.PREFIX) for hook in others]


def _some(names: list[str]) -> str:
    """Names in a line; `show` tells all of them."""
    shown = names if len(names) <= 6 else [*names[:4], f"and {len(names) - 4} others"]
    return ", ".join(shown)


def list_plugins(given: argparse.Namespace) -> int:
    """Print a table of the plugins and return the exit status."""
    infos = _infos()
    if not infos:
        print("No plugins are installed.")
        return 0
    rows = [("PLUGIN", "VERSION", "STATE", "REGISTERS")]
    for name, info in infos.items():
        parts = [f"{kind}: {_some([o.name for o in offers])}" for kind, offers in _registered(name).items()]
        hooks = _other_hooks(name)
        parts += [f"hooks: {', '.join(hooks)}"] if hooks else []
        rows.append((name, info.version or "-", info.state, "; ".join(parts) or "-"))
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    for row in rows:
        print("  ".join([*(text.ljust(width) for text, width in zip(row, widths)), row[3]]))
    for info in infos.values():
        if info.problem:
            print(f"\nPlugin {info.label} {info.problem}")
    return 0


def show_plugin(given: argparse.Namespace) -> int:
    """Print what is known of one plugin and return the exit status."""
    infos = _infos()
    found = [info for name, info in infos.items() if given.name in (name, info.package)]
    if not found:
        raise PluginError(
            f"There is no plugin {given.name!r}.{nearest(given.name, infos)} Installed are "
            f"{', '.join(infos) or 'none'}."
        )
    info = found[0]
    facts = {
        "package": f"{info.package} {info.version}" if info.package else "none: it was registered by a program",
        "entry point": info.target,
        "state": info.state + (f": {info.problem}" if info.problem else ""),
        "summary": _summary(info.package),
    }
    print(info.name)
    for label, text in facts.items():
        if text:
            print(f"  {label + ':':13}{text}")
    for kind, offers in _registered(info.name).items():
        print(f"  {kind}")
        for offer in offers:
            module, name = getattr(offer.value, "__module__", "?"), getattr(offer.value, "__name__", repr(offer.value))
            files = "" if kind not in CONFIG_KINDS or is_file_safe(kind, offer) else "  (not from files)"
            print(f"    {offer.name:24}{module}.{name}{files}")
    hooks = _other_hooks(info.name)
    if hooks:
        print(f"  other hooks\n    {', '.join(hooks)}")
    return 0


def _summary(package: str | None) -> str:
    from importlib import metadata

    return " ".join(metadata.metadata(package).get_all("Summary") or []) if package else ""


def check_plugin(given: argparse.Namespace) -> int:
    """Run the checks of the kit and return the exit status."""
    try:
        from torchkeras_compat.testing.plugin import plan  # optional: it needs the extra `testing`
    except ImportError as error:
        raise PluginError(
            f'The checks need more libraries: pip install "torchkeras-compat[testing]". {error}'
        ) from error
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for planned in plan(given.name, hypothesis=given.hypothesis):
        result = planned.run()
        counts[result.outcome] += 1
        if result.outcome == "failed" or not given.quiet:
            print(result, flush=True)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


def new_plugin(given: argparse.Namespace) -> int:
    """Write a plugin package and return the exit status."""
    folder, plugin = write_plugin(given.name, given.into)
    print(
        f"Wrote {folder}. Next:\n"
        f"  cd {folder}\n"
        '  pip install -e ".[test]"\n'
        "  pytest\n"
        f"  torchkeras-compat plugins check {plugin}"
    )
    return 0
