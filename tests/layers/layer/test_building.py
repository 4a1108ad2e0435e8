"""Building a layer: when, how often, for which shapes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.layers.layer.scale import Scale
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
