"""``torchkeras-compat shadow``: this package in Keras's place in an environment."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from torchkeras_compat.dialects.shadow import add_shadow, remove_shadow, shadowed, site_packages

EPILOG = """\
Two files in the environment's site-packages do it; nothing else is changed, and an installed Keras stays as it is.
TORCHKERAS_SHADOW=0 switches it off for one run.
"""


def add_parser(commands: Any) -> None:
    """Add the sub-command to the parser of the command."""
    parser = commands.add_parser(
        "shadow",
        help="let every `import keras` of this environment mean torchkeras_compat",
        description="Let every Python of this environment find torchkeras_compat under `import keras`, for packages"
        " built on Keras 3.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--undo", action="store_true", help="take it out again")
    action.add_argument("--status", action="store_true", help="say whether it is in place; exit status 1 if not")
    parser.add_argument("--tensorflow", action="store_true", help="stand for `tensorflow` too, for code on tf.keras")
    parser.add_argument(
        "--into", metavar="FOLDER", type=Path, help="site-packages of another environment (default: of this Python)"
    )
    parser.set_defaults(command=command)


def command(given: argparse.Namespace) -> int:
    """Do what was asked for and return the exit status."""
    home = given.into or site_packages()
    try:
        if given.undo:
            print(f"removed from {home}" if remove_shadow(home) else f"nothing to remove in {home}")
            return 0
        if not given.status:
            add_shadow(home, tensorflow=given.tensorflow)
        roots = shadowed(home)
    except (OSError, ValueError) as error:
        print(f"torchkeras-compat shadow: {error}", file=sys.stderr)
        return 2
    if not roots:
        print(f"not in {home}: `import keras` finds what is installed")
        return 1
    names = ", ".join(f"`import {root}`" for root in roots)
    print(f"in {home}: {names} mean torchkeras_compat; `torchkeras-compat shadow --undo` takes it out")
    return 0
