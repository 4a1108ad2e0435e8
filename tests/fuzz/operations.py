"""Random calls of functions, losses and metrics on either side, and what differs."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

from tests.fuzz import calls, scores
from tests.fuzz.draw import Draw
from tests.fuzz.outcomes import coarsest, difference, outcome, shown

NAMES = sorted([*calls.RECIPES, *scores.RECIPES])


@dataclasses.dataclass
class Difference:
    """One difference.

    Attributes:
        name: Function, class or model.
        kind: ``refused``, ``accepted``, ``structure``, ``shape``, ``dtype`` or ``value``.
        text: What either side gave.
        case: Number of the case.
        call: The call, as text.
    """

    name: str
    kind: str
    text: str
    case: int
    call: str

    def __str__(self) -> str:
        return f"case {self.case}: {self.name} {self.kind}: {self.text}\n    {self.call}"


def draw_call(seed: int, case: int) -> tuple[str, Any, Any]:
    """Name, arguments and keyword arguments of a case."""
    name = NAMES[case % len(NAMES)]
    r = Draw(f"{seed}/{case}")
    if name in scores.RECIPES:
        return name, (), scores.draw(name, r)
    return (name, *calls.RECIPES[name](r))


def found_in(library: Any, name: str) -> Any:
    """The function of a name in Keras or here."""
    space, _, last = name.rpartition(".")
    namespace = functools.reduce(getattr, space.split("."), library)
    if name in scores.RECIPES:
        return functools.partial(scores.call, namespace, last)
    return getattr(namespace, last)


def compare_calls(keras: Any, ours: Any, seed: int, cases: Iterator[int] | range) -> Iterator[Difference]:
    """Call what each case says on either side; give the differences."""
    for case in cases:
        name, args, kwargs = draw_call(seed, case)
        theirs, mine = (outcome(found_in(library, name), args, kwargs) for library in (keras, ours))
        values = name not in calls.NO_VALUES and not name.startswith("random.")
        found = difference(theirs, mine, values, coarsest((args, kwargs)))
        if found:
            yield Difference(name, *found, case, f"{name}({shown(args)[1:-1]}, {shown(kwargs)})")
