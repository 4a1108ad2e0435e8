"""`torch.fx.symbolic_trace` of modules that hold layers; the oracle is the eager call."""

from __future__ import annotations

import pytest
import torch
from torch import fx, nn

import torchkeras_compat as keras
from torchkeras_compat import layers


class Block(layers.Layer):
    """A layer of a user, of layers."""

    def __init__(self) -> None:
        super().__init__()
        self.first = layers.Dense(5, activation="relu")
        self.drop = layers.Dropout(0.5)

    def call(self, inputs, training=False):
        return self.drop(self.first(inputs), training=training) + 1


class Around(nn.Module):
    """A plain module around a layer."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x) * 2


def built(layer: layers.Layer, shape: tuple[int, ...] = (2, 6, 4)) -> layers.Layer:
    layer(torch.zeros(shape))
    return layer


def traced(module: nn.Module, *args: torch.Tensor) -> list[str]:
    """Trace, compare with the module, and return what the nodes call."""
    graph_module = fx.symbolic_trace(module.eval())
    torch.testing.assert_close(graph_module(*args), module(*args), rtol=0, atol=0)
    return [str(getattr(n.target, "__name__", n.target)) for n in graph_module.graph.nodes if n.op != "output"]


X = torch.randn(2, 6, 4)


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.Dense(3),
        lambda: layers.LSTM(3),
        lambda: layers.Bidirectional(layers.GRU(3)),
        lambda: layers.BatchNormalization(),
        lambda: layers.Conv1D(3, 2, dtype="mixed_bfloat16"),
        lambda: layers.Masking(),
        lambda: layers.Dense(3, activity_regularizer="l2"),
    ],
)
def test_layers_are_nodes_of_a_plain_module(make):
    assert traced(Around(built(make())), X) == ["x", "layer", "mul"]


def test_a_layer_that_is_not_built_is_a_node_too():
    module = Around(layers.Dense(3))
    graph_module = fx.symbolic_trace(module)
    torch.testing.assert_close(graph_module(X), module(X))


def test_attention_of_several_arguments_is_a_node():
    class Attends(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = layers.MultiHeadAttention(2, 3)

        def forward(self, x, y):
            return self.attention(x, y, use_causal_mask=True)

    module = Attends()
    module(X, X)
    assert traced(module, X, X) == ["x", "y", "attention"]


def test_a_single_layer_is_traced_down_to_torch():
    assert traced(built(layers.Dense(3)), X) == ["inputs", "linear"]


def test_layers_of_users_are_traced_through():
    assert traced(built(Block()), X) == ["inputs", "first", "drop", "add"]
    assert traced(Around(built(Block())), X) == ["x", "layer.first", "layer.drop", "add", "mul"]


def test_a_call_in_another_mode_than_that_of_the_layer_is_a_node():
    class Trains(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.block = built(Block())

        def forward(self, x):
            return self.block(x, training=True)

    module = Trains()
    graph_module = fx.symbolic_trace(module)
    torch.manual_seed(0)
    expected = module(X)
    torch.manual_seed(0)
    torch.testing.assert_close(graph_module(X), expected, rtol=0, atol=0)
    assert (expected == 1).any()


def test_layers_of_users_that_do_more_than_their_call_are_nodes():
    class Half(Block):
        def __init__(self) -> None:
            super(Block, self).__init__(dtype="mixed_bfloat16")
            self.first, self.drop = layers.Dense(5), layers.Dropout(0.5)

    assert traced(Around(built(Half())), X) == ["x", "layer", "mul"]


def test_other_arguments_stay_and_modes_go():
    class Scaled(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = layers.Dense(3)

        def call(self, inputs, scale=None, training=None, mask=None):
            return self.dense(inputs) * scale

    model = Scaled()
    model(X, torch.ones(3))
    assert traced(model, X, torch.randn(3)) == ["inputs", "scale", "dense", "mul"]


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: built(layers.Dense(3, dtype="mixed_bfloat16")), r"'d' by itself.*casts.*Sequential\(layer\)"),
        (lambda: built(layers.LSTM(3)), r"'d' by itself.*branches.*Sequential\(layer\)"),
    ],
)
def test_a_layer_that_cannot_be_traced_says_how(make, match):
    layer = make()
    layer.name = "d"
    with pytest.raises(TypeError, match=match):
        fx.symbolic_trace(layer)
    assert traced(nn.Sequential(layer), X) == ["input", "0"]


def test_a_layer_that_is_not_built_cannot_be_traced_by_itself():
    with pytest.raises(ValueError, match="'dense' is not built. Call it on data"):
        fx.symbolic_trace(layers.Dense(3, name="dense"))
