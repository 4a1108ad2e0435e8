"""TensorFlow's datasets: a stand-in."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest
import torch

from torchkeras_compat.data.make_adapter import make_adapter
from torchkeras_compat.utils.dataset_split import split_dataset


def batches(data, **options):
    return list(make_adapter(data, device="cpu", **{"shuffle": False, **options}).epoch())


class FakeTensorflowDataset:
    def __init__(self, elements, cardinality=None):
        self.elements, self.count = elements, len(elements) if cardinality is None else cardinality

    def cardinality(self):
        return np.int64(self.count)

    def as_numpy_iterator(self):
        return iter(self.elements)


@pytest.fixture
def tensorflow(monkeypatch):
    fake = types.ModuleType("tensorflow")
    fake.data = types.SimpleNamespace(Dataset=FakeTensorflowDataset)
    monkeypatch.setitem(sys.modules, "tensorflow", fake)
    return FakeTensorflowDataset


def test_a_tensorflow_dataset_gives_its_batches(tensorflow):
    data = tensorflow([(np.ones((2, 3)), np.array([1, 2])), (np.ones((1, 3)), np.array([3]))])
    adapter = make_adapter(data, device="cpu")
    assert adapter.num_batches == 2
    for _ in range(2):
        assert [(tuple(x.shape), x.dtype, y.tolist()) for x, y, _ in adapter.epoch()] == [
            ((2, 3), torch.float32, [1, 2]),
            ((1, 3), torch.float32, [3]),
        ]
    for unknown in (-1, -2):
        assert make_adapter(tensorflow([], unknown), device="cpu").num_batches is None
    left, right = split_dataset(tensorflow([(np.ones(2), np.float32(i)) for i in range(5)]), left_size=2)
    assert [float(y) for _, y in left] == [0, 1] and len(right) == 3


def test_a_tensorflow_dataset_is_refused(tensorflow):
    with pytest.raises(ValueError, match="has 0 batches"):
        make_adapter(tensorflow([]), device="cpu")
    with pytest.raises(ValueError, match=r"as a tf.data.Dataset, `y` should not"):
        make_adapter(tensorflow([np.ones(2)]), [1], device="cpu")
    with pytest.raises(ValueError, match="dtype object"):
        batches(tensorflow([(np.ones(1), np.array([b"text"], dtype=object))]))


def test_a_tensorflow_dataset_gives_its_strings(tensorflow):
    [(x, _, _)] = batches(tensorflow([(np.array([b"text", "längs".encode()], dtype=object), np.ones(2))]))
    assert x.tolist() == ["text", "längs"]
