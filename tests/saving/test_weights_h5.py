"""`.weights.h5` files: the groups that Keras makes, values both ways, and nothing changed by a file that does not fit.

Oracle: real Keras, and files that it wrote (`fixtures/`).
"""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from torch import nn

import torchkeras_compat as ours
from torchkeras_compat.errors import FileContentError

FIXTURES = Path(__file__).parent / "fixtures"


def arrays(path):
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, x: found.update({name: x[()]}) if isinstance(x, h5py.Dataset) else None)
    return found


def groups(path):
    found = []
    with h5py.File(path) as file:
        file.visititems(lambda name, x: found.append((name, x.attrs.get("name"), getattr(x, "shape", None))))
    return sorted(found, key=str)


def subclass(keras):
    layers = keras.layers

    class Block(layers.Layer):
        def __init__(self):
            super().__init__()
            self.z = layers.Dense(2, name="last")
            self.alias = self.z
            self._hidden = layers.Dense(2)
            self.stack = [layers.Dense(2), layers.Dropout(0.5), layers.Dense(2)]
            self.table = {"a": layers.Dense(2), "b": [layers.Dense(2), (layers.Dense(2),)]}

        def build(self, shape):
            self.frozen = self.add_weight(shape=(2,), trainable=False, name="frozen")
            self.scale = self.add_weight(shape=(3,), name="scale")
            for layer in (
                self.z,
                self._hidden,
                *self.stack,
                self.table["a"],
                *self.table["b"][:1],
                *self.table["b"][1],
            ):
                layer.build(shape)
            self.built = True

        def call(self, x):
            return self.z(x)

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.zz = layers.Dense(2)
            self.block = Block()
            self.inner = keras.Sequential([layers.Dense(2), layers.Dense(2)])

        def call(self, x):
            return self.inner(self.block(self.zz(x)))

    net = Net()
    net(np.ones((1, 2), "float32"))
    return net


def stacked(keras):
    layers = keras.layers
    inputs = keras.Input((4, 3))
    x = layers.Bidirectional(layers.LSTM(2, return_sequences=True, dropout=0.1))(inputs)
    x = layers.RNN([layers.GRUCell(2), layers.SimpleRNNCell(3)])(x)
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(3), layers.BatchNormalization()])
    return keras.Model(inputs, keras.ops.relu(inner(x)))


def compiled(keras):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), keras.layers.Dense(1, dtype="bfloat16")])
    model.compile(keras.optimizers.Adam(use_ema=True), "mse", metrics=["mae"])
    model.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0)
    return model


@pytest.mark.parametrize("make", [subclass, stacked, compiled])
def test_groups_and_values_go_both_ways(make, real_keras, tmp_path):
    mine, theirs = make(ours), make(real_keras)
    mine.save_weights(tmp_path / "mine.weights.h5")
    if make is not subclass:
        theirs.save_weights(tmp_path / "theirs.weights.h5")
        places = [(name, shape) for name, _, shape in groups(tmp_path / "mine.weights.h5")]
        assert places == [(name, shape) for name, _, shape in groups(tmp_path / "theirs.weights.h5")]
    theirs.load_weights(tmp_path / "mine.weights.h5")
    for a, b in zip(mine.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(np.asarray(a, "float32"), np.asarray(b, "float32"))
    for v in theirs.weights:
        v.assign(v + 1)
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    mine.load_weights(tmp_path / "theirs.weights.h5")
    for a, b in zip(mine.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(np.asarray(a, "float32"), np.asarray(b, "float32"))
    if make is compiled:
        for a, b in zip(mine.optimizer.variables, theirs.optimizer.variables, strict=True):
            np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_a_file_of_keras_gives_the_outputs_it_stored():
    model = ours.models.model_from_json((FIXTURES / "keras_nested_sequential.json").read_text())
    model.load_weights(FIXTURES / "keras_nested_sequential.weights.h5")
    data = np.load(FIXTURES / "keras_nested_sequential.npz")
    np.testing.assert_allclose(model.predict(data["in_0"], verbose=0), data["out_0"], rtol=1e-4, atol=1e-5)


def two_dense(*units, features=3):
    layers = [ours.layers.Dense(n) for n in units]
    return ours.Sequential([ours.Input((features,)), *layers])


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (lambda: two_dense(2, 4), r"dense_3/kernel' must match\. The model has \(2, 4\), the file \(2, 5\)"),
        (lambda: two_dense(2, 5, 5), "expected 2 variables .*'kernel', 'bias'.*received 0 variables .*layers/dense_2"),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(other, message, tmp_path):
    two_dense(2, 5).save_weights(tmp_path / "a.weights.h5")
    model = other()
    before = model.get_weights()
    with pytest.raises(FileContentError, match=message) as error:
        model.load_weights(tmp_path / "a.weights.h5")
    assert "a.weights.h5" in str(error.value)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.warns(UserWarning, match="keep their values"):
        model.load_weights(tmp_path / "a.weights.h5", skip_mismatch=True)
    np.testing.assert_array_equal(model.get_weights()[0], arrays(tmp_path / "a.weights.h5")["layers/dense/vars/0"])


def test_skipped_objects_keep_their_values(tmp_path):
    source, model = two_dense(2, 2), two_dense(2, 2)
    kernel = model.layers[0].get_weights()[0]
    source.save_weights(tmp_path / "a.weights.h5")
    model.load_weights(tmp_path / "a.weights.h5", objects_to_skip=[model.layers[0]])
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], kernel)
    np.testing.assert_array_equal(model.layers[1].get_weights()[0], source.layers[1].get_weights()[0])


def test_plain_torch_modules_are_stored_by_their_state(tmp_path):
    def make():
        return ours.Sequential([ours.Input((3,)), nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))])

    source, model = make(), make()
    source.save_weights(tmp_path / "a.weights.h5")
    assert "layers/torch_module_wrapper/vars/1.running_mean" in arrays(tmp_path / "a.weights.h5")
    model.load_weights(tmp_path / "a.weights.h5")
    for a, b in zip(source.state_dict().values(), model.state_dict().values(), strict=True):
        assert torch.equal(a, b)


def test_an_unbuilt_optimizer_takes_the_state_of_a_trained_one(tmp_path):
    source, model = compiled(ours), two_dense(2, 1)
    source.save_weights(tmp_path / "a.weights.h5")
    model.compile(ours.optimizers.Adam(use_ema=True), "mse")
    model.load_weights(tmp_path / "a.weights.h5")
    assert int(model.optimizer.iterations) == 1
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer 'sgd'"):
        model.compile("sgd", "mse")
        model.load_weights(tmp_path / "a.weights.h5")


def test_shards_go_both_ways(real_keras, tmp_path):
    def make(keras):
        return keras.Sequential([keras.Input((30,)), keras.layers.Dense(30), keras.layers.Dense(30)])

    mine, theirs = make(ours), make(real_keras)
    mine.save_weights(tmp_path / "a.weights.json", max_shard_size=4e-6)
    listing = json.loads((tmp_path / "a.weights.json").read_text())
    assert listing["weight_map"]["/layers/dense_1/vars"] == ["a_00001.weights.h5"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.weights.json", "a_00000.weights.h5", "a_00001.weights.h5"]
    theirs.load_weights(tmp_path / "a.weights.json")
    theirs.save_weights(tmp_path / "b.weights.json", max_shard_size=4e-6)
    model = make(ours)
    model.load_weights(tmp_path / "b.weights.json")
    for a, b in zip(mine.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="Increase `max_shard_size`"):
        mine.save_weights(tmp_path / "c.weights.json", max_shard_size=1e-9)
    assert not (tmp_path / "c.weights.json").exists()
    (tmp_path / "d.weights.json").write_text('{"weight_map": {"x": "../a_00000.weights.h5"}}')
    with pytest.raises(FileContentError, match="not the name of a file beside it"):
        model.load_weights(tmp_path / "d.weights.json")


@pytest.mark.parametrize(
    ("link", "message"),
    [
        (lambda: h5py.SoftLink("/other"), "SoftLink"),
        (lambda: h5py.ExternalLink("a.weights.h5", "/layers"), "ExternalLink"),
    ],
)
def test_links_are_refused(link, message, tmp_path):
    model = two_dense(2)
    model.save_weights(tmp_path / "a.weights.h5")
    with h5py.File(tmp_path / "b.weights.h5", "w") as file:
        file["layers"] = link()
    with pytest.raises(FileContentError, match=f"b.weights.h5.*{message}"):
        model.load_weights(tmp_path / "b.weights.h5")


def test_what_is_not_a_file_of_weights_is_refused(tmp_path):
    model = two_dense(2)
    model.save_weights(tmp_path / "a.weights.h5")
    whole = (tmp_path / "a.weights.h5").read_bytes()
    for name, content in {"cut": whole[:2000], "text": b"hello"}.items():
        (tmp_path / f"{name}.weights.h5").write_bytes(content)
        with pytest.raises(FileContentError, match=rf"{name}.weights.h5' is not an HDF5 file, or it is cut off"):
            model.load_weights(tmp_path / f"{name}.weights.h5")
    (tmp_path / "empty.weights.h5").write_bytes(b"")
    with pytest.raises(FileContentError, match=r"empty.weights.h5.* It is an empty file. A copy or download stopped"):
        model.load_weights(tmp_path / "empty.weights.h5")
    with pytest.raises(FileNotFoundError, match="nothing.weights.h5"):
        model.load_weights(tmp_path / "nothing.weights.h5")
    with h5py.File(tmp_path / "names.weights.h5", "w") as file:
        file["layers/dense/vars/0"] = np.array([[b"a"] * 2] * 3)
        file["layers/dense/vars/1"] = np.zeros(2)
    with pytest.raises(FileContentError, match=r"names.weights.h5.*where an array of numbers is expected"):
        model.load_weights(tmp_path / "names.weights.h5")
    with pytest.raises(ValueError, match="File format not supported.*There is no such file"):
        model.load_weights("weights.pkl")
    with pytest.raises(ValueError, match="Invalid keyword arguments: {'byname': True}"):
        model.load_weights(tmp_path / "a.weights.h5", byname=True)


def test_existing_files_are_kept_or_replaced_whole(tmp_path):
    path = tmp_path / "a.weights.h5"
    two_dense(2).save_weights(path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match="overwrite=False"):
        two_dense(3).save_weights(path, overwrite=False)

    class Broken(ours.layers.Dense):
        def save_own_variables(self, store):
            raise RuntimeError("stop")

    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(2), Broken(2)])
    with pytest.raises(RuntimeError, match="stop"):
        model.save_weights(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.weights.h5"]
    with pytest.raises(ValueError, match="not yet been built"):
        ours.Sequential([ours.layers.Dense(2)]).save_weights(path)
    with pytest.raises(ValueError, match=r"must end in `\.weights\.h5`"):
        model.save_weights(tmp_path / "a.h5")
    with pytest.raises(ValueError, match="does not exist"):
        two_dense(2).save_weights(tmp_path / "no" / "a.weights.h5")


class Stops(ours.layers.Layer):
    """Is stopped while it sets its values."""

    stop: type[BaseException] | None = None

    def build(self, shape):
        self.w = self.add_weight(shape=(2, 2))

    def call(self, x):
        return x @ self.w

    def load_own_variables(self, store):
        self.w.assign(store["0"] + 1)
        if self.stop is not None:
            raise self.stop


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt])
def test_a_layer_that_stops_in_the_middle_changes_nothing(tmp_path, stop, monkeypatch):
    def made():
        model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(2), Stops()])
        model.compile("adam", "mse")
        return model

    trained = made()
    trained.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    path = str(tmp_path / "m.weights.h5")
    trained.save_weights(path)
    model = made()
    model.optimizer.build(model.trainable_variables)
    before = model.get_weights()
    monkeypatch.setattr(Stops, "stop", stop)
    with pytest.raises(stop):
        model.load_weights(path)
    assert all(map(np.array_equal, model.get_weights(), before))
    assert int(model.optimizer.iterations) == 0 and model.optimizer.get_config()["learning_rate"] == 0.001


def test_a_large_count_is_exact(tmp_path):
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(2)])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    model.optimizer.iterations.assign(2**24 + 1)
    path = str(tmp_path / "m.weights.h5")
    model.save_weights(path)
    model.optimizer.iterations.assign(2**24)
    model.load_weights(path)
    assert int(model.optimizer.iterations) == 2**24 + 1
