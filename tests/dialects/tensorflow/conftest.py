"""`tensorflow` as a program finds it, and the numbers that TensorFlow itself gives.

A test that takes `function` and `calls` gets the calls of `expected/<its place>.jsonl`, by the function called.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("numbers_of_tensorflow", HERE / "numbers_of_tensorflow.py")
assert _spec is not None and _spec.loader is not None
numbers = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(numbers)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "calls" not in metafunc.fixturenames:
        return
    place = Path(str(metafunc.definition.path)).relative_to(HERE)
    found: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for call, expected in numbers.cases((place.parent / place.stem.removeprefix("test_")).as_posix()):
        found[numbers.function_of(call)].append((call, expected))
    metafunc.parametrize("calls", found.values(), ids=found.keys())


@pytest.fixture
def tf(nothing_imported: None) -> Iterator[Any]:
    """`tensorflow`, which this package provides."""
    from torchkeras_compat.dialects.install import install_as_keras

    with install_as_keras():
        yield importlib.import_module("tensorflow")
    for name in [name for name in sys.modules if name.partition(".")[0] == "tensorflow"]:
        del sys.modules[name]


@pytest.fixture(scope="session")
def calls_on_numbers() -> list[tuple[str, Any]]:
    """All calls on tensors of numbers for which TensorFlow gives such tensors."""
    places = [
        path.relative_to(HERE / "expected").with_suffix("").as_posix() for path in HERE.rglob("expected/*/*.jsonl")
    ]
    found = [case for place in places for case in numbers.cases(place)]
    others = ("ragged", "Ragged", "Sparse", "strings", "'a'", "None]")
    return [
        (call, result) for call, result in found if not (numbers.is_error(result) or any(o in call for o in others))
    ]


@pytest.fixture
def agree(tf: Any) -> Callable[[list[tuple[str, Any]]], None]:
    """Check that calls give what TensorFlow gives."""

    def check(calls: list[tuple[str, Any]]) -> None:
        known = {"tf": tf, "np": np, **numbers.inputs(tf)}
        differences = []
        for call, expected in calls:
            result, error = None, None
            try:
                result = eval(call, known)
            except Exception as raised:
                error = raised
            difference = numbers.agrees(result, error, expected)
            if difference:
                differences.append(f"{call}: {difference}")
        assert differences == []

    return check
