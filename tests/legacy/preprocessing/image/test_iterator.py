from __future__ import annotations

import pickle

import numpy as np
import pytest

from torchkeras_compat.legacy.preprocessing.image.iterator import Iterator


class Indices(Iterator):
    def _get_batches_of_transformed_samples(self, index_array):
        return index_array.tolist()


def test_batches_come_without_end():
    batches = Indices(5, 2, False, None)
    assert [next(batches) for _ in range(4)] == [[0, 1], [2, 3], [4], [0, 1]]
    assert (batches.batch_index, batches.total_batches_seen, len(batches), batches.n) == (1, 4, 3, 5)
    batches.reset()
    assert batches.next() == [0, 1]
    assert batches.nb_sample == batches.N == 5
    assert iter(batches) is batches


def test_batches_by_index():
    batches = Indices(5, 2, False, None)
    assert [batches[i] for i in range(3)] == [[0, 1], [2, 3], [4]]
    assert batches[-1] == [4]
    with pytest.raises(ValueError, match="batch 3"):
        batches[3]


def test_each_epoch_has_an_order_that_the_seed_gives():
    np.random.seed(3)
    expected = np.random.permutation(5).tolist()
    batches = Indices(5, 5, True, 3)
    assert batches.next() == expected
    batches = Indices(5, 5, True, 3)
    assert batches[0] == expected
    batches.on_epoch_end()
    assert sorted(batches[0]) == [0, 1, 2, 3, 4]
    assert Indices(4, 2, True, 3).index_array is None


def test_pickles():
    batches = Indices(5, 2, False, None)
    next(batches)
    assert next(pickle.loads(pickle.dumps(batches))) == [2, 3]


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="batch_size=0"):
        Indices(5, 0, False, None)
    with pytest.raises(NotImplementedError, match="must define"):
        Iterator(5, 2, False, None).next()
    assert len(Indices(0, 2, False, None)) == 0
