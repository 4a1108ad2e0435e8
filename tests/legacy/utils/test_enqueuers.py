from __future__ import annotations

import itertools
import threading

import pytest

from torchkeras_compat.data.py_dataset import PyDataset
from torchkeras_compat.legacy.utils.enqueuers import GeneratorEnqueuer, OrderedEnqueuer, SequenceEnqueuer


class Squares(PyDataset):
    def __init__(self, fails_at=None):
        super().__init__()
        self.fails_at = fails_at
        self.epochs = 0

    def __len__(self):
        return 5

    def __getitem__(self, index):
        if index == self.fails_at:
            raise KeyError("broken batch")
        return index**2

    def on_epoch_end(self):
        self.epochs += 1


def taken(enqueuer, count, **settings):
    enqueuer.start(**settings)
    try:
        return list(itertools.islice(enqueuer.get(), count))
    finally:
        enqueuer.stop()


@pytest.mark.parametrize("processes", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_batches_keep_their_order_and_go_on(processes):
    sequence = Squares()
    enqueuer = OrderedEnqueuer(sequence, use_multiprocessing=processes)
    assert not enqueuer.is_running()
    assert taken(enqueuer, 12, workers=3, max_queue_size=4) == [0, 1, 4, 9, 16, 0, 1, 4, 9, 16, 0, 1]
    assert sequence.epochs >= 2 and not enqueuer.is_running()
    assert taken(enqueuer, 2) == [0, 1]


def test_orders_are_random_if_asked():
    found = taken(OrderedEnqueuer(Squares(), shuffle=True), 10)
    assert sorted(found[:5]) == sorted(found[5:]) == [0, 1, 4, 9, 16]


def test_errors_are_raised_where_batches_are_got():
    enqueuer = OrderedEnqueuer(Squares(fails_at=2))
    with pytest.raises(KeyError, match="broken batch"):
        taken(enqueuer, 5, workers=2)
    assert not enqueuer.is_running()

    def failing():
        yield 1
        raise KeyError("broken generator")

    with pytest.raises(KeyError, match="broken generator"):
        taken(GeneratorEnqueuer(failing()), 5)


def test_generators_end():
    before = threading.active_count()
    assert taken(GeneratorEnqueuer(iter(range(30)), wait_time=0.1, random_seed=3), 99, max_queue_size=2) == [*range(30)]
    assert taken(GeneratorEnqueuer(itertools.count()), 3, max_queue_size=1) == [0, 1, 2]
    assert threading.active_count() <= before + 1


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="use_multiprocessing=False"):
        GeneratorEnqueuer(iter([]), use_multiprocessing=True)
    with pytest.raises(ValueError, match="workers=0"):
        OrderedEnqueuer(Squares()).start(workers=0)
    enqueuer = OrderedEnqueuer(Squares())
    enqueuer.start()
    with pytest.raises(RuntimeError, match="running already"):
        enqueuer.start()
    enqueuer.stop()
    with pytest.raises(NotImplementedError, match="`_run`"):
        taken(SequenceEnqueuer(Squares()), 1)
