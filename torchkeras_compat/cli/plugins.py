"""``torchkeras-compat plugins``: list the plugins in use and what they offer."""

from __future__ import annotations

import argparse
from typing import Any

from torchkeras_compat.plugins import manager


def add_parser(commands: Any) -> None:
    """Add the sub-command to the parser of the command."""
    parser = commands.add_parser(
        "plugins",
        help="list the installed plugins and the names they offer",
        description="List the installed plugins and the names they offer.",
        epilog="TORCHKERAS_PLUGINS=a,b loads only those, TORCHKERAS_PLUGINS_BLOCK=a,b all others, and "
        "TORCHKERAS_PLUGINS_STRICT=1 makes a broken plugin an error.",
    )
    parser.set_defaults(command=command)


def command(given: argparse.Namespace) -> int:
    """Print the plugins and return the exit status."""
    plugins = manager.installed()
    if not plugins:
        print("No plugins are installed.")
    for name in plugins:
        print(name)
        for kind in manager.KINDS:
            offered = [offer.name for offer in manager.offers(kind) if offer.plugin == name]
            if offered:
                print(f"  {kind}: {', '.join(offered)}")
        if name in manager.current().implements("torchkeras_train_callbacks"):
            print("  adds callbacks to every fit")
    return 0
