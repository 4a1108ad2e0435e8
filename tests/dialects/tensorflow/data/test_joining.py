from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset


def test_zip_in_all_its_spellings(listed: Any) -> None:
    a, b = Dataset.range(3), Dataset.range(10)
    assert listed(Dataset.zip((a, b))) == listed(Dataset.zip(a, b)) == listed(Dataset.zip(datasets=(a, b)))
    assert listed(Dataset.zip({"x": a, "y": (b, a)}))[1] == {"x": 1, "y": (1, 1)}
    assert len(Dataset.zip(a, b)) == 3
    with pytest.raises(TypeError, match="lists are not supported"):
        Dataset.zip([a, b])
    with pytest.raises(TypeError, match="at least one"):
        Dataset.zip()


def test_zipped_arrays_stay_rows(listed: Any) -> None:
    images, labels = np.arange(6).reshape(3, 2), np.arange(3)
    made = Dataset.zip((Dataset.from_tensor_slices(images), Dataset.from_tensor_slices(labels)))
    assert made._rows is not None
    assert listed(made.batch(2)) == [([[0, 1], [2, 3]], [0, 1]), ([[4, 5]], [2])]
    assert Dataset.zip((Dataset.range(3), Dataset.range(3).shuffle(3)))._rows is None


def test_concatenate(listed: Any) -> None:
    assert listed(Dataset.range(2).concatenate(Dataset.range(3))) == [0, 1, 0, 1, 2]
    assert len(Dataset.range(2).concatenate(Dataset.range(3))) == 5
    with pytest.raises(TypeError, match="Received: int"):
        Dataset.range(2).concatenate(3)
    with pytest.raises(TypeError, match="Incompatible"):
        _ = Dataset.range(2).concatenate(Dataset.from_tensors(1.5)).element_spec


def test_choices(listed: Any) -> None:
    """Values of TensorFlow 2.15."""
    order = Dataset.from_tensor_slices(np.array([0, 1, 0, 1, 0, 1]))
    assert listed(Dataset.choose_from_datasets([Dataset.range(2), Dataset.range(10, 12)], order)) == [0, 10, 1, 11]
    order = Dataset.from_tensor_slices(np.array([0, 1, 0, 1, 1]))
    parts = [Dataset.range(1), Dataset.range(10, 13)]
    assert listed(Dataset.choose_from_datasets(parts, order, stop_on_empty_dataset=False)) == [0, 10, 11, 12]
    with pytest.raises(ValueError, match="It yielded 2"):
        listed(Dataset.choose_from_datasets(parts, Dataset.range(2, 3)))


def test_samples_follow_their_weights(listed: Any) -> None:
    parts = [Dataset.from_tensors(n).repeat() for n in range(3)]
    drawn = [int(n) for n in itertools.islice(Dataset.sample_from_datasets(parts, [0.7, 0.0, 0.3], seed=0), 1000)]
    assert 1 not in drawn and 640 < drawn.count(0) < 760
    finite = [Dataset.range(3), Dataset.range(10, 12)]
    assert sorted(listed(Dataset.sample_from_datasets(finite, seed=1))) == [0, 1, 2, 10, 11]
    fixed = Dataset.sample_from_datasets(finite, rerandomize_each_iteration=False)
    assert listed(fixed) == listed(fixed)
    with pytest.raises(ValueError, match="for each of the 2 datasets. Received 1"):
        Dataset.sample_from_datasets(finite, [1.0])
    with pytest.raises(ValueError, match="non-empty list"):
        Dataset.sample_from_datasets([])
