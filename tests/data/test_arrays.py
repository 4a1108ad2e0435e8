"""Arrays as batches. Oracle for dtypes: what real Keras hands to `train_step`; for order: torch's own generator."""

from __future__ import annotations

import warnings

import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import torch

from torchkeras_compat.data import arrays, transfer
from torchkeras_compat.data.arrays import ArraysAdapter
from torchkeras_compat.data.make_adapter import make_adapter

KINDS = ["numpy", "float64", "torch", "frame", "list", "memmap", "h5py", "sparse"]


def make(kind, values, tmp_path):
    if kind == "numpy":
        return values.astype("float32")
    if kind == "torch":
        return torch.from_numpy(values)
    if kind == "frame":
        return pd.DataFrame(values)
    if kind == "list":
        return values.tolist()
    if kind == "memmap":
        array = np.memmap(tmp_path / "rows", dtype="float64", mode="w+", shape=values.shape)
        array[:] = values
        return array
    if kind == "h5py":
        h5py.File(tmp_path / "rows.h5", "w").create_dataset("x", data=values)
        return h5py.File(tmp_path / "rows.h5", "r")["x"]
    return scipy.sparse.coo_matrix(values) if kind == "sparse" else values


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shuffle", [False, "batch", True])
def test_every_sample_comes_once_with_its_target(kind, shuffle, tmp_path):
    values = np.tile(np.arange(34.0)[:, None], (1, 4))
    adapter = make_adapter(make(kind, values, tmp_path), np.arange(34), batch_size=16, shuffle=shuffle, device="cpu")
    assert (adapter.num_batches, adapter.batch_size, adapter.partial_batch_size) == (3, 16, 2)
    assert adapter.has_partial_batch
    batches = list(adapter.epoch())
    assert [tuple(x.shape) for x, _, _ in batches] == [(16, 4), (16, 4), (2, 4)]
    assert all(x.dtype is torch.float32 and y.dtype is torch.int64 and w is None for x, y, w in batches)
    assert all((x[:, 0] == y).all() for x, y, _ in batches)
    order = torch.cat([y for _, y, _ in batches]).tolist()
    assert sorted(order) == list(range(34))
    assert (order == list(range(34))) == (shuffle is False)
    if shuffle == "batch":
        assert sorted(order[16:32]) == list(range(16, 32))


def test_the_order_is_that_of_randperm_under_the_global_generator():
    adapter = make_adapter(torch.arange(50), batch_size=7, device="cpu")
    torch.manual_seed(5)
    first = torch.cat([x for x, _, _ in adapter.epoch()])
    second = torch.cat([x for x, _, _ in adapter.epoch()])
    torch.manual_seed(5)
    assert torch.equal(first, torch.randperm(50))
    assert torch.equal(second, torch.randperm(50))


def test_batches_without_shuffling_are_views():
    x = np.zeros((10, 2), "float32")
    [first, *_] = [x for x, _, _ in make_adapter(x, batch_size=4, shuffle=False, device="cpu").epoch()]
    x[0, 0] = 3
    assert first[0, 0] == 3


def test_windows_do_not_change_what_comes(monkeypatch):
    x, y = torch.arange(1000.0).reshape(500, 2), torch.arange(500)
    monkeypatch.setattr(arrays, "_CPU_WINDOW_BYTES", 300)
    adapter = make_adapter(x, y, batch_size=6, device="cpu")
    batches = list(adapter.epoch())
    assert len(batches) == adapter.num_batches == 84
    assert all(torch.equal(x[by], bx) for bx, by, _ in batches)


def test_structures_come_as_they_were_given():
    r = np.random.rand
    adapter = make_adapter({"a": r(5, 1), "b": [r(5, 2), r(5)]}, (r(5, 3), r(5)), r(5), batch_size=4, device="cpu")
    x, y, weights = next(iter(adapter.epoch()))
    assert x["a"].shape == (4, 1) and x["b"][0].shape == (4, 2) and x["b"][1].shape == (4,)
    assert isinstance(y, tuple) and y[0].shape == (4, 3)
    assert isinstance(weights, tuple) and torch.equal(weights[0], weights[1])


def test_one_of_two_outputs_may_have_no_weights():
    y = {"a": np.zeros(4), "b": np.zeros(4)}
    adapter = make_adapter(np.zeros(4), y, {"a": np.ones(4), "b": None}, device="cpu")
    _, _, weights = next(iter(adapter.epoch()))
    assert weights["b"] is None and weights["a"].tolist() == [1] * 4


def test_dtypes_are_those_that_keras_feeds(real_keras):
    dtypes = ["float16", "float32", "float64", "int8", "int32", "int64", "uint8", "uint16", "bool"]
    seen = {}

    class Probe(real_keras.Model):
        def call(self, x):
            return x["float32"]

        def train_step(self, data):
            seen.update({name: str(value.dtype) for name, value in data[0].items()})
            return {"loss": 0.0}

    x = {name: np.ones((2, 1), name) for name in dtypes}
    model = Probe()
    model.compile("sgd", "mse")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # from inside Keras
        model.fit(x, np.ones((2, 1)), verbose=0)
    ours, _, _ = next(iter(make_adapter(x, device="cpu").epoch()))
    assert {name: str(value.dtype) for name, value in ours.items()} == seen


def test_steps_per_epoch_chooses_the_batch_size():
    assert make_adapter(np.zeros(100), steps_per_epoch=7, device="cpu").batch_size == 15
    assert make_adapter(np.zeros(100), device="cpu").batch_size == 32


BAD = [
    ({"x": np.zeros(8), "y": {"a": np.zeros(7)}}, r"x: 8, y\['a'\]: 7.*make the lengths equal"),
    ({"x": np.zeros(8), "y": np.zeros(8), "sample_weight": np.zeros(7)}, "sample_weight: 7"),
    ({"x": np.zeros((0, 2))}, r"empty: received x of shape \(0, 2\)"),
    ({"x": []}, "empty list"),
    ({"x": None}, "no array"),
    ({"x": np.array([["a", 1]], dtype=object)}, "`x` has dtype object"),
    ({"x": {"a": np.array(["b"])}}, r"`x\['a'\]` has dtype <U1.*as numbers first"),
    ({"x": "abc"}, "Unrecognized data type: `x` is 'abc' of type str"),
    ({"x": [["a"]]}, r"`x\[0\]\[0\]` is 'a'"),
    ({"x": [[1, 2], [3]]}, "rectangular"),
    ({"x": np.float32(3)}, "Unrecognized data type"),
    ({"x": np.array(3.0)}, "`x` is a scalar"),
    ({"x": np.zeros(2), "batch_size": 0}, "batch_size=0"),
    ({"x": np.zeros(2), "batch_size": 2.5}, "batch_size=2.5"),
    ({"x": np.zeros(2), "steps_per_epoch": -1}, "steps_per_epoch=-1"),
    ({"x": np.zeros(2), "shuffle": "rows"}, "shuffle='rows'"),
    ({"x": pd.DataFrame({"a": [1], "b": ["c"]})}, r"Column 'b' of `x` has dtype"),
    (
        {"x": np.zeros(2), "y": np.zeros(2), "sample_weight": np.zeros(2), "class_weight": {0: 1}},
        "Multiply the class weights",
    ),
    ({"x": np.zeros(2), "y": [np.zeros(2), np.zeros(2)], "class_weight": {0: 1}}, "single output.*2 arrays"),
    ({"x": np.zeros(2), "class_weight": {0: 1}}, "needs the targets"),
    ({"x": np.zeros(2), "y": [0, 1], "class_weight": {"cat": 1}}, "key 'cat' of type str"),
    ({"x": np.zeros(2), "y": [0, 1], "class_weight": {0: float("nan")}}, "finite. Received nan for class 0"),
    ({"x": np.zeros(2), "y": [0, 1], "class_weight": [1, 2]}, "must be a dictionary"),
    ({"x": np.zeros(2), "y": {"a": np.zeros(2), "b": np.zeros(2)}, "sample_weight": {"a": np.zeros(2)}}, r"\['b'\]"),
    ({"x": np.zeros(2), "y": (np.zeros(2),) * 2, "sample_weight": np.zeros((2, 3))}, r"Received shape \(2, 3\)"),
    ({"x": np.zeros(2), "y": np.zeros(2), "sample_weight": (np.zeros(2), np.zeros(2))}, "`y` is a single array"),
]


@pytest.mark.parametrize("arguments, message", BAD)
def test_bad_data_is_refused_with_what_and_where(arguments, message):
    with pytest.raises(ValueError, match=f"(?s){message}"):
        make_adapter(**arguments, device="cpu")


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("resident", [True, False])
def test_batches_are_on_the_device(monkeypatch, resident, shuffle):
    """The meta device stands in for an accelerator."""
    monkeypatch.setattr(transfer, "fits", lambda size, device: resident)
    adapter = make_adapter(np.zeros((10, 2)), np.zeros(10), batch_size=4, shuffle=shuffle, device="meta")
    assert isinstance(adapter, ArraysAdapter) and adapter.is_resident is resident
    shapes = [(tuple(x.shape), x.device.type, y.device.type) for x, y, _ in adapter.epoch()]
    assert shapes == [((4, 2), "meta", "meta"), ((4, 2), "meta", "meta"), ((2, 2), "meta", "meta")]


@pytest.mark.cuda
@pytest.mark.parametrize("resident", [True, False])
def test_cuda_gets_the_same_batches(monkeypatch, resident):
    monkeypatch.setattr(transfer, "fits", lambda size, device: resident)
    x, y = np.random.rand(1000, 5).astype("float32"), np.arange(1000)
    torch.manual_seed(0)
    ours = [(bx.cpu(), by.cpu()) for bx, by, _ in make_adapter(x, y, batch_size=64, device="cuda").epoch()]
    torch.manual_seed(0)
    for (ax, ay), (bx, by, _) in zip(ours, make_adapter(x, y, batch_size=64, device="cpu").epoch(), strict=True):
        assert torch.equal(ax, bx) and torch.equal(ay, by)
