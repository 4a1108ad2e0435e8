"""PyDataset as users write it."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.data.py_dataset import PyDataset


class Plain(PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return np.ones((2, 2))


def test_py_dataset_without_super_init_and_with_len():
    class NoSuper(Plain):
        def __init__(self):
            pass

    assert NoSuper().workers == 1 and NoSuper().num_batches == 2
    assert len(list(NoSuper())) == 2


def test_py_dataset_refuses_bad_numbers_and_a_missing_getitem():
    with pytest.raises(ValueError, match="workers=-1"):
        PyDataset(workers=-1)
    with pytest.raises(NotImplementedError, match="must define `__getitem__"):
        PyDataset()[0]
