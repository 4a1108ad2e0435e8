"""The command ``torchkeras-compat``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import metadata

from torchkeras_compat.cli import plugins, run

COMMANDS = (run, plugins)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command and its sub-commands."""
    top = argparse.ArgumentParser(prog="torchkeras-compat", description="Keras code on PyTorch.")
    top.add_argument("--version", action="version", version=f"%(prog)s {metadata.version('torchkeras-compat')}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in COMMANDS:
        module.add_parser(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Args:
        arguments: Words of the command line; None for those of the process.
    """
    given = parser().parse_args(arguments)
    return given.command(given)


if __name__ == "__main__":
    raise SystemExit(main())
