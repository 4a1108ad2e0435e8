"""``python -m tests.benchmarks.cuda``: is training on a GPU right, and how fast is it? In under five minutes.

It ends with 0 where all checks passed, with 1 where one failed, with 2 where torch sees no GPU.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import torch

import torchkeras_compat

from . import marked, report, timing
from .budget import Budget
from .checks import CHECKS
from .setup import Setup

# Seconds of the parts, of 280 in all; a part that needs less leaves the rest to the next.
PARTS = {"checks": 100, "tests": 60, "speed": 280}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.cuda", description=__doc__)
    parser.add_argument("--write", metavar="FILE", type=Path, help="write the report as a Markdown page")
    parser.add_argument("--seconds", type=float, default=280, help="time for everything")
    parser.add_argument("--only", choices=sorted(PARTS), help="one part alone")
    parser.add_argument("--dry-run", action="store_true", help="try the script: tiny sizes, also without a GPU")
    options = parser.parse_args(arguments)
    if not options.dry_run and not torch.cuda.is_available():
        print("torch sees no GPU: nothing was run. `--dry-run` tries the script without one.", file=sys.stderr)
        return 2
    setup = (
        Setup(torchkeras_compat, dry=True, epochs=2, steps=2, batch=4) if options.dry_run else Setup(torchkeras_compat)
    )
    page = report.Report(options.write, dry=options.dry_run)
    budget = Budget(options.seconds)
    share = options.seconds / 280
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if options.only in (None, "checks"):
            torch.backends.cudnn.allow_tf32 = False  # kernels that differ in speed alone then differ little in numbers
            page.checks(report.outcomes(CHECKS, setup, budget.part(PARTS["checks"] * share)))
            torch.backends.cudnn.allow_tf32 = True
        if options.only in (None, "tests"):
            page.tests(marked.run(budget.part(PARTS["tests"] * share), dry=options.dry_run))
        if options.only in (None, "speed"):
            for row in timing.rows(setup, budget.part(PARTS["speed"] * share)):
                page.speed(row)
    page.finish()
    return 1 if page.failed else 0


if __name__ == "__main__":
    sys.exit(main())
