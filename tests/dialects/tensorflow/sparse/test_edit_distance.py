"""How many insertions, deletions and replacements lie between sequences: TensorFlow's results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_results_are_those_of_tensorflow(agree: Callable[[Any], None], calls: Any) -> None:
    agree(calls)
