"""What tools of torch read of `forward`; the oracle for programs is the eager call."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat import layers
from torchkeras_compat.models.graph_model import GraphModel

BATCH = torch.export.Dim("batch")


class Scaled(layers.Layer):
    """One layer, one more argument."""

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        self.dense = layers.Dense(5)

    def call(self, query, scale=None, training=False):
        x = self.dense(query)
        return x if scale is None else x * scale


def parameters(layer) -> list[str]:
    return list(inspect.signature(layer.forward).parameters)


def test_forward_has_the_signature_of_call():
    assert parameters(layers.Dense(2)) == ["inputs", "training"]
    assert parameters(Scaled()) == ["query", "scale", "training"]
    assert parameters(keras.Sequential([layers.Dense(2)])) == ["inputs", "training", "mask"]
    assert parameters(layers.MultiHeadAttention(2, 3))[:3] == ["query", "value", "key"]


def test_a_forward_of_ones_own_keeps_its_signature_also_below():
    class Own(layers.Dense):
        def forward(self, x):
            return super().forward(x) + 1

    class Below(Own):
        def call(self, inputs):
            return inputs * 0

    assert parameters(Own(2)) == parameters(Below(2)) == ["x"]
    x = torch.ones(1, 3)
    assert Below(2)(x).tolist() == [[1.0, 1.0, 1.0]]


def test_a_forward_of_a_later_base_is_not_hidden_by_one_before():
    class Block(layers.Layer):
        def call(self, inputs):
            return inputs

    class Wise:
        def forward(self, x):
            return x + 1

    class Both(Block, Wise):
        pass

    class Model(Block, keras.Model):
        pass

    assert "forward" in vars(Both)
    assert Both.forward.__code__.co_firstlineno == layers.Layer.forward.__code__.co_firstlineno
    assert parameters(Model()) == ["inputs"]


def test_a_subclass_that_becomes_functional_runs_its_graph():
    class Small(keras.Model):
        def __init__(self):
            x = keras.Input((4,))
            super().__init__(x, layers.Dense(2)(x))

    model = Small()
    assert parameters(model) == ["inputs", "training", "mask"]
    assert type(model).forward.__code__.co_firstlineno == GraphModel.forward.__code__.co_firstlineno
    assert model(torch.zeros(3, 4)).shape == (3, 2)


def test_each_class_has_code_of_its_own():
    assert layers.Dense.forward.__code__ is not layers.Conv1D.forward.__code__
    assert layers.Dense.forward.__code__.co_code == layers.Conv1D.forward.__code__.co_code


def functional() -> keras.Model:
    left, right = keras.Input((4,), name="left"), keras.Input((3,), name="right")
    both = layers.Concatenate()([left, right])
    return keras.Model([left, right], [layers.Dense(2)(both), layers.Dense(1)(both)])


def named() -> keras.Model:
    left, right = keras.Input((4,), name="left"), keras.Input((3,), name="right")
    both = layers.Concatenate()([left, right])
    return keras.Model({"left": left, "right": right}, {"a": layers.Dense(2)(both), "b": layers.Dense(1)(both)})


def single() -> keras.Model:
    x = keras.Input((4,))
    return keras.Model(x, layers.Dense(2)(x))


def sequential() -> keras.Model:
    return keras.Sequential([keras.Input((4,)), layers.Dense(2)])


def layer(kind=layers.Dense) -> layers.Layer:
    made = kind(2) if kind is layers.Dense else kind()
    made(torch.zeros(1, 4))
    return made


X, Y = torch.randn(6, 4), torch.randn(6, 3)
CASES = {
    "functional": (single, (X,), {}, ({0: BATCH},), ["inputs"]),
    "sequential": (sequential, (X,), {}, ({0: BATCH},), ["inputs"]),
    "layer": (layer, (X,), {}, ({0: BATCH},), ["inputs"]),
    "by name": (single, (), {"inputs": X}, {"inputs": {0: BATCH}}, ["inputs"]),
    "several": (functional, ([X, Y],), {}, ([{0: BATCH}, {0: BATCH}],), ["inputs_0", "inputs_1"]),
    "several by their names": (
        functional,
        ({"left": X, "right": Y},),
        {},
        ({"left": {0: BATCH}, "right": {0: BATCH}},),
        ["inputs_left", "inputs_right"],
    ),
    "dict": (
        named,
        ({"left": X, "right": Y},),
        {},
        ({"left": {0: BATCH}, "right": {0: BATCH}},),
        ["inputs_left", "inputs_right"],
    ),
    "two arguments": (
        lambda: layer(Scaled),
        (X, torch.randn(6, 5)),
        {},
        ({0: BATCH}, {0: BATCH}),
        ["query", "scale"],
    ),
    "one by name": (
        lambda: layer(Scaled),
        (X,),
        {"scale": torch.randn(6, 5)},
        {"query": {0: BATCH}, "scale": {0: BATCH}},
        ["query", "scale"],
    ),
}


@pytest.mark.filterwarnings("ignore:While compiling, we found certain side effects")  # depth of calls, open names
@pytest.mark.parametrize("strict", [False, True], ids=["traced", "strict"])
@pytest.mark.parametrize("case", CASES)
def test_torch_export_takes_shapes_as_for_any_module(case, strict):
    make, args, kwargs, shapes, names = CASES[case]
    model = make()
    program = torch.export.export(model, args, kwargs, dynamic_shapes=shapes, strict=strict)
    assert list(program.graph_signature.user_inputs) == names
    args, kwargs = torch.utils._pytree.tree_map(lambda x: torch.cat([x, x]), (args, kwargs))
    torch.testing.assert_close(program.module()(*args, **kwargs), model(*args, **kwargs))


DIALECT = """
import inspect
import torch
import torchkeras_compat as keras
keras.install_as_keras(dialect="keras2")
from keras.layers import Layer

class Triple(Layer):
    def call(self, x):
        return x * 3

print(hasattr(vars(keras.Layer)["forward"], "_is_copy"), list(inspect.signature(Triple().forward).parameters))
print(Triple()(torch.ones(1)).item())
"""


def test_classes_of_dialects_leave_the_core_as_it_is():
    run = [sys.executable, "-W", "ignore", "-c", DIALECT]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout.split() == ["False", "['x']", "3.0"]
