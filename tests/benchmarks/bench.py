"""One run of the benchmark: which engines take part, how many rounds they have, and their processes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .engines.table import ENGINES, MAIN
from .measurement import Measurement
from .processes import EngineFailed, Process, Unsupported
from .rounds import take_turns

Figures = dict[str, float]


def column(found: Mapping[str, Sequence[Figures]], figure: str = "seconds") -> dict[str, list[float]]:
    """Return one figure of each engine's rounds.

    >>> column({"ours": [{"seconds": 1.0, "memory": 5.0}, {"seconds": 2.0, "memory": 5.0}]})
    {'ours': [1.0, 2.0]}
    """
    return {name: [figures[figure] for figures in rounds] for name, rounds in found.items()}


@dataclass
class Bench:
    """What the sections ask their figures of.

    Attributes:
        pythons: Interpreter of each engine that takes part.
        rounds: Rounds in living processes.
        fresh_rounds: Rounds in which each engine has a new process.
        quick: Whether sections leave out what is large.
        steps: At most so many steps a round; None for those of the workload.
        rows: At most so many rows of a dataset; None for those of the workload.
        workloads: Parts of the titles or keys of the workloads that are wanted; all where empty.
        failures: What went wrong, as the page says it.
    """

    pythons: Mapping[str, str]
    rounds: int = 15
    fresh_rounds: int = 5
    quick: bool = False
    steps: int | None = None
    rows: int | None = None
    workloads: tuple[str, ...] = ()
    failures: list[str] = field(default_factory=list)
    _living: dict[str, Process] = field(default_factory=dict)

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def engines(self, names: Iterable[str] = MAIN) -> list[str]:
        """Those of the names that take part."""
        return [name for name in names if name in self.pythons]

    def wanted(self, *texts: str) -> bool:
        """Whether a workload with such a title or key was asked for."""
        return not self.workloads or any(part.lower() in text.lower() for part in self.workloads for text in texts)

    def living(self, asked: Measurement) -> dict[str, list[Figures]]:
        """Take turns in processes that live on, each of which has prepared the measure."""
        ready = [name for name in self.engines(asked.engines) if self._prepared(name, asked)]
        return self._turns(asked, ready, lambda name: self._living[name].round(), self.rounds)

    def fresh(self, asked: Measurement) -> dict[str, list[Figures]]:
        """Take turns with a new process each time; the figures get ``wall``, its seconds, and ``import``."""

        def once(name: str) -> Figures:
            start = time.perf_counter()
            with Process(ENGINES[name], self.pythons[name]) as process:
                process.prepare(asked.measure, self._limited(asked.arguments_of(name)))
                figures = process.round()
                return {**figures, "import": process.first["import"], "wall": time.perf_counter() - start}

        return self._turns(asked, self.engines(asked.engines), once, self.fresh_rounds)

    def versions(self) -> dict[str, str]:
        """What each engine says that it is."""
        found = {}
        for name in self.pythons:
            process = self._try(name, "start", lambda name=name: self._process(name))
            if process is not None:
                found[name] = process.first["versions"]
        return found

    def close(self) -> None:
        """End all processes."""
        for process in self._living.values():
            process.close()
        self._living.clear()

    def _limited(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        limits = {"steps": self.steps, "rows": self.rows} if "workload" in arguments else {}
        return {**limits, **arguments}

    def _process(self, name: str) -> Process:
        if name not in self._living:
            self._living[name] = Process(ENGINES[name], self.pythons[name])
        return self._living[name]

    def _prepared(self, name: str, asked: Measurement) -> bool:
        def prepare() -> bool:
            self._process(name).prepare(asked.measure, self._limited(asked.arguments_of(name)))
            return True

        return bool(self._try(name, asked.measure, prepare))

    def _turns(
        self, asked: Measurement, names: list[str], run: Callable[[str], Figures], rounds: int
    ) -> dict[str, list[Figures]]:
        """Return the figures of each engine, and say whose they are."""
        found = take_turns(
            names, lambda name: self._try(name, asked.measure, lambda: run(name)), asked.rounds or rounds
        )
        what = " ".join([asked.measure, *map(str, asked.arguments.values())])
        print(f"  {what}: {', '.join(found)}", file=sys.stderr, flush=True)
        return found

    def _try(self, name: str, measure: str, run: Any) -> Any:
        """Return what a call returns, or None where the engine cannot; what failed is noted."""
        try:
            return run()
        except Unsupported:
            return None
        except EngineFailed as error:
            lines = str(error).strip().splitlines()
            self.failures.append(f"{ENGINES[name].title}: `{measure}` failed with `{lines[-1] if lines else error}`.")
            print(f"{name}, {measure}: {error}", file=sys.stderr, flush=True)
            dead = self._living.pop(name, None)
            if dead is not None:
                dead.close()
            return None
