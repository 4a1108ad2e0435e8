"""The command ``torchkeras-compat``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import metadata

from torchkeras_compat.cli import inspect, plugins, run, shadow
from torchkeras_compat.errors import PluginError
from torchkeras_compat.plugins import manager

COMMANDS = {"run": run, "inspect": inspect, "plugins": plugins, "shadow": shadow}


def parser(*, with_plugins: bool = True) -> argparse.ArgumentParser:
    """Return the parser of the command and its sub-commands.

    Args:
        with_plugins: Whether to add the sub-commands of plugins, which loads them.
    """
    top = argparse.ArgumentParser(prog="torchkeras-compat", description="Keras code on PyTorch.")
    top.add_argument("--version", action="version", version=f"%(prog)s {metadata.version('torchkeras-compat')}")
    _add_plugin_options(top)
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in COMMANDS.values():
        module.add_parser(commands)
    for name, add in manager.names("commands").items() if with_plugins else ():
        if name in COMMANDS:  # ours come first, as all built-in names do
            (name,) = [offer.qualified for offer in manager.offers("commands") if offer.value is add]
        description = (add.__doc__ or "").strip()
        add(commands.add_parser(name, help=description.partition("\n")[0], description=description))
    return top


def _add_plugin_options(top: argparse.ArgumentParser) -> None:
    top.add_argument(
        "-p",
        "--plugin",
        metavar="NAME",
        action="append",
        default=[],
        help="use this plugin: an installed one, its package, or a module with hooks; no:NAME leaves one out",
    )
    top.add_argument("--strict-plugins", action="store_true", help="make a broken plugin an error, not a warning")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Args:
        arguments: Words of the command line; None for those of the process.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    _add_plugin_options(early)
    before, command = _split(words)
    options, _ = early.parse_known_args(before)
    try:
        if options.strict_plugins:
            manager.current().strict = True
        for name in options.plugin:
            manager.current().use(name)
        given = parser(with_plugins=command not in COMMANDS and "--version" not in before).parse_args(words)
        return given.command(given) or 0
    except PluginError as error:
        print(f"torchkeras-compat: {error}", file=sys.stderr)
        return 2


def _split(words: list[str]) -> tuple[list[str], str | None]:
    """Return the options before the sub-command, and the sub-command."""
    i = 0
    while i < len(words) and words[i].startswith("-"):
        i += 2 if words[i] in ("-p", "--plugin") else 1
    return words[:i], words[i] if i < len(words) else None


if __name__ == "__main__":
    raise SystemExit(main())
