from __future__ import annotations

import numpy as np

from torchkeras_compat import datasets
from torchkeras_compat.legacy.datasets import mnist


def test_the_file_of_keras_1(monkeypatch):
    monkeypatch.setenv("TORCHKERAS_SAMPLE_DATA", "1")
    assert np.array_equal(mnist.load_data("mnist.pkl.gz")[1][0], datasets.mnist.load_data()[1][0])
