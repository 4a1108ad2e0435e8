from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from torchkeras_compat import Input, Sequential, layers, models

TEXTS = np.array(["a b", "b c", "b"], dtype=object)


@pytest.mark.parametrize(
    ("layer", "data"),
    [
        (layers.TextVectorization(name="l"), TEXTS),
        (layers.TextVectorization(name="l", output_mode="tf_idf"), TEXTS),
        (layers.StringLookup(name="l", mask_token=""), np.array(["x", "y", "x"], dtype=object)),
        (layers.IntegerLookup(name="l", output_mode="multi_hot"), np.array([7, 3, 7])),
    ],
    ids=["text", "tf_idf", "words", "integers"],
)
def test_learned_words_are_in_h5_files(tmp_path: Path, layer: layers.Layer, data: np.ndarray) -> None:
    layer.adapt(data)
    model = Sequential([Input((1,), dtype="int64" if data.dtype != object else "string"), Sequential([layer])])
    model.save(tmp_path / "model.h5")
    again = models.load_model(tmp_path / "model.h5")
    np.testing.assert_allclose(again.predict(data[:, None], verbose=0), model.predict(data[:, None], verbose=0))
    assert again.layers[0].get_layer("l").get_vocabulary() == layer.get_vocabulary()
    again.save(tmp_path / "again.keras")
    assert models.load_model(tmp_path / "again.keras").layers[0].get_layer("l").get_vocabulary()


def test_a_layer_that_learned_nothing_stays_so(tmp_path: Path) -> None:
    model = Sequential([Input((1,), dtype="string"), layers.StringLookup(name="l")])
    model.save(tmp_path / "model.h5")
    layer = models.load_model(tmp_path / "model.h5").get_layer("l")
    layer.adapt(np.array(["a"], dtype=object))
    assert layer.get_vocabulary() == ["[UNK]", "a"]
