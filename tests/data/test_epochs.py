"""Epochs of a given number of steps. Oracle: which batches real Keras 3.15 runs, and where it warns."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import config
from torchkeras_compat.data.epochs import Epochs
from torchkeras_compat.data.make_adapter import make_adapter


def ordered(count):
    return make_adapter(np.arange(float(count)), batch_size=1, shuffle=False, device="cpu")


def run(epochs):
    return [int(x.item()) for x, _, _ in epochs.steps()]


def test_an_epoch_without_steps_is_one_pass():
    epochs = Epochs(ordered(3))
    assert epochs.num_steps == 3
    assert [run(epochs), run(epochs)] == [[0, 1, 2], [0, 1, 2]]


def test_the_next_epoch_goes_on_where_the_last_one_stopped():
    epochs = Epochs(ordered(4), steps_per_epoch=2)
    assert epochs.num_steps == 2
    assert [run(epochs) for _ in range(4)] == [[0, 1], [2, 3], [0, 1], [2, 3]]


def test_data_that_runs_out_ends_the_epoch_with_a_warning():
    epochs = Epochs(ordered(4), steps_per_epoch=3)
    assert run(epochs) == [0, 1, 2]
    with pytest.warns(UserWarning, match="ran out of data after 1 of 3 steps"):
        assert run(epochs) == [3]
    assert run(epochs) == [0, 1, 2]
    assert not epochs.is_exhausted


@pytest.mark.parametrize("steps", [None, 2])
def test_a_used_up_generator_ends_training(steps):
    epochs = Epochs(make_adapter(iter([np.ones(1)] * 2), device="cpu"), steps)
    assert len(run(epochs)) == 2
    with pytest.warns(UserWarning, match="interrupting training"):
        assert run(epochs) == []
    assert epochs.is_exhausted


def test_the_limit_of_the_configuration_counts():
    config.set_max_steps_per_epoch(2)
    try:
        assert Epochs(ordered(5)).num_steps == 2
        assert Epochs(ordered(5), steps_per_epoch=1).num_steps == 1
    finally:
        config.set_max_steps_per_epoch(None)


def test_the_source_hears_of_every_epoch():
    from torchkeras_compat.data.py_dataset import PyDataset

    class Recorded(PyDataset):
        def __init__(self):
            super().__init__()
            self.events = []

        def __getitem__(self, index):
            return np.ones((1, 1))

        def on_epoch_begin(self):
            self.events.append("begin")

        def on_epoch_end(self):
            self.events.append("end")

    dataset = Recorded()
    epochs = Epochs(make_adapter(dataset, device="cpu"), steps_per_epoch=3)
    assert [len(run(epochs)) for _ in range(2)] == [3, 3]
    assert dataset.events == ["begin", "end"] * 2
    epochs.close()
