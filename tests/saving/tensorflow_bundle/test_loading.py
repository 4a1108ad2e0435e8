"""Weights of files that TensorFlow 2.15.1 wrote, whose numbers are in `values.npz`; and of ones made here."""

from __future__ import annotations

import runpy
import shutil
import time
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.tensorflow_bundle.bundle import STRING, Bundle
from torchkeras_compat.saving.tensorflow_bundle.loading import prefix_of
from torchkeras_compat.saving.tensorflow_bundle.object_graph import KEY

writer: Any = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("writer.py"))))

FILES = Path(__file__).parents[1] / "fixtures" / "tensorflow_2_15"
VALUES = np.load(FILES / "values.npz")
END = "/.ATTRIBUTES/VARIABLE_VALUE"


def made(optimizer: Any = None) -> Any:
    model = ours.Sequential([ours.Input((3,)), layers.Dense(2, name="a"), layers.Dense(2, name="b")])
    if optimizer is not None:
        model.compile(optimizer, "mse")
    return model


OPTIMIZERS = {
    "adam": lambda: ours.optimizers.Adam(0.5),
    "legacy_adam": lambda: ours.optimizers.Adam(0.5),
    "nadam": lambda: ours.optimizers.Nadam(0.5),
    "centered": lambda: ours.optimizers.RMSprop(0.5, momentum=0.9, centered=True),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_weights_and_optimizer_go_on_as_in_tensorflow(name: str) -> None:
    model = made(OPTIMIZERS[name]())
    model.load_weights(FILES / name)
    np.testing.assert_allclose(model.predict(VALUES["x"], verbose=0), VALUES[f"{name}_out"], atol=1e-6)
    assert int(model.optimizer.iterations) == 3 and float(model.optimizer.learning_rate) == np.float32(0.01)
    model.train_on_batch(VALUES["x"], VALUES["y"])
    np.testing.assert_allclose(model.predict(VALUES["x"], verbose=0), VALUES[f"{name}_after"], atol=2e-6)


@pytest.mark.parametrize("name", ["adam", "adam.index", "adam.data-00000-of-00001"])
def test_any_file_of_a_checkpoint_will_do(name: str) -> None:
    model = made()
    model.load_weights(str(FILES / name))
    np.testing.assert_allclose(model.predict(VALUES["x"], verbose=0), VALUES["adam_out"], atol=1e-6)


@pytest.mark.parametrize("name", ["adam", "nadam", "legacy_adam", "centered"])
@pytest.mark.parametrize("optimizer", ["sgd", "adamax", "adafactor"])
def test_the_state_of_another_optimizer_is_left_out_with_a_warning(name: str, optimizer: str) -> None:
    model = made(optimizer)
    with pytest.warns(UserWarning, match="The state of the optimizer in .* is left out"):
        model.load_weights(FILES / name)
    np.testing.assert_allclose(model.predict(VALUES["x"], verbose=0), VALUES[f"{name}_out"], atol=1e-6)
    assert int(model.optimizer.iterations) == 0


class Several(layers.Layer):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.first = layers.Dense(2)
        self.several = [layers.Dense(2), layers.Dense(2)]
        self.named = {"a": layers.Dense(2)}

    def build(self, input_shape: Any) -> None:
        self.scale = self.add_weight(shape=(2,), name="s", initializer="random_normal")

    def call(self, x: Any) -> Any:
        return self.named["a"](self.several[1](self.several[0](self.first(x)))) * self.scale


def nested() -> Any:
    i = ours.Input((5, 4))
    h = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(i)
    h = layers.MultiHeadAttention(1, 2)(h, h)
    h = layers.RNN([layers.GRUCell(2), layers.SimpleRNNCell(2)], return_sequences=True)(h)
    h = layers.SeparableConv1D(2, 2)(h)
    h = layers.TimeDistributed(layers.Dense(3))(h)
    h = layers.GRU(2)(h)
    h = ours.Sequential([layers.Dense(3), layers.BatchNormalization(), layers.Dense(2)])(h)
    return ours.Model(i, Several()(h))


def test_nested_models_cells_lists_and_attributes() -> None:
    model = nested()
    model.load_weights(FILES / "nested")
    np.testing.assert_allclose(model.predict(VALUES["nested_x"], verbose=0), VALUES["nested_out"], atol=1e-5)


def test_a_checkpoint_of_tensorflow_1_goes_by_names() -> None:
    model = made("adam")
    with pytest.warns(UserWarning, match="state of the optimizer in .*, of TensorFlow 1, is left out"):
        model.load_weights(FILES / "session.ckpt")
    np.testing.assert_allclose(model.predict(VALUES["x"], verbose=0), VALUES["session_out"], atol=1e-6)
    before = made()
    with pytest.raises(FileContentError, match=r"'.*other/kernel' of .* is not in it.*\['a/bias', 'a/bias/Adam'"):
        ours.Sequential([ours.Input((3,)), layers.Dense(2, name="other")]).load_weights(FILES / "session.ckpt")
    assert before.get_weights()[0].shape == (3, 2)


def test_names_may_have_a_scope_in_front_and_no_cell(tmp_path: Path) -> None:
    arrays = {
        "scope/lstm/kernel": np.full((2, 4), 1, "float32"),
        "scope/lstm/recurrent_kernel": np.full((1, 4), 2, "float32"),
        "scope/lstm/bias": np.full(4, 3, "float32"),
    }
    writer.write_bundle(tmp_path / "cp", arrays)
    model = ours.Sequential([ours.Input((3, 2)), layers.LSTM(1, name="lstm")])
    model.load_weights(tmp_path / "cp")
    for mine, its in zip(model.get_weights(), arrays.values(), strict=True):
        np.testing.assert_array_equal(mine, its)


def test_a_saved_model_gives_its_weights() -> None:
    i, aux = ours.Input((6, 6, 1)), ours.Input((3,))
    h = layers.GlobalAveragePooling2D()(layers.Conv2D(2, 3, activation="relu")(i))
    model = ours.Model([i, aux], layers.Dense(2, activation="softmax")(layers.concatenate([h, aux])))
    model.load_weights(FILES / "saved_model")
    found = model.predict([VALUES["img"], VALUES["aux"]], verbose=0)
    np.testing.assert_allclose(found, VALUES["model_out"], atol=1e-6)


def copied(folder: Path, name: str = "adam", as_name: str = "cp.ckpt") -> Path:
    for ending in (".index", ".data-00000-of-00001"):
        shutil.copy(f"{FILES / name}{ending}", folder / f"{as_name}{ending}")
    return folder / as_name


def test_the_last_checkpoint_of_a_folder(tmp_path: Path) -> None:
    copied(tmp_path)
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "/where/it/was/cp.ckpt"\n')
    assert prefix_of(str(tmp_path)) == str(tmp_path / "cp.ckpt") == prefix_of(str(tmp_path / "checkpoint"))
    for path in (tmp_path, tmp_path / "checkpoint"):
        made().load_weights(path)
    for text in ("", 'model_checkpoint_path: "../cp.ckp"', "\0\xff"):
        (tmp_path / "checkpoint").write_text(text)
        with pytest.raises(FileContentError, match="which is not there"):
            made().load_weights(tmp_path)


def test_a_prefix_called_checkpoint(tmp_path: Path) -> None:
    path = copied(tmp_path, as_name="checkpoint")
    path.write_text('model_checkpoint_path: "checkpoint"\n')
    made().load_weights(path)


def test_what_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    other = ours.Sequential([ours.Input((3,)), layers.Dense(2), layers.Dense(5)])
    before = other.get_weights()
    with pytest.raises(FileContentError, match=r"has the shape \(2, 5\), and the checkpoint \(2, 2\).*Nothing was"):
        other.load_weights(FILES / "adam")
    for mine, its in zip(other.get_weights(), before, strict=True):
        np.testing.assert_array_equal(mine, its)
    with pytest.warns(UserWarning, match="They keep their values"):
        other.load_weights(FILES / "adam", skip_mismatch=True)
    assert (other.get_weights()[0] != before[0]).any() and (other.get_weights()[2] == before[2]).all()
    with pytest.raises(FileContentError, match=r"It holds 4 arrays: \['layer_with_weights-0/bias'"):
        nested().load_weights(FILES / "adam")
    path = copied(tmp_path)
    data = bytearray(Path(f"{path}.data-00000-of-00001").read_bytes())
    data[30] ^= 1
    Path(f"{path}.data-00000-of-00001").write_bytes(data)
    model = made("adam")
    before = model.get_weights()
    with pytest.raises(FileContentError, match="checksum of 'layer_with_weights-.* is wrong"):
        model.load_weights(path)
    for mine, its in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(mine, its)


def test_arrays_that_the_model_lacks_are_named() -> None:
    model = ours.Sequential([ours.Input((3,)), layers.Dense(2)])
    with pytest.warns(UserWarning, match=r"holds 2 arrays that the model has no variables for.*layer_with_weights-1"):
        model.load_weights(FILES / "adam")


def test_the_model_may_be_an_attribute(tmp_path: Path) -> None:
    keys = [f"model/layer_with_weights-{i}/{name}" for i in range(2) for name in ("kernel", "bias")]
    shapes = [(3, 2), (2,), (2, 2), (2,)]
    arrays = {f"{k}{END}": np.full(s, i, "float32") for i, (k, s) in enumerate(zip(keys, shapes, strict=True))}
    arrays[f"save_counter{END}"] = np.array(1, "int64")
    writer.write_bundle(tmp_path / "ck-1", arrays, writer.graph(writer.nodes_of([*keys, "save_counter"])), shards=2)
    model = made()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.load_weights(tmp_path / "ck-1")
    assert [float(w.max()) for w in model.get_weights()] == [0, 1, 2, 3]


def test_hostile_objects_do_no_harm(tmp_path: Path) -> None:
    arrays = {f"layer_with_weights-0/kernel{END}": np.ones((3, 2), "float32")}
    children = {"layer_with_weights-0": 0, "layer_with_weights-1": 0, "kernel": 1, "bias": 1}
    nodes = [{"children": children}, {"key": "layer_with_weights-9/kernel"}]
    writer.write_bundle(tmp_path / "loop", arrays, writer.graph(nodes))
    with pytest.raises(FileContentError, match="its index has no .layer_with_weights-9/kernel'"):
        made().load_weights(tmp_path / "loop")
    bad = {f"layer_with_weights-0/kernel{END}": np.ones((3, 2), "int64")}
    nodes = writer.nodes_of(["layer_with_weights-0/__class__", "layer_with_weights-0/kernel"])
    writer.write_bundle(tmp_path / "names", bad, writer.graph(nodes))
    with pytest.raises(FileContentError, match="bias' of <Dense name=a> is not in it"):
        made().load_weights(tmp_path / "names")


def test_long_names_and_a_long_note_take_no_time(tmp_path: Path) -> None:
    arrays = {"a/kernel": np.zeros((3, 2), "float32"), "optimizer/" * 100_000 + "\n": np.zeros(1, "float32")}
    writer.write_bundle(tmp_path / "cp", arrays)
    with open(tmp_path / "checkpoint", "w") as note:
        note.write('model_checkpoint_path: "cp"\n')
        note.truncate(2**33)  # a file with a hole
    begun = time.process_time()
    with pytest.raises(FileContentError, match="b/bias' of .* is not in it") as caught:
        made().load_weights(tmp_path)
    assert time.process_time() - begun < 2 and len(str(caught.value)) < 2000


@pytest.mark.parametrize("count", [2**62, 1e38])
def test_a_count_that_cannot_be_changes_nothing(tmp_path: Path, count: float) -> None:
    bundle = Bundle(str(FILES / "adam"))
    arrays = {k: bundle.read(k).numpy() for k, e in bundle.entries.items() if e.dtype != STRING}
    key = next(k for k in arrays if "_iterations" in k)
    writer.write_bundle(tmp_path / "cp", {**arrays, key: np.array(count)}, bundle.read_text(KEY))
    model = made("adam")
    before, variables = model.get_weights(), len(model.optimizer.variables)
    with pytest.raises(FileContentError, match="for 'adam/iteration', which cannot be"):
        model.load_weights(tmp_path / "cp")
    assert all(map(np.array_equal, model.get_weights(), before))
    assert not model.optimizer.built and len(model.optimizer.variables) == variables
    assert int(model.optimizer.iterations) == 0 and float(model.optimizer.learning_rate) == 0.001
