"""Arguments of a call: conversion, `training`, what `call` gets."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.layers.layer.scale import Scale
from torchkeras_compat.layers import Dense, Dropout, MixUp, Pipeline, StringLookup
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.variables import Variable


def test_an_array_in_is_a_tensor_of_the_compute_dtype(x):
    layer = Scale()
    for value in (np.ones((2, 4)), np.ones((2, 4), "float32"), [[1.0] * 4] * 2, torch.ones(2, 4).double()):
        y = layer(value)
        assert y.dtype is torch.float32
        torch.testing.assert_close(y, torch.ones(2, 4))


def test_a_variable_is_an_input():
    torch.testing.assert_close(Scale()(Variable(np.ones((2, 4)))), torch.ones(2, 4))


def test_integers_stay_integers_where_a_layer_takes_them():
    class Shift(Layer):
        def call(self, inputs):
            return inputs + 1

    assert Shift()(torch.ones(2, dtype=torch.int64)).dtype is torch.int64


def test_training_comes_from_the_argument_then_from_the_mode(x):
    seen = []

    class Watch(Layer):
        def call(self, inputs, training=None):
            seen.append(training)
            return inputs

    layer = Watch()
    layer(x)
    layer(x, training=True)
    layer.train()
    layer(x)
    layer(x, training=False)
    layer(x, training=None)
    assert seen == [False, True, True, False, True]
    assert layer.training


def test_any_arguments_and_results_are_handed_through(x):
    class Many(Layer):
        def call(self, first, *others, scale=1.0, extra=None):
            return {"sum": sum(others, first) * scale, "extra": extra}

    out = Many()(x, x, x, scale=2.0, extra=[x])
    torch.testing.assert_close(out["sum"], x * 6)
    assert out["extra"][0] is x


@pytest.mark.parametrize("labels", [torch.eye(4), np.eye(4), np.array([[1, 0]])], ids=["tensor", "array", "row"])
def test_labels_in_the_place_of_training_are_named(labels):
    x = torch.zeros(4, 8, 8, 3)
    for layer in (MixUp(), Dropout(0.5)):
        with pytest.raises(TypeError, match=r"`training` of \w+ '\w+' is True, False or None. Received: a .* of shape"):
            layer(x, labels)


@pytest.mark.parametrize("given", ["text", b"text", True, 2j, {1}, ["a", "b"], [["a"]]])
def test_the_first_argument_is_a_tensor(given):
    class Same(Layer):
        def call(self, inputs):
            return inputs

    for layer in (Same(name="taken"), Dense(2, name="taken")):
        with pytest.raises(ValueError, match="Only input tensors may be passed as positional.*layer 'taken'"):
            layer(given)


def test_none_is_not_an_input_of_a_layer_with_a_specification():
    with pytest.raises(ValueError, match="should be tensors. Got None as input for layer 'dense_of_none'"):
        Dense(2, name="dense_of_none")(None)


def test_words_reach_the_layers_that_take_them():
    lookup = StringLookup(vocabulary=["a", "b"])
    assert lookup(["b", "c"]).tolist() == [2, 0]
    assert Pipeline([lookup])(["b", "c"]).tolist() == [2, 0]


def test_further_positional_arguments_may_be_anything(x):
    class Switched(Layer):
        def call(self, inputs, doubles):
            return inputs * 2 if doubles else inputs

    torch.testing.assert_close(Switched()(x, True), x * 2)
