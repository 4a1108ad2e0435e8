"""split_dataset: arrays, torch datasets and pipelines in two parts."""

from __future__ import annotations

import pathlib
import random
import sys

import numpy as np
import pytest
import torch
from torch.utils.data import IterableDataset, TensorDataset

from torchkeras_compat import utils
from torchkeras_compat.data.pipeline import Pipeline
from torchkeras_compat.dialects.view import TensorflowView
from torchkeras_compat.utils.dataset_split import split_dataset


@pytest.mark.parametrize(
    ("sizes", "left", "right"),
    [
        ({"left_size": 0.3}, [0, 1, 2], [3, 4, 5, 6, 7, 8, 9]),
        ({"left_size": 0.33}, [0, 1, 2], [3, 4, 5, 6, 7, 8, 9]),
        ({"right_size": 3}, [0, 1, 2, 3, 4, 5, 6], [7, 8, 9]),
        ({"left_size": 3, "right_size": 4}, [0, 1, 2], [6, 7, 8, 9]),
        ({"left_size": 0.3, "right_size": 0.3}, [0, 1, 2], [7, 8, 9]),
        ({"left_size": 0.1, "shuffle": True, "seed": 5}, [2], [3, 1, 0, 8, 7, 6, 5, 4, 9]),
    ],
)
def test_parts_are_those_of_keras_on_tensorflow(sizes, left, right):
    # The values that Keras 3.15 gives with TensorFlow; on torch it shuffles whatever `shuffle` says.
    parts = split_dataset(np.arange(10), **sizes)
    assert [[int(n) for n in part] for part in parts] == [left, right]


class Five(IterableDataset):
    def __iter__(self):
        return iter([torch.tensor(n) for n in range(5)])


@pytest.mark.parametrize(
    "dataset",
    [
        [np.arange(5), np.arange(5) * 2],
        (torch.arange(5), torch.arange(5) * 2),
        TensorDataset(torch.arange(5), torch.arange(5) * 2),
        Pipeline(lambda: iter([(torch.arange(5), torch.arange(5) * 2)]), 1, is_batched=True),
        Pipeline(lambda: iter([(torch.tensor(n), torch.tensor(2 * n)) for n in range(5)]), 5),
    ],
    ids=["list", "tuple", "torch", "batches", "samples"],
)
def test_samples_of_every_source(dataset):
    left, right = split_dataset(dataset, left_size=2)
    assert isinstance(left, torch.utils.data.Dataset)
    assert [(int(x), int(y)) for x, y in left] == [(0, 0), (1, 2)]
    assert [(int(x), int(y)) for x, y in right] == [(2, 4), (3, 6), (4, 8)]


def test_an_iterable_is_read_once():
    assert [len(part) for part in split_dataset(Five(), right_size=0.4)] == [3, 2]


def test_a_shuffle_without_seed_follows_python():
    orders = []
    for _ in range(2):
        random.seed(3)
        orders.append([int(n) for n in split_dataset(np.arange(50), left_size=0.5, shuffle=True)[0]])
    assert orders[0] == orders[1] != list(range(25))


@pytest.mark.parametrize(
    ("dataset", "options", "error", "message"),
    [
        (np.arange(10), {}, ValueError, "At least one"),
        (np.arange(10), {"left_size": 11}, ValueError, "smaller than 10.*left_size=11"),
        (np.arange(10), {"left_size": 1.5}, ValueError, "left_size=1.5"),
        (np.arange(10), {"right_size": 0}, ValueError, "right_size=0"),
        (np.arange(10), {"left_size": "a"}, TypeError, "left_size='a'"),
        (np.arange(10), {"left_size": True}, TypeError, "left_size=True"),
        (np.arange(10), {"left_size": 0.5, "right_size": 0.6}, ValueError, "Received: 0.5 and 0.6"),
        (np.arange(10), {"left_size": 6, "right_size": 6}, ValueError, "6 and 6 samples, and there are 10"),
        (np.arange(10), {"left_size": 0.01}, ValueError, "0 and 10 samples"),
        (np.arange(10), {"left_size": 1, "preferred_backend": "jax"}, ValueError, "Received: 'jax'"),
        ([], {"left_size": 1}, ValueError, "empty list"),
        ([np.arange(3), np.arange(4)], {"left_size": 1}, ValueError, r"\[3, 4\]"),
        ({"a": np.arange(3)}, {"left_size": 1}, TypeError, "dict"),
        (Pipeline(lambda: iter([1]), 1).repeat(), {"left_size": 1}, ValueError, "never ends"),
    ],
)
def test_what_cannot_be_split_is_refused(dataset, options, error, message):
    with pytest.raises(error, match=message):
        split_dataset(dataset, **options)


def test_no_module_hides_a_function_of_its_own_name():
    # Importing a module sets it as an attribute of its package, in front of a public name that is the same.
    modules = {path.stem for path in pathlib.Path(utils.__file__).parent.glob("*.py")}
    assert not modules & set(utils.__all__)


def test_arrays_are_split_where_tensorflow_means_this_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", TensorflowView("tensorflow", ""))
    left, right = split_dataset(np.arange(10), left_size=0.8)
    assert (len(left), len(right)) == (8, 2)
