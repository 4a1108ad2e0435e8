"""What all streams of batches have in common: class weights, devices, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from tests.data.batch_sources import Rows, pairs
from torchkeras_compat.data.make_adapter import make_adapter


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
    (lambda: iter([(np.ones(1), np.array(["a"]))]), {}, "`a batch of a generator` has dtype"),
    (lambda: iter([(np.array([1, "a"], object),)]), {}, "`a batch of a generator` has dtype object"),
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


def test_streams_go_to_the_device():
    x, y, weights = next(make_adapter(pairs(), device="meta", class_weight={0: 2}).epoch())
    assert {x.device.type, y.device.type, weights.device.type} == {"meta"}
