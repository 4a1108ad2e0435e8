"""Recurrent layers under `torch.compile`: one graph break each; the oracle is the eager call."""

from __future__ import annotations

import pytest
import torch
from torch._dynamo.exc import Unsupported
from torch._dynamo.testing import CompileCounter

import torchkeras_compat as keras
from torchkeras_compat import layers

# Dynamo asks every tensor behind a break for its gradient, and hides the warning where warnings are not errors.
pytestmark = pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor")

X = torch.randn(2, 6, 4)


class Composed(keras.Model):
    """A recurrent layer deep inside a model of a user."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = keras.Sequential([layers.Dense(5), layers.GRU(3)])
        self.last = layers.Dense(2)

    def call(self, inputs):
        return self.last(self.inner(inputs))


def stack(*parts, batch_size=None) -> keras.Model:
    return keras.Sequential([keras.Input((6, 4), batch_size=batch_size), *parts])


def words() -> keras.Model:
    ids = keras.Input((6,), dtype="int32")
    x = layers.Bidirectional(layers.LSTM(3))(layers.Embedding(9, 4, mask_zero=True)(ids))
    return keras.Model(ids, layers.Dense(2)(x))


# What computes on tensors before, between and behind the recurrent layers, and how often the graph breaks.
CASES = {
    "alone": (lambda: stack(layers.LSTM(3)), X, 0),
    "before a dense layer": (lambda: stack(layers.GRU(3), layers.Dense(2)), X, 1),
    "between dense layers": (lambda: stack(layers.Dense(5), layers.SimpleRNN(3), layers.Dense(2)), X, 2),
    "stacked": (lambda: stack(layers.LSTM(3, return_sequences=True), layers.LSTM(3), layers.Dense(2)), X, 1),
    "cells": (lambda: stack(layers.RNN([layers.LSTMCell(3), layers.GRUCell(3)]), layers.Dense(2)), X, 1),
    "both directions": (lambda: stack(layers.Dense(5), layers.Bidirectional(layers.LSTM(3)), layers.Dense(2)), X, 2),
    "masked": (lambda: stack(layers.Masking(), layers.LSTM(3), layers.Dense(2)), X, 2),
    "words": (words, torch.tensor([[1, 2, 3, 0, 0, 0], [1, 0, 0, 0, 0, 0]], dtype=torch.int32), 2),
    "stateful": (lambda: stack(layers.LSTM(3, stateful=True), layers.Dense(2), batch_size=2), X, 1),
    "one dropout mask": (lambda: stack(layers.LSTM(3, dropout=0.5, implementation=2), layers.Dense(2)), X, 1),
    "mixed precision": (lambda: stack(layers.Dense(5), layers.LSTM(3, dtype="mixed_bfloat16"), layers.Dense(2)), X, 2),
    "in a model of a user": (Composed, X, 2),
    # No kernel of torch computes these: the steps are traced.
    "another activation": (lambda: stack(layers.LSTM(3, activation="relu"), layers.Dense(2)), X, 1),
    "without the kernel": (lambda: stack(layers.LSTM(3, use_cudnn=False), layers.Dense(2)), X, 1),
    "convolutional": (
        lambda: keras.Sequential([keras.Input((3, 6, 4)), layers.ConvLSTM1D(2, 2)]),
        torch.randn(2, 3, 6, 4),
        1,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_graph_breaks_once_for_each_recurrent_layer(case):
    make, x, graphs = CASES[case]
    torch.compiler.reset()
    model = make()
    model(x)
    model.reset_states()
    expected = model(x)
    model.reset_states()
    counter = CompileCounter()
    compiled = torch.compile(model, backend=counter)
    torch.testing.assert_close(compiled(x), expected)
    assert counter.frame_count == graphs
    model.reset_states()
    torch.testing.assert_close(compiled(x), expected)
    assert counter.frame_count == graphs


def test_a_stateful_layer_keeps_its_state_when_compiled():
    torch.compiler.reset()
    model = stack(layers.GRU(3, stateful=True), layers.Dense(2), batch_size=2)
    expected = [model(X), model(X)]
    assert not expected[0].equal(expected[1])
    model.reset_states()
    compiled = torch.compile(model, backend="aot_eager")
    torch.testing.assert_close([compiled(X), compiled(X)], expected)


def test_gradients_pass_through_what_is_outside():
    torch.compiler.reset()
    model = stack(layers.Dense(5), layers.Masking(), layers.Bidirectional(layers.LSTM(3)), layers.Dense(2))
    model(X).square().sum().backward()
    expected = [p.grad.clone() for p in model.parameters()]
    model.zero_grad()
    torch.compile(model, backend="aot_eager")(X).square().sum().backward()
    torch.testing.assert_close([p.grad for p in model.parameters()], expected)


def test_recurrent_layers_are_in_the_graph_where_dynamo_takes_them():
    torch.compiler.reset()
    model = stack(layers.Dense(5), layers.Bidirectional(layers.LSTM(3)), layers.Dense(2))
    with torch._dynamo.config.patch(allow_rnn=True):
        compiled = torch.compile(model, backend="eager", fullgraph=True)
        torch.testing.assert_close(compiled(X), model(X))


def test_a_graph_that_must_be_whole_is_refused_with_both_ways_out():
    torch.compiler.reset()
    model = stack(layers.GRU(3), layers.Dense(2))
    model(X)
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    with pytest.raises(Unsupported, match=r"recurrent kernels.*Leave `fullgraph=True` out.*patch\(allow_rnn=True\)"):
        compiled(X)


def test_the_mode_of_a_call_decides_whether_a_kernel_computes():
    torch.compiler.reset()
    layer = layers.LSTM(3, recurrent_dropout=0.5)
    layer(X)
    counter = CompileCounter()
    compiled = torch.compile(layer, backend=counter)
    compiled(X)
    assert counter.frame_count == 0
    compiled(X, training=True)
    assert counter.frame_count == 1


def test_models_without_recurrence_are_one_graph_after_others_broke():
    torch.compiler.reset()
    model = Composed()
    model(X)
    torch.compile(model, backend="eager")(X)
    for layer in (stack(layers.Dense(2)), layers.Dense(2)):
        layer(X)
        torch.testing.assert_close(torch.compile(layer, backend="eager", fullgraph=True)(X), layer(X))


class Scaled(layers.Layer):
    """A layer of a user, with a weight."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones")

    def call(self, inputs):
        return inputs * self.scale


UNBUILT = {
    "sequential": lambda: keras.Sequential([layers.Dense(5, activation="relu"), layers.Dense(2)]),
    "a model of a user": Composed,
    "a layer of a user": Scaled,
    "in a module of torch": lambda: torch.nn.Sequential(layers.Dense(3), layers.LayerNormalization()),
}


@pytest.mark.parametrize("case", UNBUILT)
def test_what_is_not_built_builds_itself_outside(case):
    torch.compiler.reset()
    keras.utils.set_random_seed(0)
    expected = UNBUILT[case]()(X)
    keras.utils.set_random_seed(0)
    model = UNBUILT[case]()
    compiled = torch.compile(model, backend="aot_eager")
    torch.testing.assert_close([compiled(X), compiled(X)], [expected, expected])
    assert all(w.requires_grad for w in model.parameters())


@pytest.mark.parametrize("case", ["sequential", "a layer of a user"])
def test_an_unbuilt_layer_says_so_where_the_graph_must_be_whole(case):
    torch.compiler.reset()
    compiled = torch.compile(UNBUILT[case](), backend="eager", fullgraph=True)
    with pytest.raises(Unsupported, match="makes its weights in its first call.*Call it once, or `build` it, before"):
        compiled(X)
