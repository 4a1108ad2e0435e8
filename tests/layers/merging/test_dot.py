"""`Dot`."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from tests.layers.merging.checks import check_against_keras, check_refused

CASES: list[tuple[str, dict[str, Any], list[tuple[int, ...]]]] = [
    ("Dot", {"axes": 1}, [(2, 3), (2, 3)]),
    ("Dot", {"axes": -1, "normalize": True}, [(2, 3), (2, 3)]),
    ("Dot", {"axes": (1, 2)}, [(2, 3, 4), (2, 5, 3)]),
    ("Dot", {"axes": (2, 1)}, [(2, 3, 4), (2, 4)]),
]


@pytest.mark.parametrize(("name", "arguments", "shapes"), CASES)
def test_outputs_gradients_and_shapes_are_those_of_keras(
    name: str, arguments: dict[str, Any], shapes: list[tuple[int, ...]], real_keras: ModuleType
) -> None:
    check_against_keras(name, arguments, shapes, real_keras)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs", "error", "message"),
    [
        ("Dot", {"axes": 1}, [(2, 3), (2, 4)], ValueError, "axis values 3.*4"),
        ("Dot", {"axes": 0}, [(2, 3), (2, 3)], ValueError, "batch"),
        ("Dot", {"axes": 1}, [(2, 3)] * 3, ValueError, "2 inputs"),
        ("Dot", {"axes": "x"}, [(2, 3)] * 2, TypeError, "axes"),
        ("Dot", {"axes": (1, 2, 3)}, [(2, 3)] * 2, ValueError, "axes"),
    ],
)
def test_what_does_not_fit_is_refused(
    name: str, arguments: dict[str, Any], inputs: list[tuple[int, ...]], error: type[Exception], message: str
) -> None:
    check_refused(name, arguments, inputs, error, message)
