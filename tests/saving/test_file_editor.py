"""`KerasFileEditor`. Oracle: real Keras loads what the editor writes."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.saving.file_editor import KerasFileEditor


def model(*units, keras=ours):
    return keras.Sequential([keras.Input((2,)), *(keras.layers.Dense(n) for n in units)])


def test_a_file_is_made_to_fit_another_model(tmp_path, capsys, real_keras):
    model(3, 3).save(tmp_path / "a.keras")
    target = model(3, 4, 3)
    editor = KerasFileEditor(tmp_path / "a.keras")
    assert editor.compare(model(3, 3)) == {"status": "success", "error_count": 0, "match_count": 4}
    assert editor.compare(target)["error_count"] == 3
    out = capsys.readouterr().out
    assert "/layers/dense_2 is in the model, and missing in the file." in out
    assert "/layers/dense_1/0 has shape (3, 4) in the model, and (3, 3) in the file." in out
    editor.rename_object("dense_1", "dense_2")
    editor.add_weights("layers/dense_2", {"0": np.ones((4, 3))})
    editor.add_object("layers/dense_1", {"0": np.ones((3, 4)), "1": np.ones(4), "2": np.ones(1)})
    editor.delete_weight("dense_1", "2")
    editor.add_object("layers/dense_9", {"0": np.ones(3)})
    editor.delete_object("dense_9")
    assert editor.compare(target)["status"] == "success"
    editor.save(tmp_path / "b.weights.h5")
    for keras in (ours, real_keras):
        fitted = model(3, 4, 3, keras=keras)
        fitted.load_weights(tmp_path / "b.weights.h5")
        np.testing.assert_array_equal(np.asarray(fitted.get_weights()[2]), np.ones((3, 4), "float32"))
    capsys.readouterr()
    KerasFileEditor(tmp_path / "b.weights.h5").summary()
    assert "    dense_1\n      0: shape=(3, 4), dtype=float64\n" in capsys.readouterr().out


def test_what_does_not_exist_is_refused(tmp_path):
    inner = ours.Sequential([ours.Input((2,)), layers.Dense(2)])
    ours.Sequential([ours.Input((2,)), layers.Dense(2), inner]).save_weights(tmp_path / "a.weights.h5")
    editor = KerasFileEditor(tmp_path / "a.weights.h5")
    with pytest.raises(ValueError, match="'dens' does not appear in the file. Did you mean 'dense'"):
        editor.delete_object("dens")
    with pytest.raises(ValueError, match="'dense' is the name of several.*layers/sequential/layers/dense"):
        editor.rename_object("dense", "other")
    with pytest.raises(ValueError, match="Weight 7 not found in object layers/dense. Weights found: \\['0', '1'\\]"):
        editor.delete_weight("layers/dense", "7")
    with pytest.raises(ValueError, match="not taken"):
        editor.rename_object("layers/dense", "sequential")
    with pytest.raises(ValueError, match="has an object 'layers/dense' already"):
        editor.add_object("layers/dense", {})
    with pytest.raises(ValueError, match="arrays of numbers. Received: 'x'"):
        editor.add_weights("layers/dense", {"0": "x"})
    with pytest.raises(ValueError, match=r"expected a `.weights.h5` extension"):
        editor.save(tmp_path / "b.h5")
    with pytest.raises(ValueError, match=r"expected a `.keras` or `.weights.h5` extension"):
        KerasFileEditor(tmp_path / "b.png")
    with pytest.raises(FileNotFoundError, match=r"none\.keras"):
        KerasFileEditor(tmp_path / "none.keras")
    with h5py.File(tmp_path / "c.weights.h5", "w") as file:
        file["layers"] = h5py.ExternalLink("a.weights.h5", "/layers")
    with pytest.raises(ValueError, match="ExternalLink"):
        KerasFileEditor(tmp_path / "c.weights.h5")


@pytest.mark.parametrize("kind", ["m.keras", "m.weights.h5"])
@pytest.mark.parametrize("name", ["m", "m.zip", "m.h5", "x.keras"])
def test_the_content_decides(tmp_path, kind, name):
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(2)])
    model.save(tmp_path / "m.keras")
    model.save_weights(tmp_path / "m.weights.h5")
    model.save(tmp_path / "old.h5")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / name).write_bytes((tmp_path / kind).read_bytes())
    editor = KerasFileEditor(tmp_path / "new" / name)
    assert "0" in str(editor.weights_dict) and (editor.metadata is not None) is (kind == "m.keras")
    with pytest.raises(ValueError, match="Invalid filename"):
        KerasFileEditor(tmp_path / "old.h5")
