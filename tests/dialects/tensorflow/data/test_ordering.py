from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch

from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset


def through(dataset: Any) -> Any:
    """The same elements, no longer as rows of arrays."""
    return dataset.map(lambda n: n)


@pytest.mark.parametrize("buffer", [1, 3, 10, 100])
def test_rows_and_elements_have_one_order(listed: Any, buffer: int) -> None:
    rows = Dataset.range(10)
    order = listed(rows.shuffle(buffer, seed=5))
    assert order == listed(through(rows).shuffle(buffer, seed=5))
    assert sorted(order) == list(range(10))


def test_the_order_of_a_seed_is_fixed(listed: Any) -> None:
    assert listed(Dataset.range(10).shuffle(10, seed=1)) == [8, 4, 7, 0, 1, 2, 5, 9, 6, 3]
    assert listed(Dataset.range(10).shuffle(3, seed=1)) == [1, 3, 2, 5, 0, 7, 6, 9, 4, 8]


def test_passes_differ_unless_asked(listed: Any) -> None:
    fresh = Dataset.range(20).shuffle(20, seed=2)
    assert listed(fresh) != listed(fresh)
    fixed = Dataset.range(20).shuffle(20, reshuffle_each_iteration=False)
    assert listed(fixed) == listed(fixed)
    twice = listed(Dataset.range(20).shuffle(20, seed=2).repeat(2))
    assert twice[:20] != twice[20:]
    assert twice == listed(through(Dataset.range(20)).shuffle(20, seed=2).repeat(2))


def test_the_seed_of_torch_repeats_orders(listed: Any) -> None:
    torch.manual_seed(3)
    first = listed(Dataset.range(20).shuffle(20))
    torch.manual_seed(3)
    assert listed(Dataset.range(20).shuffle(20)) == first


def test_training_goes_on_in_the_order_it_had(listed: Any) -> None:
    dataset = Dataset.range(9).shuffle(9, seed=1)
    listed(dataset)
    state = dataset.state_dict()
    second = listed(dataset)
    other = Dataset.range(9).shuffle(9, seed=1)
    other.load_state_dict(state)
    assert listed(other) == second


@pytest.mark.parametrize("change", [lambda ds: ds, through])
def test_places(listed: Any, change: Any) -> None:
    numbers = change(Dataset.range(10))
    assert listed(numbers.take(3)) == [0, 1, 2]
    assert listed(numbers.take(-1)) == list(range(10))
    assert listed(numbers.skip(8)) == [8, 9]
    assert listed(numbers.skip(-1)) == []
    assert listed(numbers.shard(3, 1)) == [1, 4, 7]
    assert listed(numbers.take(2).repeat(2)) == [0, 1, 0, 1]
    assert listed(numbers.repeat(0)) == []
    assert listed(numbers.repeat().skip(3).shard(4, 2).take(5)) == [5, 9, 3, 7, 1]  # TensorFlow 2.15
    assert listed(numbers.take(0).repeat()) == []
    assert listed(numbers.prefetch(2)) == listed(numbers.prefetch(-1)) == list(range(10))


def test_cardinalities_are_those_of_tensorflow() -> None:
    """Values of TensorFlow 2.15."""
    ten = Dataset.range(10)
    found = [
        ten.shard(3, 1),
        ten.shard(3, 0),
        ten.take(3),
        ten.skip(4),
        ten.repeat(3),
        ten.repeat(),
        ten.take(0).repeat(),
    ]
    assert [int(one.cardinality()) for one in found] == [3, 4, 3, 6, 30, -1, 0]
    endless = ten.repeat()
    assert [int(x.cardinality()) for x in (endless.skip(2), endless.take(7), endless.shard(2, 0))] == [-1, 7, -1]


def test_wrong_numbers() -> None:
    ten = Dataset.range(10)
    with pytest.raises(ValueError, match="index=3, num_shards=3"):
        ten.shard(3, 3)
    with pytest.raises(ValueError, match="buffer_size=0"):
        ten.shuffle(0)
    with pytest.raises(ValueError, match="count=-2"):
        ten.take(-2)


def test_resampling_changes_frequencies() -> None:
    labels = Dataset.from_tensor_slices([0] * 900 + [1] * 100).shuffle(1000, seed=0)
    for initial in (None, [0.9, 0.1]):
        drawn = labels.repeat().rejection_resample(lambda n: n, [0.5, 0.5], initial, seed=1)
        found = [int(label) for label, _ in itertools.islice(drawn, 400)]
        assert 0.4 < sum(found) / 400 < 0.6
    with pytest.raises(ValueError, match="`initial_dist` has 1 classes"):
        labels.rejection_resample(lambda n: n, [0.5, 0.5], [1.0])
