"""Generators and PyDatasets that tests of several modules read from."""

from __future__ import annotations

import numpy as np

from torchkeras_compat.data.py_dataset import PyDataset


class Rows(PyDataset):
    """Batch i holds the number i; `length=None` never ends."""

    def __init__(self, length=4, **options):
        super().__init__(**options)
        self.length, self.events = length, []

    @property
    def num_batches(self):
        return self.length

    def __getitem__(self, index):
        if index == 13:
            raise ValueError("an unlucky batch")
        return np.full((2, 3), index, "float64"), np.array([index % 2] * 2)

    def on_epoch_begin(self):
        self.events.append("begin")

    def on_epoch_end(self):
        self.events.append("end")


def pairs(count=3):
    return ((np.full((2, 2), i, "float64"), np.array([i, i])) for i in range(count))
