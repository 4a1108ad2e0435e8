"""The class of the adapter for what is not arrays."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from torchkeras_compat.data.dataset_adapters import dataset_adapter
from torchkeras_compat.data.make_adapter import make_adapter
from torchkeras_compat.data.py_dataset import PyDataset

X = torch.arange(6.0)[:, None]


class Batches(PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return X[3 * index : 3 * index + 3], X[:3]


class ListOfSamples(list, torch.utils.data.Dataset):
    """A dataset of torch that is a list, too."""


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (Batches(), "PyDatasetAdapter"),
        (DataLoader(TensorDataset(X, X), 3), "TorchLoaderAdapter"),
        (TensorDataset(X, X), "TorchDatasetAdapter"),
        (ListOfSamples([(X[0], X[0]), (X[1], X[1])]), "TorchDatasetAdapter"),
        (((X, X) for _ in range(2)), "GeneratorAdapter"),
        (np.float64(3), "ArraysAdapter"),
    ],
)
def test_each_kind_of_data_has_its_adapter(data, name):
    found = dataset_adapter(data)
    assert (found.__name__ if found else "ArraysAdapter") == name
    if found is not None:
        assert type(make_adapter(data, batch_size=None)) is found


@pytest.mark.parametrize("data", [X, X.numpy(), [X, X], (X,), {"a": X}, [[1.0], [2.0]]])
def test_arrays_are_of_no_dataset(data):
    assert dataset_adapter(data) is None
    assert type(make_adapter(data)).__name__ == "ArraysAdapter"
