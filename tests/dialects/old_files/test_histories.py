"""Where tensors come from, as Keras 2 writes it."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.dialects.old_files.histories import is_history


@pytest.mark.parametrize("value", [["dense", 0, 0], ["dense", 1, 2, {}], ["dense", 0, 0, {"mask": None}]])
def test_histories(value: Any) -> None:
    assert is_history(value)


@pytest.mark.parametrize(
    "value", [["dense", 0], ["dense", 0, 0, {}, 1], [0, 0, 0], ["dense", 0.0, 0], ["dense", True, 0], "dense", None, {}]
)
def test_what_is_none(value: Any) -> None:
    assert not is_history(value)
