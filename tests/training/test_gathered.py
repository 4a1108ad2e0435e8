"""Arrays of batches in one result."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.data.adapter import Adapter
from torchkeras_compat.training.gathered import Gathered, checked_leaves, samples_to_come


def source(batches, size, partial):
    class Source(Adapter):
        num_batches, batch_size, partial_batch_size = batches, size, partial

        def epoch(self):
            raise NotImplementedError

    return Source()


@pytest.mark.parametrize(
    ("adapter", "steps", "expected"),
    [
        (source(3, 4, 2), None, 10),
        (source(3, 4, 0), None, 12),
        (source(3, 4, None), None, 12),
        (source(3, 4, 2), 2, 8),
        (source(3, 4, 2), 3, 10),
        (source(3, 4, 2), 9, 10),
        (source(None, 4, None), 10**9, None),
        (source(3, None, None), None, None),
    ],
)
def test_samples_are_counted_where_the_source_says_them(adapter, steps, expected):
    assert samples_to_come(adapter, steps) == expected


@pytest.mark.parametrize("samples", [None, 5, 9, 3])
def test_any_number_of_samples_said_gives_the_same(samples):
    gathered = Gathered(samples)
    for part in ([0, 1], [2, 3], [4]):
        gathered.add([np.array(part, "int16"), np.array(part, "float32")[:, None]])
    first, second = gathered.arrays()
    assert (first.dtype, first.tolist()) == (np.dtype("int16"), [0, 1, 2, 3, 4])
    assert second.tolist() == [[0.0], [1.0], [2.0], [3.0], [4.0]]


@pytest.mark.parametrize("samples", [None, 4])
def test_memory_that_is_written_again_is_copied(samples):
    gathered, memory = Gathered(samples, are_reused=True), np.zeros(2)
    for value in (1.0, 2.0):
        memory[:] = value
        gathered.add([memory])
    assert gathered.arrays()[0].tolist() == [1.0, 1.0, 2.0, 2.0]


def test_another_nesting_is_refused():
    with pytest.raises(ValueError, match="mismatch"):
        checked_leaves({"a": np.zeros(1)}, {"b": np.zeros(1)})
    assert len(checked_leaves([np.zeros(1), np.zeros(1)], [np.zeros(1), np.zeros(2)])) == 2
