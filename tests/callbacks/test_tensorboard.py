"""Event files, read back with TensorBoard's own reader. Oracle: what real Keras's callback gives to TensorFlow."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat.callbacks.base import Callback
from torchkeras_compat.callbacks.callback_list import CallbackList
from torchkeras_compat.callbacks.tensorboard import TensorBoard

X = np.random.RandomState(0).normal(size=(10, 6)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def make_model(keras=ours, optimizer=None):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(4, name="a"), keras.layers.Dense(1, name="b")])
    model.compile(optimizer or keras.optimizers.SGD(0.05), "mse", metrics=["mae"])
    return model


def fit(model, callback, epochs=2, **options):
    return model.fit(X, Y, batch_size=3, epochs=epochs, verbose=0, shuffle=False, callbacks=[callback], **options)


READ = {
    "scalars": lambda reader, tag: [(event.step, event.value) for event in reader.Scalars(tag)],
    "histograms": lambda reader, tag: [(event.step, event.histogram_value) for event in reader.Histograms(tag)],
    "images": lambda reader, tag: [(event.step, (event.width, event.height)) for event in reader.Images(tag)],
    "tensors": lambda reader, tag: [(event.step, event.tensor_proto) for event in reader.Tensors(tag)],
}


def events(folder):
    """``{(folder, kind, tag): [(step, value), ...]}`` of all event files below."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = {}
    for place in sorted({path.parent for path in Path(folder).rglob("events.out.*")}):
        reader = EventAccumulator(str(place), size_guidance=dict.fromkeys(READ, 0))
        reader.Reload()
        name = str(place.relative_to(folder))
        for kind, read in READ.items():
            found.update({(name, kind, tag): read(reader, tag) for tag in reader.Tags()[kind]})
        if reader.Tags()["graph"]:
            found[name, "graph", ""] = [(0, reader.Graph())]
    return found


class Recorder:
    """Stands for `tensorflow.summary`, and keeps what real Keras's callback writes."""

    def __init__(self):
        self.found, self.stack, self.records = {}, [], [True]

    def create_file_writer(self, folder):
        recorder = self

        class Writer:
            @contextlib.contextmanager
            def as_default(self, step=None):
                recorder.stack.append(os.path.basename(folder))
                yield
                recorder.stack.pop()

            def close(self): ...

            def flush(self): ...

        return Writer()

    @contextlib.contextmanager
    def record_if(self, condition):
        self.records.append(condition())
        yield
        self.records.pop()

    def _write(self, kind, tag, value, step):
        # With a frequency of steps Keras 3 leaves out values of epochs, which tf.keras and the callback here do not.
        if self.stack and (self.records[-1] or not tag.startswith("batch_")):
            self.found.setdefault((self.stack[-1], kind, tag), []).append((int(step), value))

    def scalar(self, tag, value, step):
        self._write("scalars", tag, float(value), step)

    def histogram(self, tag, value, step):
        self._write("histograms", tag, value.shape, step)

    def image(self, tag, value, step):
        self._write("images", tag, value, step)


def by_keras(real_keras, run, model=make_model, **options):
    callback = real_keras.callbacks.TensorBoard("logs", write_graph=False, **options)
    callback._summary_module = recorder = Recorder()
    run(model(real_keras), callback)
    return recorder.found


def twice_and_evaluate(model, callback):
    fit(model, callback, validation_data=(X, Y))
    fit(model, callback, epochs=1)
    model.evaluate(X, Y, verbose=0, callbacks=[callback])


@pytest.mark.parametrize(
    "options",
    [{}, {"update_freq": "batch"}, {"update_freq": 3}, {"update_freq": 100}],
    ids=lambda options: str(options.get("update_freq")),
)
def test_scalars_are_those_of_keras(real_keras, tmp_path, options):
    theirs = by_keras(real_keras, twice_and_evaluate, **options)
    twice_and_evaluate(make_model(), TensorBoard(tmp_path, write_graph=False, **options))
    mine = events(tmp_path)
    assert set(mine) == set(theirs)
    for key, values in theirs.items():
        assert sorted(step for step, _ in mine[key]) == sorted(step for step, _ in values), key


def test_values_are_those_of_the_history(tmp_path):
    history = fit(make_model(), TensorBoard(tmp_path), epochs=3, validation_split=0.4).history
    found = events(tmp_path)
    for name, folder in {"loss": "train", "val_loss": "validation", "mae": "train", "val_mae": "validation"}.items():
        values = found[folder, "scalars", f"epoch_{name.removeprefix('val_')}"]
        assert [step for step, _ in values] == [0, 1, 2]
        np.testing.assert_allclose([value for _, value in values], history[name], rtol=1e-6)


def test_steps_per_second(real_keras, tmp_path):
    theirs = by_keras(real_keras, fit, update_freq=2, write_steps_per_second=True)
    fit(make_model(), TensorBoard(tmp_path, write_graph=False, update_freq=2, write_steps_per_second=True))
    mine = events(tmp_path)
    assert set(mine) == set(theirs)
    for tag, steps in {"epoch_steps_per_second": [0, 1], "batch_steps_per_second": [2, 4, 6, 8]}.items():
        assert [step for step, _ in mine["train", "scalars", tag]] == steps
        assert all(value > 0 for _, value in mine["train", "scalars", tag])


def weights_of_all_shapes(keras):
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1), name="in"),
            keras.layers.Conv2D(5, (3, 2), name="one_channel"),
            keras.layers.Conv2D(3, 2, name="four_axes"),
            keras.layers.Conv2D(4, 2, name="colours"),
            keras.layers.Flatten(),
            keras.layers.Dense(2, name="tall"),
            keras.layers.Dense(7, name="wide"),
        ],
        name="m",
    )
    model.compile(keras.optimizers.SGD(0.0), "mse")
    return model


def test_histograms_and_pictures_are_those_of_keras(real_keras, tmp_path):
    x, y = np.zeros((4, 8, 8, 1), "float32"), np.zeros((4, 7), "float32")

    def run(model, callback):
        model.fit(x, y, epochs=3, verbose=0, callbacks=[callback])

    options = {"histogram_freq": 2, "write_images": True}
    theirs = by_keras(real_keras, run, weights_of_all_shapes, **options)
    model = weights_of_all_shapes(ours)
    run(model, TensorBoard(tmp_path, write_graph=False, **options))
    mine = events(tmp_path)
    assert set(mine) == set(theirs)
    for key, values in theirs.items():
        assert [step for step, _ in mine[key]] == [step for step, _ in values] == [0, 2] or key[1] == "scalars"
        if key[1] == "images":
            count, height, width, _ = values[0][1].shape
            size = mine[key][0][1]
            assert size == (width, height) if count == 1 else size[0] >= width * min(count, 3)
    kernel = {w.path: w for w in model.weights}["m/tall/kernel"].numpy()
    histogram = mine["train", "histograms", "m/tall/kernel/histogram"][0][1]
    assert histogram.num == kernel.size
    assert (histogram.min, histogram.max) == pytest.approx((kernel.min(), kernel.max()))


def test_weights_that_are_not_finite_do_not_stop_training(tmp_path):
    model = make_model()
    model.layers[0].kernel.assign(np.full((6, 4), np.nan, "float32"))
    fit(model, TensorBoard(tmp_path, histogram_freq=1, write_images=True))
    assert ("train", "histograms", "sequential/a/bias/histogram") not in events(tmp_path)


def test_the_graph_of_layers_is_what_tensorboard_reads(tmp_path):
    from tensorboard.plugins.graph.keras_util import keras_model_to_graph_def

    inputs = ours.Input((3,), name="x")
    outputs = ours.layers.Add(name="sum")([ours.layers.Dense(3, name="d")(inputs), inputs])
    model = ours.Model(inputs, outputs, name="m")
    model.compile("sgd", "mse")
    model.fit(X[:, :3], X[:, :3], verbose=0, callbacks=[TensorBoard(tmp_path)])
    ((_, tensor),) = events(tmp_path)["train", "tensors", "keras"]
    graph = keras_model_to_graph_def(json.loads(tensor.string_val[0]))
    assert {node.name: list(node.input) for node in graph.node} == {
        "m/x": [],
        "m/d": ["m/x"],
        "m/sum": ["m/d", "m/x"],
    }


class Counting(ours.Model):
    def __init__(self):
        super().__init__()
        self.dense = ours.layers.Dense(1)
        self.calls = self.add_weight(shape=(), trainable=False, initializer="zeros")

    def call(self, x):
        self.calls.assign(self.calls + 1.0)
        return self.dense(x)


def test_a_model_with_its_own_call_shows_the_traced_operations(tmp_path):
    model = Counting()
    model.compile("sgd", "mse")
    fit(model, TensorBoard(tmp_path))
    found = events(tmp_path)
    assert ("train", "tensors", "keras") not in found
    assert any("dense" in node for node in str(found["train", "graph", ""][0][1]).split('name: "'))
    assert float(model.calls) == 8  # one for each step, none for the trace
    assert not model._forward_pre_hooks


def test_a_model_that_cannot_be_traced_is_a_warning(tmp_path):
    class Unusual(ours.Model):
        def __init__(self):
            super().__init__()
            self.dense = ours.layers.Dense(1)

        def call(self, x):
            if torch.jit.is_tracing():
                raise RuntimeError("not this way")
            return self.dense(x)

    model = Unusual()
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match=r"(?s)no graph of the model 'unusual'.*not this way.*write_graph=False"):
        fit(model, TensorBoard(tmp_path))
    assert model.built and not model.training


@pytest.mark.parametrize(("batches", "steps"), [(2, 1), ((2, 4), 3), ("3,6", 4)])
def test_a_profile_is_written(tmp_path, batches, steps):
    fit(make_model(), TensorBoard(tmp_path, profile_batch=batches))
    (trace,) = (tmp_path / "train").glob("*.pt.trace.json")
    names = [event.get("name", "") for event in json.loads(trace.read_text())["traceEvents"]]
    assert any("addmm" in name for name in names)
    assert len({name for name in names if name.startswith("ProfilerStep#")}) == steps


def test_a_profile_ends_with_training(tmp_path):
    fit(make_model(), TensorBoard(tmp_path, profile_batch=(2, 1000)), epochs=1)
    assert len(list((tmp_path / "train").glob("*.pt.trace.json"))) == 1


def test_a_profile_that_was_never_reached_is_warned_of(tmp_path):
    with pytest.warns(UserWarning, match="begins with step 50, and training ended after 8 steps"):
        fit(make_model(), TensorBoard(tmp_path, profile_batch=50))


def test_an_error_while_profiling_does_not_block_the_next_training(tmp_path):
    class Failing(Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    board, model = TensorBoard(tmp_path, profile_batch=(1, 2)), make_model()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, batch_size=3, verbose=0, callbacks=[board, Failing()])
    fit(model, board)
    assert len(list((tmp_path / "train").glob("*.pt.trace.json"))) == 1


def embedding_model():
    model = ours.Sequential(
        [ours.Input((2,)), ours.layers.Embedding(5, 3, name="words"), ours.layers.Flatten(), ours.layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("metadata", ["words.tsv", {"words": "words.tsv"}])
def test_embeddings_are_what_the_projector_reads(tmp_path, metadata):
    from google.protobuf import text_format
    from tensorboard.plugins.projector import ProjectorConfig

    model, given = embedding_model(), metadata if isinstance(metadata, str) else dict(metadata)
    board = TensorBoard(tmp_path, embeddings_freq=1, embeddings_metadata=given)
    model.fit(np.zeros((4, 2), "int32"), np.zeros((4, 1)), epochs=2, verbose=0, callbacks=[board])
    config = text_format.Parse((tmp_path / "projector_config.pbtxt").read_text(), ProjectorConfig())
    (info,) = config.embeddings
    assert info.metadata_path == "words.tsv" and given == metadata
    table = np.loadtxt(tmp_path / info.tensor_path, delimiter="\t")
    np.testing.assert_allclose(table, model.layers[0].embeddings.numpy(), rtol=1e-6)
    for epoch in range(2):
        assert (tmp_path / "train" / f"keras_embedding.ckpt-{epoch}.weights.h5").exists()


def test_unknown_embedding_layers_are_refused_before_the_first_step(tmp_path):
    model = embedding_model()
    before = model.get_weights()
    board = TensorBoard(tmp_path, embeddings_freq=1, embeddings_metadata={"word": "words.tsv"})
    with pytest.raises(ValueError, match=r"Unrecognized `Embedding` layer names.*\['word'\].*\['words'\]"):
        model.fit(np.zeros((4, 2), "int32"), np.zeros((4, 1)), verbose=0, callbacks=[board])
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"update_freq": 0}, "`update_freq` is 'epoch', 'batch' or a positive number.*update_freq=0"),
        ({"update_freq": "step"}, "update_freq='step'"),
        ({"update_freq": True}, "update_freq=True"),
        ({"histogram_freq": -1}, "histogram_freq=-1"),
        ({"histogram_freq": 0.5}, "histogram_freq=0.5"),
        ({"embeddings_freq": None}, "embeddings_freq=None"),
        ({"profile_batch": -1}, "profile_batch=-1"),
        ({"profile_batch": (4, 2)}, r"profile_batch=\(4, 2\)"),
        ({"profile_batch": (0, 2)}, r"profile_batch=\(0, 2\)"),
        ({"profile_batch": "a,b"}, "profile_batch='a,b'"),
        ({"profile_batch": (1, 2, 3)}, r"profile_batch=\(1, 2, 3\)"),
        ({"profile_batch": None}, "profile_batch=None"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        TensorBoard(**arguments)


def test_a_missing_package_is_named_when_training_begins(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    board = TensorBoard()
    model = make_model()
    model.compile("sgd", "mse")
    with pytest.raises(ImportError, match=r"pip install torchkeras-compat\[tensorboard\]"):
        fit(model, board)


def test_a_plain_torch_optimizer_has_its_learning_rate_and_steps(tmp_path):
    model = make_model()
    model.compile(torch.optim.SGD(model.parameters(), 0.25), "mse")
    fit(model, TensorBoard(tmp_path), validation_data=(X, Y))
    found = events(tmp_path)
    assert found["train", "scalars", "epoch_learning_rate"] == [(0, 0.25), (1, 0.25)]
    assert [step for step, _ in found["validation", "scalars", "evaluation_loss_vs_iterations"]] == [4, 8]


def test_values_by_class_get_a_curve_each(tmp_path):
    board = TensorBoard(tmp_path)
    board.set_model(make_model())
    board.on_epoch_end(0, {"f1": np.array([0.25, 0.5]), "note": "text"})
    board.on_train_end()
    found = events(tmp_path)
    assert found["train", "scalars", "epoch_f1/1"] == [(0, 0.5)] and ("train", "scalars", "epoch_note") not in found


def test_values_of_ones_own(tmp_path):
    class Gap(TensorBoard):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            self.train_writer.add_scalar("gap", logs["val_loss"] - logs["loss"], epoch)

    fit(make_model(), Gap(tmp_path), validation_data=(X, Y))
    assert [step for step, _ in events(tmp_path)["train", "scalars", "gap"]] == [0, 1]


def test_steps_are_not_interrupted_where_nothing_is_written(tmp_path):
    def wants(callback):
        callbacks = CallbackList([callback], model=make_model())
        callbacks.on_train_begin()
        return callbacks.wants("on_train_batch_begin"), callbacks.wants("on_train_batch_end")

    class Subclass(TensorBoard):
        def on_train_batch_end(self, batch, logs=None): ...

    assert wants(TensorBoard(tmp_path)) == (False, False)
    assert wants(TensorBoard(tmp_path, update_freq=5)) == (True, True)
    assert wants(TensorBoard(tmp_path, profile_batch=5)) == (True, True)
    assert wants(Subclass(tmp_path)) == (False, True)


def test_logs_are_read_in_the_steps_that_are_written_and_no_others(tmp_path):
    class Watched(dict):
        reads = 0

        def items(self):
            Watched.reads += 1
            return super().items()

    board = TensorBoard(tmp_path, update_freq=4, write_steps_per_second=True)
    board.set_model(make_model())
    board.on_train_begin()
    for batch in range(9):
        board.on_train_batch_begin(batch)
        board.on_train_batch_end(batch, Watched(loss=1.0))
    assert Watched.reads == 2


NOTE = """
import warnings
import torchkeras_compat
torchkeras_compat.install_as_keras()
import numpy as np, tensorflow as tf
model = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.Dense(1)])
model.compile("sgd", "mse")
board = tf.keras.callbacks.TensorBoard({folder!r}, histogram_freq=1)
model.fit(np.zeros((4, 2)), np.zeros((4, 1)), verbose=0, callbacks=[board])
"""


@pytest.mark.slow
def test_it_works_where_this_package_stands_for_tensorflow(tmp_path):
    subprocess.run([sys.executable, "-W", "error", "-c", NOTE.format(folder=str(tmp_path))], check=True)
    assert ("train", "scalars", "epoch_loss") in events(tmp_path)
