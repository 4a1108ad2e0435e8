"""Weights in `.keras` and `.weights.h5` files of tf.keras.

Oracle: the groups that Keras 2.12.0, 2.13.1, 2.14.0 and 2.15.0 write for these models (with TensorFlow 2.15.1).
"""

from __future__ import annotations

import itertools
import json
import zipfile

import h5py
import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.object_tree import identity
from torchkeras_compat.saving.old_weight_paths import WALKS, old_places, places_of

R = np.random.RandomState(0)
VERSIONS = sorted(WALKS)


def graph():
    """The model whose groups are listed below."""
    i = ours.Input((4,), name="i")
    x = layers.BatchNormalization(name="bn")(layers.Dropout(0.1)(layers.Dense(3, name="a")(i)))
    inner = ours.Model(i, layers.Dense(3, name="b")(x))
    j = ours.Input((5, 4))
    y = layers.TimeDistributed(inner)(j)
    y = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(y)
    y = layers.RNN([layers.LSTMCell(2), layers.GRUCell(3)], return_sequences=True)(y)
    y = layers.GRU(3)(layers.MultiHeadAttention(2, 2)(y, y))
    deep = ours.Sequential([layers.Dense(2), layers.Dense(2)])
    return ours.Model(j, layers.Dense(1)(ours.Sequential([layers.Dense(3), deep])(y)))


def groups(second, holder):
    """The groups with arrays, in the order of the model's weights."""
    inner, top = f"{holder}/time_distributed/layer/{holder}", f"{holder}/sequential/{holder}"
    return [
        f"{inner}/dense",
        f"{inner}/batch_normalization",
        f"{inner}/dense_{second}",
        f"{holder}/bidirectional/forward_layer/cell",
        f"{holder}/bidirectional/backward_layer/cell",
        f"{holder}/rnn/cell/cells/lstm_cell",
        f"{holder}/rnn/cell/cells/gru_cell",
        *(f"{holder}/multi_head_attention/_{part}_dense" for part in ("query", "key", "value", "output")),
        f"{holder}/gru/cell",
        f"{top}/dense",
        f"{top}/sequential/{holder}/dense",
        f"{top}/sequential/{holder}/dense_{second}",
        f"{holder}/dense",
    ]


GROUPS = {
    "2.12": groups(2, "_layer_checkpoint_dependencies"),
    "2.13": groups(2, "_layer_checkpoint_dependencies"),
    "2.14": groups(1, "_layer_checkpoint_dependencies"),
    "2.15": groups(1, "layers"),
}


def values_of(model):
    return [R.normal(size=w.shape).astype("float32") for w in model.weights]


def write(file, model, paths, values):
    """Write values of a model's weights, group by group."""
    pairs = zip(model.weights, values, strict=True)
    of_layers = itertools.groupby(pairs, key=lambda pair: pair[0].path.rpartition("/")[0])
    for path, (_, own) in zip(paths, of_layers, strict=True):
        group = file.create_group(f"{path}/vars")
        for i, (_, value) in enumerate(own):
            group[str(i)] = value


def check(model, values):
    for weight, value in zip(model.weights, values, strict=True):
        np.testing.assert_array_equal(weight.numpy(), value, err_msg=weight.path)


@pytest.mark.parametrize("separator", ["/", "\\"])
@pytest.mark.parametrize("version", VERSIONS)
def test_weights_of_a_graph(tmp_path, version, separator):
    model = graph()
    values = values_of(model)
    with h5py.File(tmp_path / "a.weights.h5", "w") as file:
        write(file, model, [path.replace("/", separator) for path in GROUPS[version]], values)
        file.create_group("vars")
    model.load_weights(tmp_path / "a.weights.h5")
    check(model, values)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_whole_model(tmp_path, version):
    model = ours.Sequential([ours.Input((2,)), layers.Dense(2, name="d"), layers.Dense(2, name="e")])
    values = values_of(model)
    holder = "layers" if version == "2.15" else "_layer_checkpoint_dependencies"
    with h5py.File(tmp_path / "w.h5", "w") as file:
        second = 2 if version in ("2.12", "2.13") else 1
        write(file, model, [f"{holder}/dense", f"{holder}/dense_{second}"], values)
    dense = [
        {"module": "keras.layers", "class_name": "Dense", "config": {"name": n, "units": 2}, "registered_name": None}
        for n in "de"
    ]
    first = {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None}
    first["config"] = {"batch_input_shape": [None, 2], "dtype": "float32", "name": "i"}
    whole = {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [first, *dense]}}
    with zipfile.ZipFile(tmp_path / "a.keras", "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": f"{version}.0"}))
        archive.writestr("config.json", json.dumps(whole))
        archive.write(tmp_path / "w.h5", "model.weights.h5")
    check(ours.saving.load_model(tmp_path / "a.keras"), values)


class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense_b, self.alpha, self._hidden = layers.Dense(3), layers.Dense(3), layers.Dense(3)
        self.stack = [layers.Dense(3), layers.Dense(3)]
        self.table = {"x": layers.Dense(3)}

    def call(self, x):
        for layer in (self.dense_b, self.alpha, self._hidden, *self.stack, self.table["x"]):
            x = layer(x)
        return x


class Blocks(ours.Model):
    def __init__(self):
        super().__init__()
        self.block, self.out = Block(), layers.Dense(1)
        self.blocks = [Block(), layers.BatchNormalization()]

    def call(self, x):
        x = self.block(x)
        for block in self.blocks:
            x = block(x)
        return self.out(x)


def of_block(path):
    return {f"{path}/{name}" for name in ("_hidden", "alpha", "dense_b", "stack/dense", "stack/dense_1", "table/dense")}


@pytest.mark.parametrize("version", VERSIONS)
def test_attributes_of_a_subclassed_model(version):
    model = Blocks()
    model(np.zeros((2, 3), "float32"))
    found = {"/".join(p.path): p.value for p in places_of(model, WALKS[version]) if p.value._file_variables()}
    if version == "2.15":
        expected = {*of_block("layers/block"), *of_block("layers/block_1"), "layers/batch_normalization", "out"}
        assert found["out"] is model.out
    else:
        expected = {*of_block("block"), *of_block("blocks/block"), "blocks/batch_normalization", "layers/dense"}
        assert found["layers/dense"] is model.out
    assert found.keys() == expected


class LastFirst(ours.Model):
    """Whose attributes are not in the order in which they were made."""

    def __init__(self):
        super().__init__()
        self.z, self.a = layers.Dense(3), layers.Dense(3)

    def call(self, x):
        return self.z(self.a(x))


@pytest.mark.parametrize(
    ("version", "a", "z"),
    # what Keras 2.13.1, 2.14.0 and 2.15.0 write
    [("2.13", "a", "layers/dense"), ("2.14", "a", "layers/dense"), ("2.15", "layers/dense", "z")],
)
def test_layers_of_one_kind_are_not_mixed_up(tmp_path, version, a, z):
    model = LastFirst()
    model(np.zeros((2, 3), "float32"))
    values = {name: (R.normal(size=(3, 3)), R.normal(size=3)) for name in "az"}
    with h5py.File(tmp_path / "a.weights.h5", "w") as file:
        for name, path in (("a", a), ("z", z)):
            file[f"{path}/vars/0"], file[f"{path}/vars/1"] = values[name]
    model.load_weights(tmp_path / "a.weights.h5")
    np.testing.assert_allclose(model.a.kernel.numpy(), values["a"][0], rtol=1e-6)
    np.testing.assert_allclose(model.z.bias.numpy(), values["z"][1], rtol=1e-6)


def test_what_does_not_fit_changes_nothing(tmp_path):
    model = graph()
    values, before = values_of(model), model.get_weights()
    with h5py.File(tmp_path / "a.weights.h5", "w") as file:
        write(file, model, GROUPS["2.13"], values)
        file.move("_layer_checkpoint_dependencies/dense", "_layer_checkpoint_dependencies/dense_5")
    with pytest.raises(FileContentError, match=r"expected 2 variables .* in the group '_layer_checkpoint_dep.*/dense'"):
        model.load_weights(tmp_path / "a.weights.h5")
    check(model, before)
    with pytest.warns(UserWarning, match="They keep their values"):
        model.load_weights(tmp_path / "a.weights.h5", skip_mismatch=True)


def test_layers_to_skip_keep_their_values(tmp_path):
    model = graph()
    values = values_of(model)
    with h5py.File(tmp_path / "a.weights.h5", "w") as file:
        write(file, model, GROUPS["2.14"], values)
    before = model.get_weights()
    model.load_weights(tmp_path / "a.weights.h5", objects_to_skip=[model.layers[1]])
    check(model, [*before[:8], *values[8:]])


def test_two_readings_are_an_error():
    model = ours.Sequential([ours.Input((2,)), layers.Dense(2), layers.Dense(2)])
    with pytest.raises(FileContentError, match="in two ways"):
        old_places(model, None, has_name=False, fits=lambda place: True, has_dependencies=True)
    known = old_places(model, "2.14.0", has_name=False, fits=lambda place: True, has_dependencies=True)
    assert known == places_of(model, WALKS["2.14"])
    for version, has_name in (("3.0.1", False), (None, True)):
        assert old_places(model, version, has_name, lambda place: True, True) is None
    assert old_places(model, None, False, lambda place: False, False) is None


def test_each_object_has_one_place():
    model = graph()
    for walk in WALKS.values():
        found = [identity(place.value) for place in places_of(model, walk)]
        assert len(found) == len(set(found))
