"""DataLoader, generators, iterables and PyDataset as training data."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

from torchkeras_compat.data.make_adapter import make_adapter
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


class Plain(PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return np.ones((2, 2))


def pairs(count=3):
    return ((np.full((2, 2), i, "float64"), np.array([i, i])) for i in range(count))


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


def test_a_generator_is_not_restarted_and_loses_no_batch():
    adapter = make_adapter(pairs(3), device="cpu")
    assert adapter.num_batches is None
    batches = adapter.epoch()
    x, y, weights = next(batches)
    assert x.dtype is torch.float32 and y.dtype is torch.int64 and weights is None
    assert [y[0].item() for _, y, _ in batches] == [1, 2]
    assert list(adapter.epoch()) == []


def test_an_iterable_starts_anew():
    class Batches:
        def __iter__(self):
            return pairs(3)

    adapter = make_adapter(Batches(), device="cpu")
    assert [len(list(adapter.epoch())) for _ in range(2)] == [3, 3]


def test_a_generator_may_yield_structures_and_bare_inputs():
    x, y, _ = next(make_adapter(iter([({"a": np.ones((2, 1)), "b": None}, [np.ones(2)])]), device="cpu").epoch())
    assert x["a"].dtype is torch.float32 and x["b"] is None and isinstance(y, list)
    x, y, _ = next(make_adapter(iter([np.ones((2, 1))]), device="cpu").epoch())
    assert y is None and x.shape == (2, 1)


@pytest.mark.parametrize("source", [pairs, lambda: Rows(), lambda: [0, 1]])
def test_class_weights_work_on_streams(source):
    x = source() if source is not pairs else pairs()
    if isinstance(x, list):
        x = DataLoader(TensorDataset(torch.ones(2, 2), torch.tensor(x)), batch_size=2)
    for _, y, weights in make_adapter(x, class_weight={0: 1, 1: 7}, device="cpu").epoch():
        assert weights.tolist() == [7 if label == 1 else 1 for label in y.tolist()]


BAD = [
    (lambda: pairs(), {"y": np.ones(2)}, "providing `x` as a generator, `y` should not be passed"),
    (lambda: pairs(), {"sample_weight": np.ones(2)}, "as a generator, `sample_weights` should not be passed"),
    (lambda: DataLoader([1]), {"y": np.ones(2)}, "When providing `x` as a torch DataLoader, `y` should not"),
    (lambda: Rows(), {"y": np.ones(2)}, "as a PyDataset, `y` should not"),
    (lambda: iter([]), {}, "empty: x is a generator that yielded nothing"),
    (lambda: iter([(1, 2, 3, 4)]), {}, r"must yield `\(x,\)`.*Received a tuple of 4 items"),
    (lambda: iter([[np.ones(2), np.ones(2)]]), {}, r"Received a list of 2 items.*Yield `\(x, y\)`"),
    (lambda: iter([("a", np.ones(2))]), {}, "Received a leaf of type str"),
    (lambda: iter([(np.array(["a"]),)]), {}, "`a batch of a generator` has dtype"),
    (lambda: pairs(), {"shuffle": "batch"}, "only for arrays"),
    (lambda: Rows(0), {}, "Rows has 0 batches"),
]


@pytest.mark.parametrize("source, arguments, message", BAD)
def test_bad_streams_are_refused_before_the_first_step(source, arguments, message):
    with pytest.raises(ValueError, match=f"(?s){message}"):
        make_adapter(source(), **arguments, device="cpu")


def test_a_wrong_later_batch_is_refused_too():
    batches = make_adapter(iter([(np.ones(2),), (1, 2, 3, 4)]), device="cpu").epoch()
    next(batches)
    with pytest.raises(ValueError, match="tuple of 4 items"):
        next(batches)


def test_a_batch_size_beside_a_stream_is_warned_of():
    with pytest.warns(UserWarning, match="`batch_size=3` has no effect: x is a generator"):
        make_adapter(pairs(), batch_size=3, device="cpu")


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


def test_streams_go_to_the_device():
    x, y, weights = next(make_adapter(pairs(), device="meta", class_weight={0: 2}).epoch())
    assert {x.device.type, y.device.type, weights.device.type} == {"meta"}
