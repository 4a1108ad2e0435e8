"""The page that a run on a GPU writes, part by part, so that a run that is cut short leaves what it has."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from ..spread import Spread, geometric_mean
from ..tables import NOTHING, table
from .budget import Budget
from .checks import Check, Wrong
from .setup import Setup

COLUMNS = ("plain loop", "plain loop, captured by hand", "torchkeras_compat, `run_eagerly`", "torchkeras_compat")


@dataclass(frozen=True)
class Outcome:
    """What came of a check.

    Attributes:
        title: Name of the check.
        passed: None where there was no time.
        detail: What it found.
        seconds: How long it took.
    """

    title: str
    passed: bool | None
    detail: str
    seconds: float = 0.0


@dataclass(frozen=True)
class Row:
    """The speed of a network.

    Attributes:
        title: Name of the network.
        batch: Batch size.
        seconds: Per step, of each column of `COLUMNS` that there is.
        ratios: To the first column, round by round.
        memory: MiB on the GPU at the peak.
        failures: What could not run, and why.
    """

    title: str
    batch: int
    seconds: dict[str, Spread]
    ratios: dict[str, Spread]
    memory: dict[str, float]
    failures: tuple[str, ...] = ()


def outcomes(checks: Iterable[Check], setup: Setup, budget: Budget) -> Iterator[Outcome]:
    """Run the checks, as long as there is time."""
    for check in checks:
        if not budget.left():
            yield Outcome(check.title, None, "no time was left")
            continue
        start = time.perf_counter()
        try:
            passed, detail = True, check.run(setup)
        except Wrong as error:
            passed, detail = False, str(error)
        except Exception as error:
            print(traceback.format_exc(), flush=True)
            passed, detail = False, f"{type(error).__name__}: {error}"
        yield Outcome(check.title, passed, " ".join(detail.split()), time.perf_counter() - start)


class Report:
    """A Markdown page that grows.

    Args:
        path: Where it lies; None for none.
        dry: Whether the run only tries the script.
    """

    def __init__(self, path: Path | None, dry: bool = False) -> None:
        self.path, self.failed = path, False
        self._outcomes: list[Outcome] = []
        self._rows: list[Row] = []
        name = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
        cuda = f", CUDA {torch.version.cuda}" if torch.version.cuda else ""
        self._head = (
            f"# On a GPU\n\nWritten by `python -m tests.benchmarks.cuda`, on {name}, torch {torch.__version__}{cuda}."
        )
        if dry:
            self._head += " A dry run: the figures say nothing."

    def checks(self, found: Iterable[Outcome]) -> None:
        """Take the outcomes of checks."""
        for outcome in found:
            self._outcomes.append(outcome)
            self.failed |= outcome.passed is False
            print(_cells(outcome), flush=True)
            self._write()

    def tests(self, found: tuple[bool | None, str]) -> None:
        """Take the outcome of the tests with the mark."""
        self.checks([Outcome("tests with the mark `cuda`", *found)])

    def speed(self, row: Row) -> None:
        """Take a row of the table of speed."""
        self._rows.append(row)
        self.failed |= bool(row.failures)
        print(row, flush=True)
        self._write()

    def finish(self) -> None:
        """Print the page."""
        self._write()
        print(self.text())

    def text(self) -> str:
        """Return the page."""
        parts = [self._head]
        if self._outcomes:
            columns = ["check", "result", "seconds", "found"]
            parts.append("## Is it right?\n\n" + table(columns, map(_cells, self._outcomes)).strip())
        if self._rows:
            parts += ["## Speed", *_tables(self._rows)]
            parts += [f"- {row.title}: {failure}" for row in self._rows for failure in row.failures]
        return "\n\n".join(parts) + "\n"

    def _write(self) -> None:
        if self.path is not None:
            self.path.write_text(self.text())


def _cells(outcome: Outcome) -> list[str]:
    result = {True: "passed", False: "**failed**", None: "not run"}[outcome.passed]
    return [outcome.title, result, f"{outcome.seconds:.1f}", outcome.detail.replace("|", "/")]


def _tables(rows: list[Row]) -> list[str]:
    names = [name for name in COLUMNS if any(name in row.seconds for row in rows)]
    speed, divided, memory = [], [], []
    for row in rows:
        speed.append([row.title, *(row.seconds[n].text(3, 1e3) if n in row.seconds else NOTHING for n in names)])
        divided.append([row.title, *(row.ratios[n].text(2) if n in row.ratios else NOTHING for n in names[1:])])
        memory.append([row.title, *(f"{row.memory[n]:.0f}" if n in row.memory else NOTHING for n in names)])
    if len(rows) > 1:
        known = [[row.ratios[name].median for row in rows if name in row.ratios] for name in names[1:]]
        means = [f"{geometric_mean(medians):.2f}" if medians else NOTHING for medians in known]
        divided.append(["**geometric mean**", *means])
    return [
        table(["milliseconds per step", *names], speed).strip(),
        table(["divided by: plain loop", *names[1:]], divided).strip(),
        table(["MiB at the peak", *names], memory).strip(),
    ]
