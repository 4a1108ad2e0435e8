"""DataLoader as training data."""

from __future__ import annotations

import torch
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

from torchkeras_compat.data.make_adapter import make_adapter


def test_a_data_loader_gives_its_batches():
    loader = DataLoader(TensorDataset(torch.rand(34, 4, dtype=torch.float64), torch.arange(34)), batch_size=16)
    adapter = make_adapter(loader, device="cpu")
    assert (adapter.num_batches, adapter.batch_size, adapter.partial_batch_size) == (3, 16, 2)
    for _ in range(2):
        batches = list(adapter.epoch())
        assert [(tuple(x.shape), x.dtype, w) for x, _, w in batches][2] == ((2, 4), torch.float32, None)
        assert torch.cat([y for _, y, _ in batches]).tolist() == list(range(34))


def test_an_iterable_dataset_has_no_length():
    class Endless(IterableDataset):
        def __iter__(self):
            return iter([(torch.ones(2), torch.ones(1))] * 5)

    adapter = make_adapter(DataLoader(Endless(), batch_size=2), device="cpu")
    assert adapter.num_batches is None and adapter.has_partial_batch is None
    assert len(list(adapter.epoch())) == 3
