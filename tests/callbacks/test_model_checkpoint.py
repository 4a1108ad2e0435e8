"""Models that are saved while they train. Oracle for the decisions: real Keras."""

from __future__ import annotations

import itertools
import types
from pathlib import Path

import numpy as np
import pytest

from torchkeras_compat.callbacks.callback_list import CallbackList
from torchkeras_compat.callbacks.model_checkpoint import ModelCheckpoint


class Model:
    metrics = ()

    def save(self, path, overwrite):
        Path(path).write_text("model")

    def save_weights(self, path, overwrite):
        Path(path).write_text("weights")


def checkpoint(path, **options):
    callback = ModelCheckpoint(path, **options)
    callback.set_model(Model())
    return callback


def train(callback, epochs, steps, values=None):
    for epoch in range(epochs):
        callback.on_epoch_begin(epoch)
        for step in range(steps):
            callback.on_train_batch_end(step, {"loss": 1.0})
        callback.on_epoch_end(epoch, {"loss": 1.0 if values is None else values[epoch]})


def test_every_epoch_is_saved_under_its_name(tmp_path, capsys):
    train(checkpoint(tmp_path / "new" / "{epoch:02d}-{loss:.1f}.keras", verbose=1), 2, 3)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["01-1.0.keras", "02-1.0.keras"]
    first = tmp_path / "new" / "01-1.0.keras"
    assert (
        f"\nEpoch 1: saving model to {first}\n\nEpoch 1: finished saving model to {first}\n" in capsys.readouterr().out
    )


def test_steps_are_counted_through_the_epochs(tmp_path):
    callback = checkpoint(tmp_path / "{epoch}-{batch}.weights.h5", save_freq=4, save_weights_only=True)
    train(callback, 3, 3)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "2-1.weights.h5": "weights",
        "3-2.weights.h5": "weights",
    }


def test_weights_go_to_safetensors_files(tmp_path):
    train(checkpoint(tmp_path / "{epoch}.safetensors", save_weights_only=True), 2, 3)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "1.safetensors": "weights",
        "2.safetensors": "weights",
    }


def test_only_the_best_is_saved(tmp_path, capsys):
    callback = checkpoint(tmp_path / "{epoch}.keras", monitor="loss", save_best_only=True, verbose=1)
    train(callback, 5, 0, [3.0, 2.0, float("nan"), 2.5, 1.0])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.keras", "2.keras", "5.keras"]
    out = capsys.readouterr().out
    assert "Epoch 2: loss improved from 3.00000 to 2.00000, saving model to" in out
    assert "Epoch 4: loss did not improve from 2.00000" in out


def test_a_threshold_has_to_be_beaten(tmp_path):
    callback = checkpoint(tmp_path / "{epoch}.keras", monitor="loss", save_best_only=True, initial_value_threshold=2.0)
    train(callback, 3, 0, [3.0, 2.0, 1.0])
    assert [path.name for path in tmp_path.iterdir()] == ["3.keras"]


def test_without_the_value_it_saves_and_warns(tmp_path):
    callback = checkpoint(tmp_path / "x.keras", monitor="nope", save_best_only=True, mode="min")
    with pytest.warns(UserWarning, match="`nope` is not available. Available: loss"):
        train(callback, 1, 0)
    assert (tmp_path / "x.keras").exists()


@pytest.mark.parametrize(
    "options, message",
    [
        ({"filepath": "a.keras", "save_freq": "batch"}, "Unrecognized save_freq: 'batch'"),
        ({"filepath": "a.keras", "save_freq": 0}, "Unrecognized save_freq: 0"),
        ({"filepath": "a.keras", "save_weights_only": True}, r"must end in `.weights.h5`.*'a.keras'"),
        ({"filepath": "a"}, r"must end in `.keras`. Received: filepath='a'"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        ModelCheckpoint(**options)


def test_an_unknown_field_is_refused(tmp_path):
    with pytest.raises(KeyError, match="has the field 'foo'.*Available: loss, epoch"):
        train(checkpoint(tmp_path / "{foo}.keras"), 1, 0)


@pytest.mark.parametrize("every", [1, 3])
def test_steps_are_counted_as_keras_counts_them(real_keras, tmp_path, every):
    saved = {}
    for kind in (real_keras.callbacks.ModelCheckpoint, ModelCheckpoint):
        names = saved[kind] = []
        callback = kind(str(tmp_path / "{epoch}-{batch}.keras"), save_freq=4)
        callback.set_model(types.SimpleNamespace(save=lambda path, overwrite, names=names: names.append(path)))
        for epoch in range(3):
            callback.on_epoch_begin(epoch)
            for batch in range(every - 1, 7, every):
                callback.on_train_batch_end(batch, {"loss": 1.0})
            callback.on_epoch_end(epoch, {"loss": 1.0})
    theirs, mine = saved.values()
    assert mine == theirs and len(mine) > 2


@pytest.mark.parametrize(("mode", "threshold"), list(itertools.product(("min", "max"), (None, 0.4))))
@pytest.mark.parametrize("save_freq", ["epoch", 2])
def test_the_best_is_chosen_as_keras_chooses_it(real_keras, tmp_path, mode, threshold, save_freq, capsys):
    values = np.random.default_rng(5).random((6, 4)).round(2)
    saved, said = {}, {}
    for kind in (real_keras.callbacks.ModelCheckpoint, ModelCheckpoint):
        names = saved[kind] = []
        callback = kind(
            str(tmp_path / "{epoch}-{loss:.2f}.weights.h5"),
            monitor="loss",
            mode=mode,
            verbose=1,
            save_best_only=True,
            save_weights_only=True,
            save_freq=save_freq,
            initial_value_threshold=threshold,
        )
        model = types.SimpleNamespace(save_weights=lambda path, overwrite, names=names: names.append(path))
        callback.set_model(model)
        getattr(callback, "_set_monitor_op", lambda: None)()  # Keras does it at the end of an epoch only
        for epoch, row in enumerate(values):
            callback.on_epoch_begin(epoch)
            for batch, value in enumerate(row):
                callback.on_train_batch_end(batch, {"loss": value})
            callback.on_epoch_end(epoch, {"loss": row[-1]})
        said[kind] = capsys.readouterr().out
    theirs, mine = saved.values()
    assert mine == theirs and 0 < len(mine) < 12
    theirs, mine = said.values()
    assert mine == theirs


def test_a_checkpoint_of_epochs_does_not_look_at_steps(tmp_path):
    for save_freq, wanted in {"epoch": False, 5: True}.items():
        callbacks = CallbackList([checkpoint(tmp_path / "a.keras", save_freq=save_freq)], model=Model())
        callbacks.on_train_begin()
        assert callbacks.wants("on_train_batch_end") is wanted
