"""The table of planted defects: which checks catch what. ``python -m tests.testing.planted_defects`` prints it.

Each test module of a kind has ``DEFECTS``: name of a check -> a subject with a defect that this check has to catch, and
no other one.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KINDS = {
    path.stem.removeprefix("test_"): path for path in sorted(HERE.glob("test_*.py")) if "DEFECTS =" in path.read_text()
}


def defects(kind: str) -> dict[str, Any]:
    """The planted defects of a kind."""
    sys.path.insert(0, str(HERE))
    try:
        return importlib.import_module(f"test_{kind}").DEFECTS
    finally:
        sys.path.remove(str(HERE))


def caught(subject: Any) -> list[str]:
    """The checks that fail."""
    from torchkeras_compat.testing.check import run_checks

    return [result.check for result in run_checks(subject, hypothesis=True).failed]


def rows() -> list[tuple[str, str, str, str]]:
    """Kind, check, planted defect, checks that caught it."""
    return [
        (kind, check, subject().name, ", ".join(caught(subject())))
        for kind in KINDS
        for check, subject in defects(kind).items()
    ]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    table = rows()
    header = ("kind", "check", "planted defect", "caught by")
    widths = [max(len(row[i]) for row in [header, *table]) for i in range(4)]
    for row in [header, tuple("-" * width for width in widths), *table]:
        print("| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |")
    alone = sum(row[1] == row[3] for row in table)
    print(
        f"\n{len(table)} planted defects, {alone} of them caught by the check that they were made for, and by no other."
    )
