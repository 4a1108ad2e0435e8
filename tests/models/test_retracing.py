"""`torch.fx.symbolic_trace` of models of recorded calls; the oracle is the eager call."""

from __future__ import annotations

import torch
from torch import fx, nn

import torchkeras_compat as keras
from torchkeras_compat import layers, ops

X, Y = torch.randn(6, 4), torch.randn(6, 3)


def traced(module: nn.Module, *args) -> list[str]:
    graph_module = fx.symbolic_trace(module)
    torch.testing.assert_close(graph_module(*args), module(*args), rtol=0, atol=0)
    return [str(getattr(n.target, "__name__", n.target)) for n in graph_module.graph.nodes if n.op != "output"]


def two() -> keras.Model:
    left, right = keras.Input((4,), name="left"), keras.Input((3,), name="right")
    both = layers.Concatenate(name="both")([left, right])
    return keras.Model([left, right], [layers.Dense(2, name="a")(both), layers.Dense(1, name="b")(both)])


def test_the_layers_of_a_model_are_nodes():
    x = keras.Input((4,))
    model = keras.Model(x, layers.Dense(2, name="last")(layers.Dense(5, name="first")(x)))
    assert traced(model, X) == ["inputs", "first", "last"]
    assert traced(keras.Sequential([keras.Input((4,)), layers.Dense(2, name="d")]), X) == ["inputs", "d"]


def test_models_in_models_and_in_modules_are_traced_through():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(2, name="d")], name="inner")
    x = keras.Input((4,))
    assert traced(keras.Model(x, layers.Dense(3, name="e")(inner(x))), X) == ["inputs", "inner.d", "e"]
    assert traced(nn.Sequential(inner, nn.Linear(2, 1)), X) == ["input", "0.d", "1"]


def test_operations_and_constants_are_recorded_as_they_are():
    x = keras.Input((4,))
    model = keras.Model(x, ops.relu(x) * 2 + ops.convert_to_tensor([1.0, 2.0, 3.0, 4.0]))
    assert traced(model, X) == ["inputs", "relu", "multiply", "_tensor_constant0", "add"]


def test_several_inputs_come_as_the_model_takes_them():
    assert traced(two(), [X, Y])[:3] == ["inputs", "getitem", "getitem"]

    class Around(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = two()

        def forward(self, x, y):
            a, b = self.model({"right": y, "left": x})
            return a * b

    assert traced(Around(), X, Y) == ["x", "y", "model.both", "model.b", "model.a", "mul"]


def test_a_dict_of_inputs_is_read_by_its_keys():
    x, y = keras.Input((4,)), keras.Input((3,))
    model = keras.Model({"x": x, "y": y}, {"sum": layers.Dense(3)(x) + y})
    names = traced(model, {"x": X, "y": Y})
    assert names[:3] == ["inputs", "getitem", "getitem"]


def test_masks_are_part_of_the_graph():
    x = keras.Input((4,), dtype="int32")
    h = layers.Embedding(9, 3, mask_zero=True, name="words")(x)
    model = keras.Model(x, layers.LSTM(2, return_sequences=True, name="lstm")(h))
    ids = torch.tensor([[1, 2, 0, 0], [3, 0, 0, 0]])
    assert traced(model, ids) == ["inputs", "words", "not_equal", "lstm", "_set_mask"]
    assert fx.symbolic_trace(model)(ids)._keras_mask.tolist() == model(ids)._keras_mask.tolist()


def test_a_call_of_ones_own_around_the_graph_is_traced():
    class Twice(keras.Model):
        def call(self, inputs, training=None, mask=None):
            return super().call(inputs) * 2

    x = keras.Input((4,))
    model = Twice(x, layers.Dense(2, name="d")(x))
    assert traced(model, X) == ["inputs", "d", "mul"]


def test_the_graph_of_a_mode_is_that_of_its_layers():
    model = keras.Sequential([keras.Input((4,)), layers.Dropout(0.5, name="drop")])
    graph_module = fx.symbolic_trace(model)
    assert graph_module(X).equal(X)
    assert not graph_module.train()(X).equal(X)
