from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow import saved_model
from torchkeras_compat.dialects.tensorflow.errors import DataLossError, NotFoundError


def test_a_model_round_trips(tmp_path: Path) -> None:
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    saved_model.save(model, tmp_path / "m")
    saved_model.save(model, tmp_path / "m")
    assert saved_model.contains_saved_model(tmp_path / "m")
    x = np.ones((2, 3), "float32")
    np.testing.assert_array_equal(saved_model.load(tmp_path / "m").predict(x, verbose=0), model.predict(x, verbose=0))


def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="does not exist at"):
        saved_model.load(tmp_path)
    (tmp_path / "saved_model.pb").touch()
    with pytest.raises(DataLossError, match=r"model.save\('model.keras'\)"):
        saved_model.load(tmp_path)
    with pytest.raises(TypeError, match="Received: int"):
        saved_model.save(3, tmp_path)
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    with pytest.raises(ValueError, match="ExportArchive"):
        saved_model.save(model, tmp_path, signatures=max)
