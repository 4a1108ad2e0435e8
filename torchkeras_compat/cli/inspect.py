"""``torchkeras-compat inspect FILE``: what a model file holds and asks for."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from torchkeras_compat.cli.inspection import Report, inspect_file
from torchkeras_compat.plugins.requirements import advice

EPILOG = """\
Nothing of the file is made or run. What is checked: whether it is sound, within the limits of files, and names only
classes and functions that may stand where they stand and are known here. Whether the weights fit the layers is known
only by loading.

Exit status: 0 if it would load, 1 if not, 2 if the file cannot be read.
"""


def add_parser(commands: Any) -> None:
    """Add the sub-command to the parser of the command."""
    parser = commands.add_parser(
        "inspect",
        help="show what a model file holds and asks for, without making any of it",
        description="Show what FILE holds and asks for: layers, versions, plugins, lambdas, sizes, hashes.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        help="a .keras file or folder, .h5, .weights.h5, .weights.json, .json or .safetensors, or files of TensorFlow",
    )
    parser.set_defaults(command=command)


def command(given: argparse.Namespace) -> int:
    """Print what the file holds and return the exit status."""
    try:
        report = inspect_file(given.file)
    except OSError as error:
        print(f"torchkeras-compat inspect: {error}", file=sys.stderr)
        return 2
    for line in describe(report):
        print(line)
    return 1 if report.problems else 0


def describe(report: Report) -> list[str]:
    """Return the lines that are printed; what comes from the file is shown without control characters."""
    lines = [f"{report.path}: {report.form or 'unknown'}"]
    lines += [f"  {label}: {_plain(text)}" for label, text in report.facts.items()]
    lines += [f"  {_plain(p.name)}: {p.size:,} bytes, sha256 {p.sha256}" for p in report.parts]
    if report.arrays:
        lines.append(f"  weights: {report.arrays} arrays, {report.array_bytes:,} bytes")
    if report.named:
        lines.append("  names:")
        lines += [f"    {_plain(name)}" + (f" ({count} times)" if count > 1 else "") for name, count in _sorted(report)]
    lines += [f"  lambda in layer: {_plain(name)}" for name in report.lambdas]
    if report.plugins:
        lines.append(f"  plugins that the file says it needs: {_plain(str(report.plugins))}")
        lines += [f"    {_plain(sentence)}" for sentence in [advice(report.plugins)] if sentence]
    if not report.problems:
        return [*lines, "  would load: yes, as far as its words tell"]
    return [*lines, "  would load: no", *(f"    {_plain(problem)}" for problem in dict.fromkeys(report.problems))]


def _sorted(report: Report) -> list[tuple[str, int]]:
    return sorted(report.named.items())


def _plain(text: str) -> str:
    """A text of the file, in one line that a terminal shows as it is."""
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return shown if len(shown) <= 500 else f"{shown[:500]}..."
