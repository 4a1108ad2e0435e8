"""`Concatenate`."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from tests.layers.merging.checks import check_against_keras, check_masks, check_refused

CASES: list[tuple[str, dict[str, Any], list[tuple[int, ...]]]] = [
    ("Concatenate", {}, [(2, 3, 4), (2, 3, 2)]),
    ("Concatenate", {"axis": 1}, [(2, 3, 4), (2, 5, 4), (2, 1, 4)]),
]


@pytest.mark.parametrize(("name", "arguments", "shapes"), CASES)
def test_outputs_gradients_and_shapes_are_those_of_keras(
    name: str, arguments: dict[str, Any], shapes: list[tuple[int, ...]], real_keras: ModuleType
) -> None:
    check_against_keras(name, arguments, shapes, real_keras)


@pytest.mark.parametrize("axis", [-1, 1])
@pytest.mark.parametrize("second", [[1, 0, 1, 0], None])
def test_masks_are_those_of_keras(axis: int, second: list[int] | None, real_keras: ModuleType) -> None:
    check_masks("Concatenate", {"axis": axis}, second, real_keras)


@pytest.mark.parametrize(
    ("name", "arguments", "inputs", "error", "message"),
    [
        ("Concatenate", {}, [(2, 3), (2, 4, 5)], ValueError, "matching shapes"),
        ("Concatenate", {"axis": 1}, [(2, 3, 4), (2, 3, 5)], ValueError, "matching shapes"),
    ],
)
def test_what_does_not_fit_is_refused(
    name: str, arguments: dict[str, Any], inputs: list[tuple[int, ...]], error: type[Exception], message: str
) -> None:
    check_refused(name, arguments, inputs, error, message)
