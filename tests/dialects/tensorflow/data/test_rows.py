from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.data.rows import Progression, Rows, joined
from torchkeras_compat.dialects.tensorflow.data.shuffling import random_numbers, shuffled

COLUMNS = (torch.arange(10), {"a": np.array([b"%d" % n for n in range(10)], dtype=object)})


def numbers(rows: Rows) -> list[int]:
    return [int(row[0]) for row in rows.elements()]


def test_rows_keep_their_columns_together() -> None:
    for number, texts in Rows.of(COLUMNS).part(1, 9, 3).elements():
        assert texts["a"][()] == b"%d" % number


@pytest.mark.parametrize(("start", "stop", "step"), [(0, 4, 1), (3, None, 1), (1, 8, 3), (12, None, 1), (0, 99, 4)])
def test_parts_are_slices_in_whatever_pieces(start: int, stop: int | None, step: int) -> None:
    rows = Rows.of(COLUMNS)
    pieces = rows.then(lambda: iter([range(0, 3), np.array([3, 4]), range(5, 10)]), 10)
    for source in (rows, pieces):
        part = source.part(start, stop, step)
        assert numbers(part) == list(range(10))[start:stop:step]
        assert part.count == len(numbers(part))


@pytest.mark.parametrize("buffer", [2, 9, 10, 50])
def test_rows_are_shuffled_as_elements_are(buffer: int) -> None:
    rows = Rows.of(COLUMNS).shuffled(buffer, lambda: (3, 1))
    assert numbers(rows) == list(shuffled(range(10), buffer, random_numbers(3, 1)))


def test_batches_are_views_without_shuffling() -> None:
    batches = list(Rows.of((torch.arange(5), torch.arange(5))).batches(2, drop_remainder=False))
    assert [batch[0].tolist() for batch in batches] == [[0, 1], [2, 3], [4]]
    assert batches[0][0].untyped_storage().data_ptr() == batches[1][0].untyped_storage().data_ptr()
    assert len(list(Rows.of(torch.arange(5)).batches(2, drop_remainder=True))) == 2


def test_a_progression_has_no_memory() -> None:
    rows = Rows.of(Progression(5, 3, 2**60, torch.int32)).part(2, None)
    assert [int(n) for n in itertools.islice(rows.elements(), 2)] == [11, 14]


def test_neighbouring_pieces_become_one_range() -> None:
    assert joined([range(0, 2), range(2, 5)]) == range(0, 5)
    assert np.asarray(joined([range(0, 2), range(3, 4)])).tolist() == [0, 1, 3]
