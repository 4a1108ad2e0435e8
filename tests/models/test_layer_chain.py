"""`Sequential.add` calls the new layer only; the graph, made when asked for, is that of all layers given at once."""

from __future__ import annotations

import copy
import pickle
import sys
from typing import Any

import pytest
import torch
from torch import nn

import torchkeras_compat as keras
from torchkeras_compat import layers
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.regularization.dropout import Dropout
from torchkeras_compat.models.graph import Graph
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.sequential import Sequential


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(3, 4)


class Counted(Layer):
    """Counts its calls."""

    calls = 0

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return inputs * 2


def added(*parts: Any, shape: tuple = (4,)) -> Sequential:
    model = Sequential(name="added")
    model.add(Input(shape))
    for part in parts:
        model.add(part)
    return model


def dense() -> Sequential:
    return added(Dense(5, activation="relu", name="a"), Dropout(0.5, name="b"), Dense(2, name="c"))


def by_hand(model: Sequential, x: torch.Tensor) -> torch.Tensor:
    for layer in model.layers:
        x = layer(x)
    return x


def test_a_layer_below_is_not_called_again():
    counted = Counted()
    model = added(counted, Dense(3))
    before = counted.calls
    for _ in range(5):
        model.add(Dense(3))
    assert counted.calls == before
    assert model.output_shape == (None, 3)


def test_it_is_built_and_computes(x):
    model = dense()
    assert model.built
    assert [w.path for w in model.weights] == ["added/a/kernel", "added/a/bias", "added/c/kernel", "added/c/bias"]
    torch.testing.assert_close(model(x), by_hand(model, x))
    model.add(Dense(1))
    torch.testing.assert_close(model(x), by_hand(model, x))
    assert model(x).shape == (3, 1)


def test_the_graph_is_made_once_and_only_if_asked_for(monkeypatch, x):
    made = []
    generate = Graph._generate
    monkeypatch.setattr(Graph, "_generate", lambda self: made.append(1) or generate(self))
    model = added(Dense(3))
    made.clear()
    for _ in range(4):
        model.add(Dense(3))
    assert not made
    model(x)
    model(x)
    assert model.graph_module is model.graph_module
    assert len(made) == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda model: model.output_shape,
        lambda model: model.inputs[0].shape,
        lambda model: model.graph_module.code,
        lambda model: model.get_config()["build_input_shape"],
        lambda model: model.compute_output_shape((None, 4)),
        lambda model: model.output_names,
        lambda model: hasattr(model, "output"),
    ],
    ids=["output_shape", "inputs", "graph_module", "config", "compute_output_shape", "output_names", "hasattr"],
)
def test_what_the_graph_knows_is_that_of_layers_given_at_once(ask):
    parts = [Dense(5, activation="relu", name="a"), Dropout(0.5, name="b"), Dense(2, name="c")]
    assert ask(dense()) == ask(Sequential([Input((4,)), *parts], name="added"))


def test_it_can_be_compiled_and_exported_before_anything_else(x):
    torch.compiler.reset()  # of what other tests compiled, which may have made it pass over `forward`
    model = dense()
    torch.testing.assert_close(torch.compile(model, fullgraph=True, backend="eager")(x), by_hand(model, x))
    model = dense()
    torch.testing.assert_close(torch.export.export(model, (x,)).module()(x), by_hand(model, x))


def test_it_can_be_copied_before_anything_else(x):
    model = dense()
    expected = by_hand(model, x)
    for twin in (copy.deepcopy(dense()), pickle.loads(pickle.dumps(dense()))):
        twin.set_weights(model.get_weights())
        torch.testing.assert_close(twin(x), expected)
        twin.add(Dense(1))
        assert twin(x).shape == (3, 1)


def test_it_is_a_part_of_graphs_and_of_torch_modules(x):
    model = dense()
    inputs = Input((4,))
    torch.testing.assert_close(Model(inputs, model(inputs))(x), by_hand(model, x))
    model = dense()
    torch.testing.assert_close(nn.Sequential(model, nn.Identity()).eval()(x), by_hand(model, x))
    model = dense()
    torch.testing.assert_close(Model(inputs, nn.Sequential(model, nn.Identity()).eval()(inputs))(x), by_hand(model, x))


def test_an_inner_model_that_grew_gives_its_new_shape(x):
    inner = Sequential([Input((4,)), Dense(3)])
    model = added(inner)
    inner.add(Dense(7))
    model.add(Dense(2))
    assert tuple(model.layers[-1].kernel.shape) == (7, 2)
    torch.testing.assert_close(model(x), by_hand(model, x))


class Growing(Layer):
    """Layers in a list, to which more may come."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = [Dense(3)]

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        for part in self.parts:
            inputs = part(inputs)
        return inputs


def test_a_block_that_grew_gives_its_new_shape(x):
    block = Growing()
    model = added(block)
    block.parts.append(Dense(6))
    model.add(Dense(2))
    assert tuple(model.layers[-1].kernel.shape) == (6, 2)
    torch.testing.assert_close(model(x), by_hand(model, x))


class CountedBlock(Counted):
    """Counts its calls, with a layer below."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = Dense(4)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        return super().call(self.inner(inputs))


def test_a_layer_with_layers_below_is_not_called_more_than_once_again():
    block = CountedBlock()
    model = added(block, Dense(3))
    before = block.calls
    for _ in range(5):
        model.add(Dense(3))
    assert block.calls == before


def test_masks_go_on():
    ids = torch.tensor([[1, 2, 0, 0], [3, 4, 5, 0]])
    model = added(layers.Embedding(7, 4, mask_zero=True), layers.LSTM(3, return_sequences=True), shape=(4,))
    model.add(layers.LSTM(2))
    torch.testing.assert_close(model(ids), by_hand(model, ids))
    assert not torch.allclose(model(ids)[0], by_hand(added(*model.layers, shape=(4,)), torch.tensor([[1, 2, 6, 6]]))[0])


def test_a_layer_that_does_not_fit_is_refused_at_once(x):
    model = dense()
    with pytest.raises(ValueError, match='layer "wide" is incompatible with the layer: expected ndim=4, found ndim=2'):
        model.add(layers.Conv2D(2, 3, name="wide"))
    assert not model.built
    model.pop()
    assert model.built
    torch.testing.assert_close(model(x), by_hand(model, x))
    with pytest.raises(ValueError, match=r'unique names\. Name "a" is already'):
        model.add(Dense(1, name="a"))
    with pytest.raises(ValueError, match="only have a single positional argument"):
        model.add(TwoInputs())


class TwoInputs(Layer):
    def call(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        return first + second


def test_a_replaced_layer_runs_after_another_was_added(x):
    model = dense()
    model.a = Dense(5, name="new")
    model.add(Dense(1, name="last"))
    assert [layer.name for layer in model.layers] == ["new", "b", "c", "last"]
    torch.testing.assert_close(model(x), by_hand(model, x))


STACKS = {
    "Dense": lambda layers: [layers.Input((4,)), *[layers.Dense(3) for _ in range(4)]],
    "LSTM": lambda layers: [layers.Input((5, 4)), *[layers.LSTM(3, return_sequences=True) for _ in range(4)]],
    "after Dense": lambda layers: [
        layers.Input((5, 4)),
        layers.Dense(3),
        layers.Dense(3),
        layers.LSTM(3, return_sequences=True),
        layers.Dense(2),
        layers.Dense(1),
    ],
    "Masking": lambda layers: [
        layers.Input((5, 4)),
        layers.Masking(),
        layers.LSTM(3, return_sequences=True),
        layers.LSTM(3),
    ],
    "Embedding": lambda layers: [
        layers.Input((5,)),
        layers.Embedding(7, 4, mask_zero=True),
        layers.Dropout(0.5),
        layers.GRU(3),
    ],
}


@pytest.mark.parametrize("parts", STACKS.values(), ids=STACKS)
def test_names_are_those_of_keras(real_keras, parts):
    found = []
    for package in (real_keras, keras):
        package.utils.clear_session()
        model = package.Sequential()
        for layer in parts(package.layers):
            model.add(layer)
        other = package.Sequential([package.layers.Input((4,)), package.layers.Dense(2)])
        found.append((model.outputs[0].name, [layer.output.name for layer in model.layers], other.outputs[0].name))
    assert found[0] == found[1]


def steps_of(function: Any) -> int:
    """Number of bytecodes that run, loops inside comprehensions included: what grows with a list shows in it."""
    count = 0

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("way", ["add", "list", "functional"])
def test_a_layer_costs_the_same_in_a_model_of_any_depth(way: str) -> None:
    def functional(number: int) -> None:
        x = start = keras.Input((2,))
        for _ in range(number):
            x = layers.Dense(2)(x)
        keras.Model(start, x)

    def added(number: int) -> None:
        model = keras.Sequential([keras.Input((2,))])
        for _ in range(number):
            model.add(layers.Dense(2))

    def listed(number: int) -> None:
        keras.Sequential([keras.Input((2,)), *(layers.Dense(2) for _ in range(number))])

    make = {"add": added, "list": listed, "functional": functional}[way]
    make(3)  # what is imported and cached at first
    few, more, many = (steps_of(lambda n=n: make(n)) for n in (10, 60, 110))
    assert many - more <= 1.1 * (more - few)
