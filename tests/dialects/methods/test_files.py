from __future__ import annotations

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

    model = Sequential([Dense(2, input_dim=3)])
    model.compile("adam", "mse")
    x = np.ones((4, 3), "float32")
    model.fit(x, np.ones((4, 2)), verbose=0)
    model.save(tmp_path / name)
    assert h5py.is_hdf5(tmp_path / name) is not name.endswith(".keras")
    loaded = load_model(str(tmp_path / name))
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))
    assert loaded.compiled and float(loaded.optimizer.iterations) == float(model.optimizer.iterations)
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


def test_a_checkpoint_of_tensorflow_itself_is_refused(tf_keras, tmp_path: Path) -> None:
    from keras.layers import Dense
    from keras.models import Sequential

    (tmp_path / "cp.ckpt.index").write_bytes(b"")
    with pytest.raises(ValueError, match="is a checkpoint of TensorFlow itself, which is not read"):
        Sequential([Dense(2, input_dim=3)]).load_weights(str(tmp_path / "cp.ckpt"))


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
