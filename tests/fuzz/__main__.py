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
    from tests.fuzz.models import compare_models
    from tests.fuzz.operations import compare_calls

    start, entries = time.time(), load()
    found: collections.Counter[str] = collections.Counter()
    seen: collections.Counter[tuple[str, str]] = collections.Counter()
    for size, compare in ((options.ops, compare_calls), (options.models, compare_models)):
        cases = range(size) if options.case is None else range(options.case, options.case + bool(size))
        for difference in compare(keras, torchkeras_compat, options.seed, cases):
            is_listed = reason(difference, entries) is not None
            found["listed" if is_listed else "not"] += 1
            seen[difference.name, difference.kind] += options.all or not is_listed
            if (options.all or not is_listed) and seen[difference.name, difference.kind] <= options.each:
                print(difference, flush=True)
    print(f"{options.ops} calls, {options.models} models, {time.time() - start:.0f} s: {found['listed']} differences"
          f" listed, {found['not']} not")  # fmt: skip
    return 1 if found["not"] else 0


if __name__ == "__main__":
    sys.exit(main())
