"""Sections of training: a step, the everyday epoch, applications, how a step grows."""

from __future__ import annotations

from ..bench import Bench, column
from ..everyday import KEYS
from ..measurement import Measurement
from ..tables import Values, comparison, figures, section
from ..workloads import APPLICATIONS, GROWING, OWN, SEVEN, Workload


def _seconds(bench: Bench, measure: str, group: str, workload: Workload) -> Values:
    found = bench.living(Measurement(measure, {"workload": f"{group}:{workload.title}"}))
    return column(found)


def _rows(bench: Bench, measure: str, group: str, members: tuple[Workload, ...]) -> list[tuple[str, Values]]:
    chosen = [workload for workload in members if bench.wanted(workload.title, workload.key)]
    return [(workload.title, _seconds(bench, measure, group, workload)) for workload in chosen]


def step(bench: Bench) -> str:
    """A step of ``fit`` in the steady state, on the seven workloads."""
    rows = _rows(bench, "step", "seven", SEVEN)
    own = _rows(bench, "step", "own", OWN)
    return section(
        "A training step",
        "An epoch of `fit` on arrays, divided by its steps, after 60 steps or more.",
        figures("milliseconds per step", rows, scale=1e3),
        comparison(rows),
        comparison(rows, base="keras-jax", only=("ours",)),
        "With a `call`, layers and a loss of the user's own:",
        figures("milliseconds per step", own, scale=1e3),
        comparison(own),
    )


def first_step(bench: Bench) -> str:
    """The first step of a new model."""
    rows = _rows(bench, "first_step", "seven", SEVEN[:3] if bench.quick else SEVEN)
    return section(
        "The first step",
        "The first batch of a new, built and compiled model by `fit`, in a process that has trained other models.",
        figures("milliseconds", rows, 1, 1e3),
        comparison(rows),
    )


def everyday(bench: Bench) -> str:
    """An epoch with all that training scripts have."""
    rows = _rows(bench, "everyday", "seven", tuple(each for each in SEVEN if each.key in KEYS))
    return section(
        "With two metrics, class weights, validation and callbacks",
        figures("milliseconds an epoch", rows, 1, 1e3),
        comparison(rows),
    )


def applications(bench: Bench) -> str:
    """A step of models of `applications`, and building them."""
    members = APPLICATIONS[:1] if bench.quick else APPLICATIONS
    rows = _rows(bench, "step", "applications", members)
    building = _rows(bench, "build", "applications", members)
    return section(
        "Applications",
        figures("milliseconds per step", rows, 1, 1e3),
        comparison(rows),
        figures("seconds to build and compile", building, 2),
    )


def growth(bench: Bench) -> str:
    """How a step grows with layers, inputs and data."""
    parts = []
    for what, members in GROWING.items():
        if bench.wanted(what):
            chosen = (members[0], members[-2]) if bench.quick else members
            rows = [(workload.title, _seconds(bench, "step", what, workload)) for workload in chosen]
            parts += [figures(f"{what}: milliseconds per step", rows, scale=1e3), comparison(rows, mean=False)]
    return section("How a step grows", *parts)
