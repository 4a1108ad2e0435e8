"""Where a loop is, as an out-of-memory error finds it."""

from __future__ import annotations

import pytest

from torchkeras_compat.training.progress import Progress


def test_a_loop_begins_before_its_first_step():
    progress = Progress()
    assert (progress.epoch, progress.step, progress.batch) == (None, -1, None)


def test_nothing_else_is_kept_in_it():
    with pytest.raises(AttributeError):
        Progress().steps = 1
