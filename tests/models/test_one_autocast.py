"""One autocast for all layers of mixed precision in a graph: the numbers of one for each layer, at fewer calls."""

from __future__ import annotations

import copy

import pytest
import torch

from tests.python_calls import calls_of
from torchkeras_compat import Input, Model, Sequential, config, layers, ops


@pytest.fixture(autouse=True)
def mixed():
    before = config.dtype_policy()
    config.set_dtype_policy("mixed_bfloat16")
    yield
    config.set_dtype_policy(before)


def dense():
    return Sequential([layers.Input((8,)), layers.Dense(8, "relu"), layers.Dropout(0.5), layers.Dense(4, "softmax")])


def float32_head():
    return Sequential([layers.Input((8,)), layers.Dense(8, "gelu"), layers.Dense(4, "softmax", dtype="float32")])


def convolutional():
    return Sequential(
        [
            layers.Input((8, 8, 3)),
            layers.Conv2D(4, 3, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.DepthwiseConv2D(3),
            layers.GlobalAveragePooling2D(),
            layers.LayerNormalization(),
            layers.Dense(2),
        ]
    )


def recurrent():
    return Sequential(
        [
            layers.Input((5, 3)),
            layers.LSTM(4, return_sequences=True),
            layers.Bidirectional(layers.GRU(3)),
            layers.Dense(1),
        ]
    )


def embedded():
    return Sequential(
        [
            layers.Input((6,), dtype="int32"),
            layers.Embedding(9, 4),
            layers.Conv1D(3, 2),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )


def attentive():
    x = Input((6, 8))
    y = layers.Add()([x, layers.MultiHeadAttention(2, 4)(x, x)])
    y = layers.LayerNormalization()(y)
    return Model(x, layers.Dense(3)(layers.Add()([y, layers.Dense(8, "relu")(y)])))


def two_inputs():
    a, b = Input((8,), name="a"), Input((8,), name="b")
    y = layers.Concatenate()([layers.Dense(4)(a), layers.Dense(4)(b)])
    return Model({"a": a, "b": b}, {"one": layers.Dense(2)(y), "two": layers.Dense(3, dtype="float32")(y)})


def nested():
    x = Input((8,))
    return Model(x, layers.Dense(2)(dense()(x)))


def below_a_float32_layer():
    x = Input((8,))
    return Model(x, layers.Dense(2)(layers.Rescaling(0.1, dtype="float32")(x)))


ALL = [dense, float32_head, convolutional, recurrent, embedded, attentive, two_inputs, nested, below_a_float32_layer]


def results(model, x, training):
    """Outputs, and the gradients of their sum."""
    torch.manual_seed(0)
    model.zero_grad()
    outputs = model(x, training=training)
    outputs = list(outputs.values()) if isinstance(outputs, dict) else [outputs]
    sum(output.float().square().sum() for output in outputs).backward()
    return [*outputs, *(p.grad for p in model.parameters() if p.requires_grad)]


def data(model):
    torch.manual_seed(1)
    inputs = {
        t.name: torch.randint(9, (4, 6), dtype=torch.int32) if t.dtype == "int32" else torch.randn(4, *t.shape[1:])
        for t in model.inputs
    }
    return inputs if len(inputs) > 1 else next(iter(inputs.values()))


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
@pytest.mark.parametrize("training", [False, True])
def test_outputs_and_gradients_are_those_of_an_autocast_for_each_layer(make, training):
    model = make()
    x = data(model)
    if training:
        model.train()
    model(x)
    each = copy.deepcopy(model)
    each(x)
    assert model._call_plan.autocast is torch.bfloat16
    each._call_plan.autocast = None
    for found, expected in zip(results(model, x, training), results(each, x, training), strict=True):
        assert found.dtype is expected.dtype
        assert torch.equal(found, expected)


def test_a_mixed_layer_costs_few_calls_more_than_another():
    config.set_dtype_policy("float32")
    x = torch.ones(4, 8)
    plain = Sequential([layers.Input((8,)), *(layers.Dense(8, "relu") for _ in range(6))])
    config.set_dtype_policy("mixed_bfloat16")
    model = Sequential([layers.Input((8,)), *(layers.Dense(8, "relu") for _ in range(6))])
    for _ in range(2):
        plain(x), model(x)
    assert calls_of(model, x) - calls_of(plain, x) <= 6 + 12  # one for each layer, and the autocast


def test_autocast_is_on_once():
    seen = []

    class Probe(layers.Layer):
        def call(self, inputs):
            seen.append((torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu")))
            return inputs

    model = Sequential([layers.Input((8,)), layers.Dense(8), Probe(), layers.Dense(8), Probe()])
    model(torch.ones(1, 8))
    assert seen[-2:] == [(True, torch.bfloat16)] * 2
    assert not torch.is_autocast_enabled("cpu")


def with_function():
    x = Input((8,))
    return Model(x, layers.Dense(2)(ops.matmul(layers.Dense(8, dtype="float32")(x), torch.ones(8, 8))))


def with_activity_regularizer():
    return Sequential([layers.Input((8,)), layers.Dense(4, activity_regularizer="l2")])


def with_shared_layer():
    x, shared = Input((8,)), layers.Dense(8)
    return Model(x, shared(shared(x)))


def with_two_policies():
    return Sequential([layers.Input((8,)), layers.Dense(4), layers.Dense(4, dtype="mixed_float16")])


@pytest.mark.parametrize(
    "make",
    [with_function, with_activity_regularizer, with_shared_layer, with_two_policies],
    ids=lambda make: make.__name__,
)
def test_where_the_numbers_would_differ_each_layer_has_its_own(make):
    model = make()
    model(torch.ones(2, 8))
    assert model._call_plan.autocast is None


def test_a_policy_that_changes_later_counts():
    model = dense()
    x = data(model)
    assert model(x).dtype is torch.bfloat16
    model.layers[-1].dtype_policy = "float32"
    assert model(x).dtype is torch.float32
    for layer in model.layers:
        layer.dtype_policy = "float32"
    model.dtype_policy = "float32"
    first, _, last = model.layers
    expected = torch.softmax(last.linear(torch.relu(first.linear(x))), -1)
    assert torch.equal(model(x), expected)
    assert model._call_plan.autocast is None


def test_a_regularizer_that_comes_later_counts():
    model = dense()
    x = data(model)
    model(x)
    model.layers[0].activity_regularizer = lambda y: y.sum()
    model(x)
    assert model._call_plan.autocast is None
    assert len(model.losses) == 1


def test_what_changes_in_an_inner_model_reaches_the_outer_one():
    inner = dense()
    x = Input((8,))
    outer = Model(x, layers.Dense(2)(inner(x)))
    outer(torch.ones(1, 8))
    assert outer._call_plan.autocast is torch.bfloat16
    inner.layers[0].activity_regularizer = lambda y: y.sum()
    assert outer._call_plan is None
    outer(torch.ones(1, 8))
    assert outer._call_plan.autocast is None


def test_layers_that_belong_to_no_model_change_no_decision():
    model = dense()
    model(torch.ones(1, 8))
    plan = model._call_plan
    layers.Dense(3)(torch.ones(1, 8))
    assert model._call_plan is plan


def test_a_copy_decides_for_itself():
    model = dense()
    model(torch.ones(1, 8))
    twin = copy.deepcopy(model)
    twin(torch.ones(1, 8))
    twin.layers[0].activity_regularizer = lambda y: y.sum()
    twin(torch.ones(1, 8))
    assert (model._call_plan.autocast, twin._call_plan.autocast) == (torch.bfloat16, None)


def test_autocast_that_the_user_turned_off_inside_a_layer_is_on_for_the_mixed_layers_below():
    class Around(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(4)

        def call(self, inputs):
            with torch.autocast("cpu", enabled=False):
                return self.inner(inputs)

    model = Sequential([layers.Input((8,)), Around()])
    x = torch.ones(2, 8)
    for _ in range(2):
        assert model(x).dtype is torch.bfloat16


def test_a_traced_model_keeps_its_precision():
    model = dense()
    x = data(model)
    expected = model(x)
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    assert torch.equal(compiled(x), expected)
