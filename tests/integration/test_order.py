"""Slow tests begin first, on every worker of pytest-xdist."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.conftest import slow_ones_first


@dataclass
class Item:
    number: int
    is_slow: bool

    def get_closest_marker(self, name: str) -> bool:
        return name == "slow" and self.is_slow


@pytest.mark.parametrize(
    ("count", "slow", "workers", "order"),
    [
        (6, {2, 5}, 1, [2, 5, 0, 1, 3, 4]),
        (10, {3, 8, 9}, 2, [3, 9, 0, 1, 2, 8, 4, 5, 6, 7]),
        (11, {0, 1, 2, 3}, 3, [0, 3, 4, 1, 5, 6, 7, 2, 8, 9, 10]),
        (3, {1}, 8, [1, 0, 2]),
        (2, set(), 2, [0, 1]),
    ],
)
def test_each_worker_begins_with_its_slow_tests(count: int, slow: set[int], workers: int, order: list[int]) -> None:
    items = [Item(number, number in slow) for number in range(count)]
    assert [item.number for item in slow_ones_first(items, workers)] == order  # type: ignore[arg-type, attr-defined]
