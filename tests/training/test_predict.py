"""`predict_batches`: the outputs of `predict`, one batch at a time."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.callbacks.base import Callback
from torchkeras_compat.training import predict as predict_module

X = np.random.RandomState(0).normal(size=(10, 3)).astype("float32")


def make_model():
    inputs = ours.Input((3,))
    return ours.Model(inputs, {"a": layers.Dense(2)(inputs), "b": layers.Dropout(0.5)(inputs)})


def test_the_batches_are_those_of_predict():
    model = make_model()
    whole = model.predict(X, batch_size=4, verbose=0)
    parts = list(model.predict_batches(X, batch_size=4))
    assert [len(part["a"]) for part in parts] == [4, 4, 2]
    for key in ("a", "b"):
        np.testing.assert_array_equal(np.concatenate([part[key] for part in parts]), whole[key])


def test_the_source_is_read_as_far_as_the_batches_are_taken():
    taken = []

    def source():
        for i in range(100):
            taken.append(i)
            yield X[:2]

    outputs = make_model().predict_batches(source())
    next(outputs)
    next(outputs)
    assert len(taken) <= 3
    outputs.close()
    assert len(taken) <= 3


def test_gradients_are_computed_between_two_batches():
    for _ in make_model().predict_batches(X, batch_size=4):
        assert torch.is_grad_enabled()


def test_callbacks_are_called_and_bad_arguments_refused_at_once():
    class Ends(Callback):
        calls = ()

        def on_predict_batch_end(self, batch, logs=None):
            self.calls += ((batch, logs["outputs"]["a"].shape),)

        def on_predict_end(self, logs=None):
            self.calls += ("end",)

    ends, model = Ends(), make_model()
    list(model.predict_batches(X, batch_size=5, callbacks=[ends]))
    assert ends.calls == ((0, (5, 2)), (1, (5, 2)), "end")
    with pytest.raises(ValueError, match="batch_size"):
        model.predict_batches(X, batch_size=0)


def outputs_in_parts(model, x, **arguments):
    """What `predict` returned before it wrote into one result."""
    parts = list(model.predict_batches(x, **arguments))
    return ours.tree.map_structure(lambda *arrays: np.concatenate(arrays), *parts)


def sequence_of_batches():
    class Batches(ours.utils.PyDataset):
        def __len__(self):
            return 3

        def __getitem__(self, index):
            return X[index * 4 : index * 4 + 4]

    return Batches()


@pytest.mark.parametrize("batch_size", [1, 3, 5, 9, 10, 64])
def test_a_ragged_last_batch_goes_into_the_one_result(batch_size):
    model = make_model()
    found = model.predict(X, batch_size=batch_size, verbose=0)
    np.testing.assert_array_equal(found["b"], X)
    np.testing.assert_allclose(found["a"], model(torch.from_numpy(X))["a"].detach(), rtol=1e-6)
    assert found["a"].flags.owndata or batch_size >= 10


@pytest.mark.parametrize(
    ("source", "arguments"),
    [
        (lambda: X, {"batch_size": 4, "steps": 2}),
        (lambda: X, {"batch_size": 4, "steps": 3}),
        (lambda: (X[i : i + 3] for i in range(0, 10, 3)), {}),
        (lambda: (X[i : i + 3] for i in range(0, 10, 3)), {"steps": 2}),
        (sequence_of_batches, {}),
        (lambda: torch.utils.data.DataLoader(torch.from_numpy(X), batch_size=4), {}),
        (lambda: torch.utils.data.DataLoader(torch.from_numpy(X), batch_size=4, drop_last=True), {}),
    ],
)
def test_every_source_gives_what_its_batches_give(source, arguments):
    model = make_model()
    expected = outputs_in_parts(model, source(), **arguments)
    found = model.predict(source(), verbose=0, **arguments)
    for key in ("a", "b"):
        np.testing.assert_array_equal(found[key], expected[key])
        assert found[key].dtype == expected[key].dtype


class Changing(ours.Model):
    """Gives outputs of another form from the second batch on."""

    def __init__(self, change):
        super().__init__()
        self.__dict__["change"], self.__dict__["calls"] = change, 0

    def call(self, x):
        self.__dict__["calls"] += 1
        return x if self.calls == 1 else self.change(x)


@pytest.mark.parametrize(
    ("change", "shape", "dtype"),
    [
        (lambda x: x.double(), (10, 3), "float64"),
        (lambda x: x.half(), (10, 3), "float32"),
        (lambda x: torch.cat([x, x]), (16, 3), "float32"),
        (lambda x: x[:1], (6, 3), "float32"),
        (lambda x: x[:0], (4, 3), "float32"),
    ],
    ids=["wider", "narrower", "more rows", "fewer rows", "no rows"],
)
def test_later_batches_of_another_form_are_put_together_as_numpy_does(change, shape, dtype):
    found = Changing(change).predict(X, batch_size=4, verbose=0)
    assert (found.shape, found.dtype) == (shape, dtype)
    expected = np.concatenate([X[:4], *(change(torch.from_numpy(x)).numpy() for x in (X[4:8], X[8:]))])
    np.testing.assert_array_equal(found, expected)


def test_outputs_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="match exactly"):
        Changing(lambda x: x[:, :2]).predict(X, batch_size=4, verbose=0)
    with pytest.raises(ValueError, match="dimension"):
        Changing(lambda x: x.sum()).predict(X, batch_size=4, verbose=0)
    with pytest.raises(ValueError, match="one structure"):
        Changing(lambda x: [x, x]).predict(X, batch_size=4, verbose=0)


def test_the_result_is_not_the_input_of_a_model_that_returns_it():
    x = X.copy()
    found = make_model().predict(x, batch_size=4, verbose=0)["b"]
    x[:] = 0
    np.testing.assert_array_equal(found, X)


def test_prediction_that_a_callback_ends_gives_what_there_is():
    class Ends(Callback):
        def on_predict_batch_end(self, batch, logs=None):
            self.model.stop_predicting = batch == 1

    found = make_model().predict(X, batch_size=3, verbose=0, callbacks=[Ends()])
    np.testing.assert_array_equal(found["b"], X[:6])


def test_memory_holds_one_result_and_a_few_batches():
    model = ours.Sequential([layers.Input((1,)), layers.Dense(512)])
    x = np.ones((4000, 1), "float32")
    model.predict(x[:100], verbose=0)
    tracemalloc.start()
    try:
        found = model.predict(x, batch_size=100, verbose=0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.nbytes == 4000 * 512 * 4
    assert peak <= 1.1 * found.nbytes  # of NumPy; torch holds a batch besides


def test_batches_are_read_one_behind_where_the_device_copies_meanwhile(monkeypatch):
    events = []

    class Reader:
        def start(self, leaves):
            events.append("start")
            self.kept = [torch.empty_like(leaf) for leaf in leaves] if not hasattr(self, "kept") else self.kept
            return [leaf.clone() for leaf in leaves]

        def finish(self, ticket):
            events.append("finish")
            for kept, copied in zip(self.kept, ticket, strict=True):
                kept.resize_(copied.shape).copy_(copied)
            return self.kept  # the same memory for each batch

    monkeypatch.setattr(predict_module, "reader_for", lambda device: Reader())
    model = make_model()
    found = model.predict(X, batch_size=4, verbose=0)
    assert events == ["start", "start", "finish", "start", "finish", "finish"]
    np.testing.assert_array_equal(found["b"], X)
    np.testing.assert_array_equal(model.predict(X, verbose=0)["b"], X)
