"""What the two kinds of models of graphs do with a call: masks, modes, dtypes, constants."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import layers
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.models.graph_model import GraphModel, runs_its_graph
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.sequential import Sequential


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(3, 4)


@pytest.mark.filterwarnings("ignore:The layer .* drops the mask:UserWarning")
def test_masks_reach_the_layers_that_take_them():
    seen = []

    class Watch(Layer):
        supports_masking = True

        def call(self, inputs, mask=None):
            seen.append(mask)
            return inputs

    i = Input((3,), dtype="int32")
    model = Model(i, Watch()(layers.Embedding(5, 2, mask_zero=True)(i)))
    seen.clear()
    y = model(torch.tensor([[1, 0, 2]], dtype=torch.int32))
    assert seen[-1].tolist() == [[True, False, True]]
    assert y._keras_mask.tolist() == [[True, False, True]]


def test_a_mask_on_the_data_reaches_the_layers(real_keras):
    x = torch.randn(2, 4, 3)
    mask = torch.tensor([[True, True, False, False], [True, True, True, False]])
    i = Input((4, 3))
    layer = layers.LSTM(2)
    model = Model(i, layer(i))
    expected = layer(x, mask=mask)
    torch.testing.assert_close(model(x, mask=mask), expected)
    x._keras_mask = mask
    torch.testing.assert_close(model(x), expected)


def test_a_mask_out_of_a_nested_model_reaches_the_next_layer():
    i = Input((4,), dtype="int32")
    encoder = Model(i, layers.Embedding(9, 3, mask_zero=True)(i))
    j = Input((4,), dtype="int32")
    lstm = layers.LSTM(2)
    model = Model(j, lstm(encoder(j)))
    x = torch.tensor([[1, 2, 0, 0]], dtype=torch.int32)
    embedded = encoder.layers[1](x)
    torch.testing.assert_close(model(x), lstm(embedded, mask=x != 0))


def test_the_training_flag_reaches_layers_and_torch_modules(x):
    i = Input((4,))
    model = Model(i, [layers.Dropout(0.5)(i), nn.Dropout(0.5)(i), nn.Sequential(nn.Dropout(0.5))(i)])
    for y in model(x):
        torch.testing.assert_close(y, x)
    for y in model(x, training=True):
        assert (y == 0).any()
    model.train()
    for y in model(x):
        assert (y == 0).any()


def test_constants_follow_the_model(x):
    i = Input((4,))
    model = Model(i, i + torch.ones(4)).to("meta")
    assert model(x.to("meta")).device.type == "meta"


def test_inputs_are_cast_to_a_declared_dtype():
    a, b = Input((2,), dtype="float16"), Input((2,), dtype="int32")
    model = Model((a, b), (a + 2, b + 2))
    y, z = model((np.ones((2, 2)), np.ones((2, 2))))
    assert (y.dtype, z.dtype) == (torch.float16, torch.int32)


def test_integers_for_a_float_input_are_cast():
    i = Input((2,))
    assert Model(i, i / 2)(torch.ones(1, 2, dtype=torch.int64)).dtype is torch.float32


class Plain(Sequential):
    """A subclass without a ``call`` of its own."""


class Doubled(Sequential):
    """A subclass with one."""

    def call(self, inputs):
        return super().call(inputs) * 2


def sequential(kind: type[Sequential] = Sequential) -> GraphModel:
    return kind([Input((4,)), Dense(2)])


def functional() -> GraphModel:
    x = Input((4,))
    return Functional(x, Dense(2)(x))


@pytest.mark.parametrize(
    ("make", "owner"),
    [
        (sequential, "Sequential"),
        (functional, "Functional"),
        (lambda: sequential(Plain), "Sequential"),
        (lambda: sequential(Doubled), "Doubled"),
    ],
)
def test_wrong_arguments_of_a_call_name_the_class_that_a_user_knows(make, owner):
    model = make()
    with pytest.raises(TypeError, match=rf"{owner}\.call\(\) got an unexpected keyword argument 'foo'"):
        model(torch.ones(1, 4), foo=1)


def test_only_a_class_without_a_call_of_its_own_runs_its_graph():
    assert [runs_its_graph(kind) for kind in (Sequential, Functional, Plain, Doubled)] == [True, True, True, False]
    x = torch.ones(1, 4)
    model = sequential(Doubled)
    torch.testing.assert_close(model(x), model.layers[0](x) * 2)
