"""What `call` keeps for its next run, where the first one is on meta tensors."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat import layers


class Causal(layers.Layer):
    """Means over the steps so far, by a matrix that it keeps."""

    def call(self, x):
        return self.matrix(x) @ x

    def made(self, x):
        size = x.shape[1]
        return torch.tril(torch.ones(size, size, device=x.device)) / torch.arange(1, size + 1, device=x.device)[:, None]


class InDict(Causal):
    def __init__(self):
        super().__init__()
        self.kept = {}

    def matrix(self, x):
        if x.shape[1] not in self.kept:
            self.kept[x.shape[1]] = self.made(x)
        return self.kept[x.shape[1]]


class InTuple(Causal):
    def __init__(self):
        super().__init__()
        self.kept = None

    def matrix(self, x):
        if self.kept is None or self.kept[0] != x.shape[1]:
            self.kept = (x.shape[1], self.made(x))
        return self.kept[1]


class InObject(Causal):
    def __init__(self):
        super().__init__()
        self.kept = SimpleNamespace(matrix=None)

    def matrix(self, x):
        if self.kept.matrix is None:
            self.kept.matrix = self.made(x)
        return self.kept.matrix


class Noted(Causal):
    def __init__(self):
        super().__init__()
        self.size = self.kept = None

    def matrix(self, x):
        if self.size != x.shape[1]:
            self.size, self.kept = x.shape[1], self.made(x)
        return self.kept


class New(Causal):
    def matrix(self, x):
        if getattr(self, "size", None) != x.shape[1]:
            self.size, self.shape = x.shape[1], tuple(x.shape)
            self.register_buffer("kept", self.made(x), persistent=False)
        return self.kept


class InList(Causal):
    def __init__(self):
        super().__init__()
        self.kept = []

    def matrix(self, x):
        if not self.kept:
            self.kept.append(self.made(x))
        return self.kept[0]


@pytest.mark.parametrize("kind", [InDict, InTuple, InObject, Noted, New, InList])
@pytest.mark.parametrize("form", ["functional", "sequential", "subclass"])
def test_it_is_taken_back(kind, form):
    layer, last = kind(), layers.Dense(2)
    if form == "functional":
        inputs = layers.Input((5, 4))
        model = keras.Model(inputs, last(layer(inputs)))
    elif form == "sequential":
        model = keras.Sequential([layers.Input((5, 4)), layer, last])
    else:

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.below, self.last = layer, last

            def call(self, x):
                return self.last(self.below(x))

        model = Net()
    x = np.random.RandomState(0).normal(size=(3, 5, 4)).astype("float32")
    found = model.predict(x, verbose=0)
    means = np.cumsum(x, axis=1) / np.arange(1, 6)[:, None]
    np.testing.assert_allclose(found, means @ last.get_weights()[0] + last.get_weights()[1], rtol=1e-4, atol=1e-6)


def test_what_build_sets_stays():
    class Built(Noted):
        def build(self, shape):
            self.width = shape[-1]

        def call(self, x):
            return super().call(x) * self.width

    inputs = layers.Input((5, 4))
    layer = Built()
    keras.Model(inputs, layer(inputs))
    assert layer.width == 4
    assert layer(torch.ones(1, 5, 4)).flatten().tolist() == pytest.approx([4.0] * 20)


def test_counts_of_runs_that_fail_are_taken_back():
    class Counts(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense, self.calls = layers.Dense(2), 0

        def call(self, x):
            x = self.dense(x)
            self.calls += 1
            return x * 2 if x.sum().item() > 1e9 else x

    model = Counts()
    model(torch.ones(2, 3))
    assert model.calls == 1
