"""``python -m tests.benchmarks``: this package beside plain PyTorch loops, Keras on each backend, and Lightning.

Each engine has a process; the processes take turns, round by round, and only one computes at a time.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from .bench import Bench
from .engines.table import ENGINES, available, parse_python
from .sections import augmenting, compiling, filing, memory, predicting, starting, training
from .tables import NOTHING

SECTIONS = {
    "step": training.step,
    "first-step": training.first_step,
    "scratch": starting.from_scratch,
    "everyday": training.everyday,
    "growth": training.growth,
    "compiled": compiling.compiled,
    "predict": predicting.predict,
    "load": filing.load,
    "files": filing.files,
    "applications": training.applications,
    "augmentation": augmenting.augmentation,
    "imports": starting.imports,
    "memory": memory.memory,
}
NOT_QUICK = ("compiled", "files", "applications")  # left out of a quick run, unless named
HEADER = """# Speed

Written by `{command}`.

Medians, with the quartiles in parentheses, of {rounds} rounds in processes that live on and of {fresh} in new ones.
Each engine has a process of its own; they take turns round by round, in an order that changes, and only one computes at
a time. Ratios are medians of the ratios within each round. {machine}, threads of each engine: {threads}.

The plain loops are written by hand, with torch's fused optimizer and the data on the device: one computes the loss of
the logits, as an expert writes it, the other the loss of probabilities, as the Keras models say it. See
`tests/benchmarks/plain_models.py` and `keras_models.py`. Times depend on the machine; the ratios are what to look at.
"{nothing}" stands where an engine has no such thing.

{versions}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    threads = _limit_threads(options.threads)
    try:
        pythons = dict(parse_python(text) for text in options.engine_python)
    except ValueError as error:
        _parser().error(f"--engine-python: {error}")
    wanted = [name for name in ENGINES if not options.engines or name in options.engines]
    found, missing = available(wanted, pythons)
    quick = options.quick
    bench = Bench(
        found,
        rounds=options.rounds or (3 if quick else 15),
        fresh_rounds=options.fresh_rounds or (1 if quick else 5),
        quick=quick,
        steps=options.steps,
        rows=200_000 if quick else None,
        workloads=tuple(options.workloads),
    )
    with bench:
        header = _header(bench, missing, threads, arguments)
        print(header, flush=True)
        pages = []
        for name in options.only or [name for name in SECTIONS if not (quick and name in NOT_QUICK)]:
            start = time.perf_counter()
            pages.append(SECTIONS[name](bench))
            print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
            print(pages[-1], flush=True)
            if options.write:  # after each section, so that what was measured is kept
                options.write.write_text("\n".join([header, *pages, *_failures(bench)]))
    print("\n".join(_failures(bench)), end="")
    return 1 if bench.failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", type=_names(SECTIONS), help=f"sections, of {', '.join(SECTIONS)}")
    parser.add_argument("--workloads", type=_names(None), default=[], help="parts of the names of workloads")
    parser.add_argument("--engines", type=_names(ENGINES), help=f"engines, of {', '.join(ENGINES)}")
    parser.add_argument(
        "--engine-python",
        action="append",
        default=[],
        metavar="ENGINE=PYTHON",
        help="interpreter of an environment that has the engine: jax=/path/to/python",
    )
    parser.add_argument("--rounds", type=int, help="rounds in processes that live on (15; quick: 3)")
    parser.add_argument("--fresh-rounds", type=int, help="rounds in new processes (5; quick: 1)")
    parser.add_argument("--steps", type=int, help="at most so many steps a round")
    parser.add_argument("--threads", type=int, help="threads of every engine (all processors, or OMP_NUM_THREADS)")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, workloads and points: some minutes")
    parser.add_argument("--write", metavar="FILE", type=Path, help="write the tables as a Markdown page")
    return parser


def _names(known: Mapping[str, object] | None):
    def names(text: str) -> list[str]:
        given = [name.strip() for name in text.split(",") if name.strip()]
        unknown = [name for name in given if known is not None and name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; there are {', '.join(known or ())}")
        return given

    return names


def _limit_threads(wanted: int | None) -> int:
    """Give this process and those that it starts so many processors, and every library as many threads."""
    processors = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    threads = min(wanted or int(os.environ.get("OMP_NUM_THREADS", len(processors))), len(processors))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, processors[:threads])
    # torch; JAX's pool of threads; TensorFlow
    for variable in ("OMP_NUM_THREADS", "NPROC", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ[variable] = str(threads)
    return threads


def _header(bench: Bench, missing: Mapping[str, str], threads: int, arguments: Sequence[str] | None) -> str:
    words = ["python -m tests.benchmarks", *(sys.argv[1:] if arguments is None else arguments)]
    # where an interpreter lies is of interest on one machine alone
    command = " ".join(re.sub(r"^([\w-]+)=.*", r"\1=PYTHON", word) for word in words)
    versions = [f"- {ENGINES[name].title}: {text}" for name, text in bench.versions().items()]
    left_out = [f"- {ENGINES[name].title}: left out, {reason}" for name, reason in missing.items()]
    return HEADER.format(
        command=command,
        rounds=bench.rounds,
        fresh=bench.fresh_rounds,
        machine=f"Processor: {platform.machine()}",
        threads=threads,
        nothing=NOTHING,
        versions="\n".join([*versions, *left_out]),
    )


def _failures(bench: Bench) -> list[str]:
    if not bench.failures:
        return []
    return ["## What failed\n", *(f"- {text}" for text in dict.fromkeys(bench.failures)), ""]


if __name__ == "__main__":
    sys.exit(main())
