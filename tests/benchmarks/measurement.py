"""What the engines are asked to measure, and who takes part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .engines.table import MAIN


@dataclass(frozen=True)
class Measurement:
    """A measure with its arguments, for `Bench.living` and `Bench.fresh`.

    Attributes:
        measure: Name of the measure.
        arguments: Arguments of all engines.
        engines: Engines that take part, where installed.
        of_each: Further arguments of some of the engines.
        rounds: Number of rounds; None for that of the run.
    """

    measure: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    engines: Iterable[str] = MAIN
    of_each: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rounds: int | None = None

    def arguments_of(self, engine: str) -> dict[str, Any]:
        """Return the arguments of an engine.

        >>> Measurement("load", {"rows": 5}, of_each={"ours": {"path": "a"}}).arguments_of("ours")
        {'rows': 5, 'path': 'a'}
        """
        return {**self.arguments, **self.of_each.get(engine, {})}
