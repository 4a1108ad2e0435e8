"""PyDataset as training data: order, workers and errors."""

from __future__ import annotations

import threading
import time

import pytest
import torch

from tests.data.batch_sources import Rows
from torchkeras_compat.data.make_adapter import make_adapter


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"workers": 3}, {"workers": 2, "use_multiprocessing": True}])
def test_py_dataset_gives_all_batches_in_order_or_shuffled(options):
    dataset = Rows(8, max_queue_size=4, **options)
    ordered = make_adapter(dataset, shuffle=False, device="cpu")
    assert ordered.num_batches == 8
    batches = list(ordered.epoch())
    assert [x[0, 0].item() for x, _, _ in batches] == list(range(8))
    assert batches[0][0].dtype is torch.float32
    if not options.get("use_multiprocessing"):
        seen = [x[0, 0].item() for x, _, _ in make_adapter(dataset, shuffle=True, device="cpu").epoch()]
        assert seen != list(range(8)) and sorted(seen) == list(range(8))


@pytest.mark.parametrize("options", [{}, {"workers": 2}, {"workers": 2, "use_multiprocessing": True}])
def test_an_error_of_a_py_dataset_arrives(options):
    adapter = make_adapter(Rows(14, **options), shuffle=False, device="cpu")
    with pytest.raises(ValueError, match="an unlucky batch"):
        list(adapter.epoch())


def test_workers_run_at_the_same_time_and_end_with_the_loop():
    class Slow(Rows):
        def __getitem__(self, index):
            time.sleep(0.02)
            return super().__getitem__(0)

    batches = make_adapter(Slow(None, workers=4, max_queue_size=4), device="cpu").epoch()
    next(batches)
    assert sum(thread.name.startswith("PyDataset") for thread in threading.enumerate()) == 4
    del batches
    deadline = time.time() + 2
    while any(thread.name.startswith("PyDataset") for thread in threading.enumerate()) and time.time() < deadline:
        time.sleep(0.01)
    assert not any(thread.name.startswith("PyDataset") for thread in threading.enumerate())
