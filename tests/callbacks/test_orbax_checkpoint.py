"""Checkpoints step by step. Oracles: the model itself, and torch's own reader of distributed checkpoints."""

from __future__ import annotations

import errno
import inspect
import json
import time

import numpy as np
import pytest
import torch
from torch.distributed import checkpoint

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.callbacks import OrbaxCheckpoint

X, Y = np.random.RandomState(0).rand(24, 3).astype("float32"), np.random.RandomState(1).rand(24, 1).astype("float32")


def make(compiled=True):
    model = ours.Sequential([ours.Input((3,)), layers.Dense(4, "relu"), layers.BatchNormalization(), layers.Dense(1)])
    if compiled:
        model.compile("adam", "mse", metrics=["mae"])
    return model


def fit(model, callback, **options):
    model.fit(X, Y, batch_size=8, verbose=0, callbacks=[callback], **{"epochs": 3, **options})
    return model


def steps(folder):
    return sorted(int(path.name) for path in folder.iterdir())


def state(model):
    return [v.numpy() for v in (*model.variables, *model.optimizer.variables)]


def test_the_arguments_are_those_of_keras(real_keras):
    theirs, mine = (
        inspect.signature(kind).parameters for kind in (real_keras.callbacks.OrbaxCheckpoint, OrbaxCheckpoint)
    )
    assert {n: p.default for n, p in theirs.items()} == {n: p.default for n, p in mine.items()}


@pytest.mark.parametrize("save_on_background", [True, False])
def test_a_model_comes_back_with_the_state_of_its_optimizer(save_on_background, tmp_path):
    model = fit(make(), OrbaxCheckpoint(tmp_path / "a", save_on_background=save_on_background))
    assert steps(tmp_path / "a") == [2]
    for place in (tmp_path / "a", tmp_path / "a" / "2"):
        again = ours.saving.load_model(place)
        for found, expected in zip(state(again), state(model), strict=True):
            np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    for one in (model, again):
        one.fit(X, Y, batch_size=8, shuffle=False, verbose=0)
    np.testing.assert_allclose(again.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-6)
    assert ours.saving.load_model(tmp_path / "a", compile=False).compiled is False


def test_weights_come_back_into_another_model_of_the_kind(tmp_path):
    model = fit(make(), OrbaxCheckpoint(tmp_path / "a", save_weights_only=True))
    for other in (make(), make(compiled=False)):  # whose layers have other numbers
        other.load_weights(tmp_path / "a")
        np.testing.assert_array_equal(other.predict(X, verbose=0), model.predict(X, verbose=0))
    with pytest.raises(ValueError, match="saved with `save_weights_only=True`"):
        ours.saving.load_model(tmp_path / "a")


def test_torch_reads_a_step(tmp_path):
    model = fit(make(), OrbaxCheckpoint(tmp_path / "a"))
    names = json.loads((tmp_path / "a" / "2" / "index.json").read_text())["tensors"]
    found = {name: torch.empty(entry["shape"], dtype=getattr(torch, entry["dtype"])) for name, entry in names.items()}
    with pytest.warns(UserWarning, match="load in a single process"):
        checkpoint.load(found, checkpoint_id=tmp_path / "a" / "2", no_dist=True)
    for v in model.trainable_variables:
        np.testing.assert_array_equal(found[f"trainable_variables/{v.path}"].numpy(), v.numpy())
    assert any(name.startswith("metrics_variables/") for name in names)


@pytest.mark.parametrize(("max_to_keep", "kept"), [(1, [4]), (2, [3, 4]), (None, [0, 1, 2, 3, 4])])
def test_the_last_steps_stay(max_to_keep, kept, tmp_path):
    (tmp_path / "a" / "77").mkdir(parents=True)  # somebody else's
    fit(make(), OrbaxCheckpoint(tmp_path / "a", max_to_keep=max_to_keep), epochs=5)
    assert steps(tmp_path / "a") == [*kept, 77]


def test_steps_of_batches_are_counted_through_the_epochs_and_on(tmp_path):
    model = fit(make(), OrbaxCheckpoint(tmp_path / "a", save_freq=2, max_to_keep=None))
    assert steps(tmp_path / "a") == [2, 4, 6, 8]
    fit(model, OrbaxCheckpoint(tmp_path / "b", save_freq=3, max_to_keep=None), epochs=1)
    assert steps(tmp_path / "b") == [12]


def test_only_improvements_are_saved(tmp_path):
    class Says(ours.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["score"] = [1.0, 3.0, 2.0, 4.0][epoch]

    for threshold, saved in ((None, [0, 1, 3]), (3.5, [3])):
        folder = tmp_path / str(threshold)
        callback = OrbaxCheckpoint(folder, "score", 0, True, "max", max_to_keep=None, initial_value_threshold=threshold)
        make().fit(X, Y, epochs=4, verbose=0, callbacks=[Says(), callback])
        assert steps(folder) == saved
    with pytest.warns(UserWarning, match="Can save best model only with val_loss available, skipping save at epoch 0"):
        make().fit(X, Y, verbose=0, callbacks=[OrbaxCheckpoint(tmp_path / "c", save_best_only=True)])
    assert not (tmp_path / "c").exists()


def test_what_is_saved_in_the_background_is_the_state_of_its_step(tmp_path, monkeypatch):
    from torchkeras_compat.callbacks import orbax_checkpoint

    write = orbax_checkpoint.write_checkpoint

    def slowly(*args):
        time.sleep(0.2)
        write(*args)

    monkeypatch.setattr(orbax_checkpoint, "write_checkpoint", slowly)
    seen = {}

    class Looks(ours.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen[epoch] = self.model.get_weights()

    model = make()
    model.fit(X, Y, epochs=3, verbose=0, callbacks=[Looks(), OrbaxCheckpoint(tmp_path / "a", max_to_keep=None)])
    for epoch, expected in seen.items():
        other = make()
        other.load_weights(tmp_path / "a" / str(epoch))
        for found, value in zip(other.get_weights(), expected, strict=True):
            np.testing.assert_array_equal(found, value)


def test_an_error_in_the_background_is_raised(tmp_path, monkeypatch):
    from torchkeras_compat.callbacks import orbax_checkpoint

    def fails(*args):
        raise OSError("no space")

    monkeypatch.setattr(orbax_checkpoint, "write_checkpoint", fails)
    with pytest.raises(OSError, match="no space"):
        fit(make(), OrbaxCheckpoint(tmp_path / "a"))


def test_assets_come_back(tmp_path):
    lookup = layers.StringLookup(vocabulary=["a", "b"])
    model = ours.Sequential([ours.Input((1,), dtype="string"), lookup, layers.Embedding(4, 2)])
    callback = OrbaxCheckpoint(tmp_path / "a", save_on_background=False)
    callback.set_model(model)
    callback.on_epoch_end(0)
    again = ours.saving.load_model(tmp_path / "a")
    texts = np.array([["b"], ["z"]])
    np.testing.assert_array_equal(again.predict(texts, verbose=0), model.predict(texts, verbose=0))


def test_it_says_what_it_saves(tmp_path, capsys):
    callback = OrbaxCheckpoint(tmp_path / "a", verbose=1)
    fit(make(), callback, epochs=1)
    assert f"Saving step 0 to {tmp_path / 'a' / '0'}" in capsys.readouterr().out
    assert callback.is_primary_host() and not callback.is_multihost_enabled()


@pytest.mark.parametrize("save_freq", ["batch", 0, True, 1.5])
def test_a_bad_frequency_is_refused(save_freq, tmp_path):
    with pytest.raises(ValueError, match="Unrecognized save_freq"):
        OrbaxCheckpoint(tmp_path, save_freq=save_freq)


@pytest.mark.parametrize("max_to_keep", [0, -1, True, 1.5])
def test_a_bad_number_to_keep_is_refused(max_to_keep, tmp_path):
    with pytest.raises(ValueError, match="`max_to_keep` is a positive int"):
        OrbaxCheckpoint(tmp_path, max_to_keep=max_to_keep)


class Ending(ours.callbacks.Callback):
    """Ends the training after its first epoch."""

    def on_epoch_end(self, epoch, logs=None):
        raise KeyboardInterrupt


@pytest.mark.parametrize("in_background", [True, False])
def test_an_unwritten_step_is_an_error_or_a_warning_whatever_ends_the_training(tmp_path, monkeypatch, in_background):
    def write(*args, **kwargs):
        raise OSError(errno.EIO, "no such luck")

    monkeypatch.setattr(checkpoint.FileSystemWriter, "write_data", write)
    callback = OrbaxCheckpoint(tmp_path / "a", save_on_background=in_background)
    if in_background:
        with (
            pytest.warns(UserWarning, match="could not be written to .*no such luck"),
            pytest.raises(KeyboardInterrupt),
        ):
            make().fit(X, Y, epochs=2, verbose=0, callbacks=[callback, Ending()])
    with pytest.raises(OSError, match="no such luck"):
        fit(make(), callback, epochs=1)
    assert not list((tmp_path / "a").iterdir())
