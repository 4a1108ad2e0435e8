"""`python -m tests.fuzz`: the long run."""

from __future__ import annotations

import argparse
import collections
import os
import sys
import time

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def main() -> int:
    """Run the cases asked for; return 1 if a difference has no reason."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--ops", type=int, default=0, help="number of calls")
    parser.add_argument("--models", type=int, default=0, help="number of models")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--case", type=int, help="only the case of this number")
    parser.add_argument("--all", action="store_true", help="show listed differences, too")
    parser.add_argument("--each", type=int, default=3, help="how many to show of a name and kind")
    options = parser.parse_args()

    import keras

    import torchkeras_compat
    from tests.fuzz.listed import load, reason
    from tests.fuzz.operations import compare_calls

    start, entries = time.time(), load()
    found = []
    if options.ops:
        cases = range(options.ops) if options.case is None else range(options.case, options.case + 1)
        found += list(compare_calls(keras, torchkeras_compat, options.seed, cases))
    reasons = [reason(d, entries) for d in found]
    open_ones = [d for d, why in zip(found, reasons, strict=True) if why is None]
    counts = collections.Counter((d.name, d.kind) for d in open_ones)
    seen: collections.Counter[tuple[str, str]] = collections.Counter()
    for d in sorted(found if options.all else open_ones, key=lambda d: (d.name, d.kind)):
        seen[d.name, d.kind] += 1
        if seen[d.name, d.kind] <= options.each:
            print(d)
    print(f"{options.ops} calls, {options.models} models, {time.time() - start:.0f} s: {len(found)} differences,"
          f" {len(found) - len(open_ones)} listed, {len(open_ones)} not, of {len(counts)} kinds")  # fmt: skip
    return 1 if open_ones else 0


if __name__ == "__main__":
    sys.exit(main())
