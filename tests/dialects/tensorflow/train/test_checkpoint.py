from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.errors import DataLossError, NotFoundError
from torchkeras_compat.dialects.tensorflow.train import checkpoint as module
from torchkeras_compat.dialects.tensorflow.train.checkpoint import Checkpoint
from torchkeras_compat.dialects.tensorflow.train.checkpoint_state import latest_checkpoint
from torchkeras_compat.dialects.tensorflow.variable import Variable
from torchkeras_compat.errors import FileContentError

X, Y = np.random.default_rng(0).normal(size=(8, 2)).astype("float32"), np.ones((8, 1), "float32")


def trained(epochs: int) -> tuple[Any, Any]:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    optimizer = keras.optimizers.Adam(0.1)
    model.compile(optimizer, "mse")
    if epochs:
        model.fit(X, Y, shuffle=False, epochs=epochs, verbose=0)
    return model, optimizer


def test_training_goes_on_where_it_was(tmp_path: Path) -> None:
    model, optimizer = trained(2)
    step = Variable(7, dtype="int64")
    path = Checkpoint(model=model, optimizer=optimizer, step=step).save(tmp_path / "deep" / "ck")
    assert path.endswith("ck-1") and latest_checkpoint(tmp_path / "deep") == path
    model.fit(X, Y, shuffle=False, epochs=2, verbose=0)

    other, unbuilt = trained(0)
    other_step = Variable(0, dtype="int64")
    status = Checkpoint(model=other, optimizer=unbuilt, step=other_step).restore(path)
    status.assert_existing_objects_matched().expect_partial()
    assert other_step.numpy() == 7
    other.fit(X, Y, shuffle=False, epochs=2, verbose=0)  # with the slots of the optimizer, restored when it is built
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_saves_are_counted(tmp_path: Path) -> None:
    checkpoint = Checkpoint(v=Variable(1.0))
    assert [checkpoint.save(tmp_path / "ck")[-1] for _ in range(3)] == ["1", "2", "3"]
    again = Checkpoint(v=Variable(0.0))
    again.restore(latest_checkpoint(tmp_path)).assert_consumed()
    assert again.save(tmp_path / "ck").endswith("ck-4")


def test_bfloat16_and_integers_survive(tmp_path: Path) -> None:
    values = [Variable([1.5, 2.5], dtype="bfloat16"), Variable([1, 2], dtype="int64"), Variable(True)]
    path = Checkpoint(list=values).write(tmp_path / "ck")
    others = [Variable([0.0, 0.0], dtype="bfloat16"), Variable([0, 0], dtype="int64"), Variable(False)]
    Checkpoint(list=others).read(path).assert_consumed()
    assert [np.asarray(one.numpy(), "float32").tolist() for one in others] == [[1.5, 2.5], [1, 2], 1]


def test_what_does_not_match_is_said(tmp_path: Path) -> None:
    path = Checkpoint(a=Variable([1.0, 2.0]), b=Variable(1.0)).write(tmp_path / "ck")
    a = Variable([0.0, 0.0])
    status = Checkpoint(a=a, c=Variable(3.0)).restore(path)
    assert a.numpy().tolist() == [1, 2]
    with pytest.raises(AssertionError, match=r"No value in checkpoint .* \['c/value'\]"):
        status.assert_existing_objects_matched()
    with pytest.raises(AssertionError, match=r"Unresolved object .* \['b/value'\]"):
        status.assert_consumed()
    with pytest.raises(ValueError, match=r"shape \(2,\) when .* shape \(3,\) and name 'a/value'"):
        Checkpoint(a=Variable([0.0, 0.0, 0.0])).restore(path)
    assert Checkpoint(a=a).restore(None).assert_consumed()


def test_a_layer_has_to_be_built(tmp_path: Path) -> None:
    layer = keras.layers.Dense(1)
    layer.build((None, 2))
    path = Checkpoint(layer=layer).write(tmp_path / "ck")
    with pytest.raises(ValueError, match="The Dense at 'layer' has no weights yet"):
        Checkpoint(layer=keras.layers.Dense(1)).restore(path)


def test_reading_without_objects(tmp_path: Path) -> None:
    path = Checkpoint(a=Variable([1.0, 2.0])).save(tmp_path / "ck")
    assert module.list_variables(tmp_path) == [("a/value", [2]), ("save_counter/value", [])]
    assert module.load_variable(path, "a/value").tolist() == [1, 2]
    reader = module.load_checkpoint(path)
    assert reader.has_tensor("a/value") and reader.get_variable_to_shape_map()["a/value"] == [2]
    with pytest.raises(NotFoundError, match="Key b not found"):
        reader.get_tensor("b")


def test_other_files_are_refused(tmp_path: Path) -> None:
    checkpoint = Checkpoint(a=Variable([1.0, 2.0]))
    with pytest.raises(NotFoundError, match="Failed to find any matching files"):
        checkpoint.restore(str(tmp_path / "ck"))
    (tmp_path / "tf.index").touch()
    with pytest.raises(DataLossError, match="a checkpoint that TensorFlow wrote"):
        checkpoint.restore(str(tmp_path / "tf"))
    (tmp_path / "text.ckpt.h5").write_text("text")
    with pytest.raises(FileContentError):
        checkpoint.restore(str(tmp_path / "text"))
    with h5py.File(tmp_path / "plain.ckpt.h5", "w") as file:
        file["a"] = 1
    with pytest.raises(FileContentError, match="not a checkpoint"):
        checkpoint.restore(str(tmp_path / "plain"))


@pytest.mark.parametrize("kind", ["chunked", "text", "unwritten"])
def test_hostile_arrays_are_refused(tmp_path: Path, kind: str) -> None:
    with h5py.File(tmp_path / "ck.ckpt.h5", "w") as file:
        file.attrs["format"] = module._FORMAT
        if kind == "chunked":
            file.create_dataset("a/value", shape=(2**40,), dtype="f4", chunks=(2,), compression="gzip")
        elif kind == "text":
            file["a/value"] = [b"a", b"b"]
        else:
            file.create_dataset("a/value", shape=(2**40,), dtype="f4")
    with pytest.raises(FileContentError, match="numbers"):
        module.load_variable(str(tmp_path / "ck"), "a/value")


def test_arrays_of_a_checkpoint_that_tensorflow_wrote() -> None:
    prefix = str(Path(__file__).parents[3] / "saving" / "fixtures" / "tensorflow_2_15" / "session.ckpt")
    shapes = dict(module.list_variables(prefix))
    assert shapes["a/kernel"] == [3, 2] and shapes["beta1_power"] == []
    reader = module.load_checkpoint(prefix)
    assert reader.has_tensor("a/bias/Adam_1") and reader.get_variable_to_dtype_map()["global_step"] == "int64"
    assert reader.get_tensor("global_step") == 1
    np.testing.assert_array_equal(reader.get_tensor("b/kernel"), module.load_variable(prefix, "b/kernel"))
    with pytest.raises(NotFoundError, match="Key b not found"):
        reader.get_tensor("b")
