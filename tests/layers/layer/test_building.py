"""Building a layer: when, how often, for which shapes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from tests.layers.layer.scale import Scale
from torchkeras_compat import Model
from torchkeras_compat.layers import Dense
from torchkeras_compat.layers.layer.layer import Layer


def test_the_first_call_builds(x):
    layer = Scale()
    assert not layer.built
    assert layer.weights == []
    torch.testing.assert_close(layer(x), x)
    assert layer.built
    assert layer.scale.path == "scale/scale"
    assert isinstance(layer.scale.parameter, nn.Parameter)
    assert dict(layer.named_parameters())["scale"] is layer.scale.parameter


def test_build_runs_once_and_may_be_called(x):
    calls = []

    class Counted(Layer):
        def build(self, input_shape):
            calls.append(tuple(input_shape))

        def call(self, inputs):
            return inputs

    layer = Counted()
    layer.build((None, 4))
    layer(x)
    layer(x)
    assert calls == [(None, 4)]
    assert layer.get_build_config() == {"input_shape": (None, 4)}


def test_super_build_is_part_of_build(x):
    class Child(Scale):
        def build(self, input_shape):
            super().build(input_shape)
            self.shift = self.add_weight(shape=(), initializer="zeros", name="shift")

    layer = Child()
    layer(x)
    assert [v.name for v in layer.weights] == ["scale", "shift"]


def test_shapes_go_to_build_by_name(x):
    class Two(Layer):
        def build(self, b_shape, a_shape):
            self.shapes = a_shape, b_shape

        def call(self, a, b):
            return a[:, :1] + b[:, :1]

    layer = Two()
    layer(x, torch.zeros(3, 2))
    assert layer.shapes == ((3, 4), (3, 2))


def test_build_arguments_that_call_does_not_have_are_refused(x):
    class NoSuffix(Layer):
        def build(self, a_shape, b):
            pass

        def call(self, a, b):
            return a

    class Other(NoSuffix):
        def build(self, a_shape, c_shape):
            pass

    with pytest.raises(ValueError, match="argument `b`, which does not end in `_shape`"):
        NoSuffix()(x, x)
    with pytest.raises(ValueError, match=r"`c_shape`, but `call\(\)` does not have argument `c`"):
        Other()(x, x)


def test_what_a_file_builds_has_the_paths_of_what_a_call_builds(x):
    class Inner(Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.dense = Dense(2, name="dense")

        def call(self, inputs):
            return self.dense(inputs)

    class Outer(Inner):
        def __init__(self, **kwargs):
            Layer.__init__(self, **kwargs)
            self.dense = Inner(name="inner")

    called, restored, built = (Outer(name="outer") for _ in range(3))
    called(x)
    restored.build_from_config({"input_shape": [None, 4]})
    built.build((None, 4))
    paths = ["outer/inner/dense/kernel", "outer/inner/dense/bias"]
    assert [[v.path for v in layer.weights] for layer in (called, restored, built)] == [paths] * 3


class Branches(Model):
    """Looks at numbers: which meta tensors do not have."""

    def __init__(self):
        super().__init__()
        self.hidden, self.last = Dense(4), Dense(1)

    def call(self, x):
        x = self.hidden(x)
        if x.mean().item() > 1e9 or (x > 1e9).any():
            x = x + 1
        return self.last(x) + x[x > 0].sum()


@pytest.mark.parametrize("run", ["call", "fit", "predict"])
def test_code_that_looks_at_numbers_is_built_by_its_call_on_data(run):
    model, x = Branches(), np.ones((8, 3), "float32")
    model.compile("sgd", "mse")
    {
        "call": lambda: model(torch.as_tensor(x)),
        "fit": lambda: model.fit(x, x[:, :1]),
        "predict": lambda: model.predict(x),
    }[run]()
    assert [tuple(v.shape) for v in model.weights] == [(3, 4), (4,), (4, 1), (1,)]
    assert model.weights[0].path == f"{model.name}/{model.hidden.name}/kernel"
    with pytest.raises(ValueError, match="Call the layer on data"):
        Branches().build((None, 3))


class Masked(nn.Module):
    """Keeps a mask for one size, in an attribute or in a buffer."""

    def __init__(self, is_buffer):
        super().__init__()
        self.linear, self.size = nn.Linear(3, 4), 0
        if is_buffer:
            self.register_buffer("mask", None, persistent=False)
        else:
            self.mask = None

    def forward(self, x):
        x = self.linear(x)
        if self.size != len(x):
            self.mask = torch.tril(torch.ones(len(x), len(x), device=x.device))
            self.size = len(x)
        return self.mask @ x


@pytest.mark.parametrize("is_buffer", [False, True])
def test_what_call_keeps_of_meta_tensors_is_taken_back(is_buffer):
    class Net(Model):
        def __init__(self):
            super().__init__()
            self.masked, self.last = Masked(is_buffer), Dense(1)

        def call(self, x):
            return self.last(self.masked(x))

    model, x = Net(), torch.ones(5, 3)
    model.build((5, 3))
    assert (model.masked.mask, model.masked.size) == (None, 0)
    expected = model.last(torch.tril(torch.ones(5, 5)) @ model.masked.linear(x))
    torch.testing.assert_close(model(x), expected)
    assert not model.masked.mask.is_meta
