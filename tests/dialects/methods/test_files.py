from __future__ import annotations

import os
import shutil
from contextlib import nullcontext
from pathlib import Path

import h5py
import numpy as np
import pytest


@pytest.mark.parametrize("name", ["m.h5", "m.hdf5", "m", "m.model", "m.keras", "m.H5"])
@pytest.mark.parametrize("dialect", ["keras1", "keras2", "tf_keras"])
def test_models_in_files_of_any_name(request, tmp_path: Path, dialect: str, name: str) -> None:
    request.getfixturevalue(dialect)
    from keras.layers import Dense
    from keras.models import Sequential, load_model

    is_folder = dialect == "tf_keras" and name in ("m", "m.model")  # TensorFlow's format there

    model = Sequential([Dense(2, input_dim=3)])
    model.compile("adam", "mse")
    x = np.ones((4, 3), "float32")
    model.fit(x, np.ones((4, 2)), verbose=0)
    with pytest.warns(UserWarning, match="written as a folder") if is_folder else nullcontext():
        model.save(tmp_path / name)
    assert (tmp_path / name).is_dir() is is_folder
    assert is_folder or h5py.is_hdf5(tmp_path / name) is not name.endswith(".keras")
    loaded = load_model(str(tmp_path / name))
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))
    assert loaded.compiled and float(loaded.optimizer.iterations) == float(model.optimizer.iterations)
    with pytest.warns(UserWarning, match="written as a folder") if is_folder else nullcontext():
        model.save(tmp_path / name, include_optimizer=False)
    assert not load_model(str(tmp_path / name)).compiled and model.compiled


@pytest.mark.parametrize("name", ["w.h5", "w.hdf5", "w", "w.weights.h5", "cp-0001.ckpt"])
@pytest.mark.parametrize("dialect", ["keras1", "keras2", "tf_keras"])
def test_weights_in_files_of_any_name(request, tmp_path: Path, dialect: str, name: str) -> None:
    request.getfixturevalue(dialect)
    from keras.layers import Dense
    from keras.models import Sequential

    model, other = (Sequential([Dense(2, input_dim=3, name="d"), Dense(1, name="e")]) for _ in range(2))
    model.save_weights(str(tmp_path / name))
    status = other.load_weights(str(tmp_path / name))
    if status is not None:
        status.expect_partial()
    for mine, its in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)


def test_weights_are_matched_by_name(keras2, tmp_path: Path) -> None:
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(2, input_dim=3, name="d"), Dense(1, name="e")])
    model.save_weights(str(tmp_path / "w.h5"))
    other = Sequential([Dense(2, input_dim=3, name="d"), Dense(5, name="new")])
    new = other.get_weights()[2]
    other.load_weights(str(tmp_path / "w.h5"), by_name=True)
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])
    np.testing.assert_array_equal(other.get_weights()[2], new)


FILES = Path(__file__).parents[2] / "saving" / "fixtures" / "tensorflow_2_15"


def test_checkpoints_of_tensorflow_itself_are_read(tf_keras, tmp_path: Path) -> None:
    import tensorflow as tf
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(2, input_dim=3), Dense(2)])
    for ending in (".index", ".data-00000-of-00001"):
        shutil.copy(f"{FILES / 'adam'}{ending}", tmp_path / f"cp.ckpt{ending}")
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "cp.ckpt"\n')
    model.load_weights(tf.train.latest_checkpoint(str(tmp_path))).expect_partial()
    theirs = model.get_weights()
    values = np.load(FILES / "values.npz")
    np.testing.assert_allclose(model.predict(values["x"], verbose=0), values["adam_out"], atol=1e-6)
    model.set_weights([w + 1 for w in theirs])
    model.save_weights(str(tmp_path / "cp.ckpt"))  # beside TensorFlow's: the newer one counts
    model.set_weights([w * 0 for w in theirs])
    model.load_weights(str(tmp_path / "cp.ckpt"))
    np.testing.assert_array_equal(model.get_weights()[0], theirs[0] + 1)
    os.utime(tmp_path / "cp.ckpt.index", (2**31, 2**31))
    model.load_weights(str(tmp_path / "cp.ckpt"))
    np.testing.assert_array_equal(model.get_weights()[0], theirs[0])
    with pytest.raises(ValueError, match="`by_name` only supports"):
        model.load_weights(str(tmp_path / "cp.ckpt"), by_name=True)


@pytest.mark.parametrize("name", ["training_1/cp.ckpt", "cp-{epoch:04d}.ckpt", "checkpoint", "weights", 'a "b".ckpt'])
def test_checkpoints_of_callbacks_and_the_last_of_them(tf_keras, tmp_path: Path, name: str) -> None:
    import tensorflow as tf
    from tensorflow import keras

    path = str(tmp_path / name)
    model = keras.Sequential([keras.layers.Dense(2, input_shape=(3,))])
    model.compile("adam", "mse")
    saver = keras.callbacks.ModelCheckpoint(path, save_weights_only=True, verbose=0)
    model.fit(np.ones((4, 3)), np.ones((4, 2)), epochs=2, callbacks=[saver], verbose=0)
    latest = tf.train.latest_checkpoint(os.path.dirname(path))
    assert latest == path.format(epoch=2)
    other = keras.Sequential([keras.layers.Dense(2, input_shape=(3,))])
    other.load_weights(latest)
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])


def test_a_saved_model_of_the_dialect_is_loaded_by_keras_too(tf_keras, tmp_path: Path) -> None:
    import tensorflow as tf
    from tensorflow import keras

    model = keras.Sequential([keras.layers.Dense(2, input_shape=(3,))])
    tf.saved_model.save(model, str(tmp_path / "m"))
    loaded = keras.models.load_model(str(tmp_path / "m"))
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])


def test_formats(tf_keras, tmp_path: Path) -> None:
    from keras.layers import Dense
    from keras.models import Sequential, load_model

    model = Sequential([Dense(2, input_dim=3)])
    with pytest.warns(UserWarning, match="is written as a folder"):
        model.save(tmp_path / "folder", save_format="tf")
    assert load_model(tmp_path / "folder").output_shape == (None, 2)
    model.save_weights(str(tmp_path / "x"), save_format="h5")
    assert h5py.is_hdf5(tmp_path / "x")
    with pytest.raises(ValueError, match="`save_format` is one of"):
        model.save(tmp_path / "y", save_format="onnx")


def test_json_says_nothing_of_compiling(keras2) -> None:
    from keras.layers import Dense
    from keras.models import Sequential, model_from_json

    model = Sequential([Dense(1, input_dim=2)])
    model.compile("sgd", loss=lambda y_true, y_pred: y_pred - y_true)
    assert "compile_config" not in model.to_json()
    assert not getattr(model_from_json(model.to_json()), "compiled", False)
