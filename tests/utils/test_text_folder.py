"""Batches of texts from a folder."""

from __future__ import annotations

import os

import numpy as np
import pytest

from tests.utils.files import write_text
from torchkeras_compat import layers, models, utils


@pytest.fixture
def texts(tmp_path):
    for i in range(4):
        (tmp_path / "xy"[i % 2]).mkdir(exist_ok=True)
        write_text(tmp_path / "xy"[i % 2] / f"{i}.txt", f"é text {i}\r\n")
    return tmp_path


def test_batches_of_texts(texts):
    data = utils.text_dataset_from_directory(texts, batch_size=3, shuffle=False, verbose=False)
    (x, y), (last, _) = data
    assert x.shape == (3,) and x[0] == "é text 0\r\n" and y.tolist() == [0, 0, 1] and last.tolist() == ["é text 3\r\n"]
    assert [t.numpy().tolist() for t, _ in data.take(1)] == [x.tolist()]
    cut = utils.text_dataset_from_directory(texts, batch_size=None, shuffle=False, max_length=3, label_mode=None)
    assert list(cut) == ["é t"] * 4
    lengths = data.map(lambda t, y: (np.array([[len(s)] for s in t], "float32"), y))
    model = models.Sequential([layers.Input((1,)), layers.Dense(2)])
    assert model.predict(lengths.map(lambda x, y: x), verbose=0).shape == (4, 2)


def test_texts_are_refused(texts):
    with pytest.raises(ValueError, match="Received: 0"):
        utils.text_dataset_from_directory(texts, max_length=0)
    (texts / "x" / "bad.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match=r"x/bad.txt is not in UTF-8"):
        list(utils.text_dataset_from_directory(texts, verbose=False))
    model = models.Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    os.remove(texts / "x" / "bad.txt")
    with pytest.raises(ValueError, match="StringArray with NumPy dtype object, which holds"):
        model.fit(utils.text_dataset_from_directory(texts, verbose=False), verbose=0)
