"""Functional models; what is compared with Keras lies in `tests/integration/test_models_against_keras.py`."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils import _pytree as pytree

from torchkeras_compat import layers, ops
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.models.model import Model
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(3, 4)


def test_model_makes_a_functional_model(x):
    i = Input((4,))
    layer = Dense(2)
    model = Model(i, layer(i))
    assert isinstance(model, Functional)
    assert model.built
    assert model.inputs == [i]
    assert model.layers[1] is layer
    torch.testing.assert_close(model(x), layer(x))


def test_inputs_and_outputs_may_be_named():
    i = Input((4,))
    model = Model(inputs=i, outputs=Dense(2)(i), name="net")
    assert (model.name, model.input_shape, model.output_shape) == ("net", (None, 4), (None, 2))


def test_several_inputs_and_outputs(x):
    a, b = Input((4,), name="a"), Input((4,), name="b")
    model = Model([a, b], [a + b, a * b])
    total, product = model([x, x + 1])
    torch.testing.assert_close(total, x + x + 1)
    torch.testing.assert_close(product, x * (x + 1))
    assert model.input_shape == [(None, 4), (None, 4)]
    assert model.input_names == ["a", "b"]
    torch.testing.assert_close(model({"b": x + 1, "a": x})[0], total)
    torch.testing.assert_close(model((x, x + 1))[1], product)


def test_structures_come_out_as_they_went_in(x):
    a, b = Input((4,), name="a"), Input((4,), name="b")
    model = Model({"left": a, "right": [b]}, {"sum": a + b, "parts": (a, [b * 2])})
    out = model({"left": x, "right": [x]})
    assert out.keys() == {"sum", "parts"}
    assert isinstance(out["parts"], tuple) and isinstance(out["parts"][1], list)
    torch.testing.assert_close(out["parts"][1][0], x * 2)


@pytest.mark.parametrize("nest", [lambda t: [t], lambda t: (t,), lambda t: [[t]], lambda t: {"a": [t]}])
def test_a_list_of_one_output_is_that_output(real_keras, nest, x):
    theirs_in, i = real_keras.Input((4,)), Input((4,))
    theirs, model = real_keras.Model(theirs_in, nest(theirs_in + 1)), Model(i, nest(i + 1))
    assert pytree.tree_structure(model(x)) == pytree.tree_structure(theirs(x))
    assert pytree.tree_structure(model.predict(x, verbose=0)) == pytree.tree_structure(theirs.predict(x, verbose=0))
    assert pytree.tree_structure(model.output) == pytree.tree_structure(theirs.output)


def test_a_list_of_one_output_has_that_output_in_an_outer_model(x):
    i, j = Input((4,)), Input((4,))
    inner = Model(i, [i + 1])
    outer = Model(j, inner(j)[0] * 2)
    torch.testing.assert_close(outer(x), (x + 1) * 2)
    torch.testing.assert_close(pickle.loads(pickle.dumps(outer))(x), (x + 1) * 2)


def test_a_shared_layer_has_one_set_of_weights(x):
    a, b = Input((4,)), Input((4,))
    shared = Dense(2)
    model = Model([a, b], shared(a) - shared(b))
    assert len(model.weights) == 2
    assert len(list(model.parameters())) == 2
    torch.testing.assert_close(model([x, x]), torch.zeros(3, 2))
    model([x, 2 * x]).sum().backward()
    torch.testing.assert_close(shared.linear.bias.grad, torch.zeros(2))


def test_models_nest_and_may_be_called_twice(x):
    i = Input((4,))
    inner = Model(i, Dense(4)(i), name="inner")
    j = Input((4,))
    model = Model(j, inner(inner(j)))
    torch.testing.assert_close(model(x), inner(inner(x)))
    assert len(model.weights) == 2


@pytest.mark.parametrize(
    "formula",
    [
        lambda t: t + 1,
        lambda t: 1 - t,
        lambda t: t * t / 2,
        lambda t: 3 // (t + 10),
        lambda t: (t + 10) % 3,
        lambda t: (t * t) ** 0.5,
        lambda t: -abs(t),
        lambda t: t @ torch.ones(4, 2),
        lambda t: (t > 0) & (t < 1),
        lambda t: ~(t >= 0) | (t != t),
        lambda t: t[:, 1:3],
        lambda t: t[..., 0],
        lambda t: t[:, None, ::2],
        lambda t: t[:, -1] * 2,
        lambda t: t.reshape(-1, 2, 2),
        lambda t: t.relu().sum(-1),
        lambda t: torch.nn.functional.softmax(t, dim=-1),
        lambda t: torch.cat([t, t], dim=1),
        lambda t: ops.stack([t, t], axis=1),
        lambda t: torch.where(t > 0, t, 0.0),
    ],
    ids=list("abcdefghijklmnopqrst"),
)
def test_operators_functions_and_torch_functions_are_recorded(formula, x):
    i = Input((4,))
    y = formula(i)
    model = Model(i, y)
    expected = formula(x)
    torch.testing.assert_close(model(x), expected)
    assert y.shape[1:] == tuple(expected.shape[1:])


def test_slices_of_unknown_axes_stay_unknown():
    i = Input((None, 4))
    assert i[:, :3].shape == (None, None, 4)
    assert i[:, 0].shape == (None, 4)
    assert i[:2].shape == (None, None, 4)
    assert Input((6, 4))[:, 1:4].shape == (None, 3, 4)


def test_a_training_flag_given_while_building_is_kept(x):
    i = Input((4,))
    model = Model(i, layers.Dropout(0.5)(i, training=True))
    assert (model(x) == 0).any()


def test_a_torch_module_is_recorded_as_one_call(x):
    i = Input((4,))
    body = nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU())
    model = Model(i, Dense(2)(body(i)))
    calls = [node for node in model.graph.nodes if node.op == "call_module"]
    assert len(calls) == 2
    assert model(x).shape == (3, 2)
    torch.testing.assert_close(model(x), model.layers[-1](body(x)))
    assert {id(p) for p in body.parameters()} < {id(p) for p in model.parameters()}
    model.to("meta")
    assert body[0].weight.device.type == "meta"


def test_a_torch_module_called_twice_is_a_shared_layer(x):
    i = Input((4,))
    linear = nn.Linear(4, 4)
    model = Model(i, linear(linear(i)))
    assert len(model.layers) == 2
    torch.testing.assert_close(model(x), linear(linear(x)))


def test_a_torch_module_may_return_a_structure(x):
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(4, 2)

        def forward(self, x):
            h = self.linear(x)
            return h + 1, {"double": h * 2, "same": x}

    i = Input((4,))
    module = Two()
    first, rest = module(i)
    model = Model(i, [first, rest["double"], rest["same"]])
    wanted = module(x)
    for y, w in zip(model(x), [wanted[0], wanted[1]["double"], x], strict=True):
        torch.testing.assert_close(y, w)
    assert len([n for n in model.graph.nodes if n.op == "call_module"]) == 1


def test_our_layers_inside_a_torch_module_train(x):
    i = Input((4,))
    model = Model(i, nn.Sequential(Dense(5), nn.ReLU(), Dense(2))(i))
    model.compile("sgd", loss="mse")
    before = [w.copy() for w in model.get_weights()]
    assert len(before) == 4
    model.fit(x, torch.zeros(3, 2), verbose=0)
    assert all((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))


def test_a_parameter_in_a_formula_is_a_weight(x):
    i = Input((4,))
    scale = nn.Parameter(torch.full((4,), 2.0))
    model = Model(i, i * scale)
    assert any(p is scale for p in model.parameters())
    torch.testing.assert_close(model(x), x * 2)
    model(x).sum().backward()
    assert scale.grad is not None


def test_functions_among_the_arguments_are_kept(x):
    i = Input((4,))
    model = Model(i, ops.vectorized_map(lambda row: row * 2, i))
    torch.testing.assert_close(model(x), x * 2)


def test_deep_graphs_do_not_meet_the_recursion_limit():
    i = t = Input((2,))
    for _ in range(1500):
        t = t + 1
    assert len(Model(i, t).operations) == 1501


def test_optional_inputs_may_be_none(x):
    class MaybeAdd(Layer):
        def call(self, a, b=None):
            return a if b is None else a + b

        def compute_output_shape(self, a_shape):
            return a_shape

    a, b = Input((4,), name="a"), Input((4,), name="b", optional=True)
    model = Model({"a": a, "b": b}, MaybeAdd()(a, b))
    torch.testing.assert_close(model({"a": x, "b": None}), x)
    torch.testing.assert_close(model({"a": x, "b": x}), x + x)


def test_axes_of_size_one_are_put_right():
    i = Input((1,))
    model = Model(i, i * 2)
    assert model(torch.ones(3)).shape == (3, 1)
    j = Input(())
    assert Model(j, j * 2)(torch.ones(3, 1)).shape == (3,)


def test_subclasses_may_hand_a_graph_to_the_constructor(x):
    class Net(Model):
        def __init__(self, units: int) -> None:
            i = Input((4,))
            super().__init__(i, Dense(units)(i))
            self.units = units

    model = Net(3)
    assert isinstance(model, Functional)
    assert model(x).shape == (3, 3)
    assert model.units == 3
    assert model.output_shape == (None, 3)


def test_compute_output_spec_and_shape():
    i = Input((4,))
    model = Model(i, {"a": Dense(2)(i), "b": i})
    spec = model.compute_output_spec(KerasTensor((7, 4)))
    assert spec["a"].shape == (7, 2)
    assert model.compute_output_shape((5, 4)) == {"a": (5, 2), "b": (5, 4)}


def test_functional_subclass_comes_back_from_its_config():
    class Net(Model):
        def __init__(self, *args, factor=1, **kwargs):
            super().__init__(*args, **kwargs)
            self.factor = factor

        def get_config(self):
            return {**super().get_config(), "factor": self.factor}

    i = Input((4,))
    model = Net(i, Dense(2)(i), factor=3)
    again = Net.from_config(model.get_config())
    assert again.factor == 3
    assert again.output_shape == (None, 2)


# -- errors --------------------------------------------------------------------------------------------------------


def test_an_output_that_does_not_follow_is_named():
    a, b = Input((2,), name="a"), Input((2,), name="b")
    with pytest.raises(ValueError, match=r"path `second` is not connected.*name=b.*Add it to the inputs"):
        Model(a, {"first": a * 2, "second": b * 3})


def test_two_layers_of_one_name_are_refused():
    i = Input((2,))
    with pytest.raises(ValueError, match='"a" is used 2 times'):
        Model(i, Dense(1, name="a")(Dense(1, name="a")(i)))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (torch.zeros(2, 3), r"expected shape=\(None, 4\), found shape=\(2, 3\)"),
        (torch.zeros(2, 4, 3), r"name 'x' and path ''.*\(None, 4\).*\(2, 4, 3\)"),
        ([torch.zeros(2, 4)] * 2, r'"net" expects 1 input\(s\).*received 2'),
        ({"y": torch.zeros(2, 4)}, r"Missing data for input \['x'\].*\['y'\]"),
    ],
    ids=["size", "rank", "number", "key"],
)
def test_data_that_does_not_fit_is_refused(data, message):
    i = Input((4,), name="x")
    model = Model(i, Dense(2)(i), name="net")
    with pytest.raises(ValueError, match=message):
        model(data)


def test_a_missing_key_is_named():
    a, b = Input((2,), name="a"), Input((2,), name="b")
    model = Model({"a": a, "b": b}, a + b)
    with pytest.raises(ValueError, match=r"Missing data for input \['b'\]"):
        model({"a": torch.zeros(1, 2)})
    with pytest.raises(ValueError, match=r"named input\(s\) with keys \['a', 'b'\]"):
        model(torch.zeros(1, 2))


def test_an_extra_key_is_a_warning():
    a = Input((2,), name="a")
    model = Model({"a": a}, a * 2)
    with pytest.warns(UserWarning, match="doesn't match the expected structure.*keys \\['a', 'b'\\]"):
        model({"a": torch.zeros(1, 2), "b": torch.zeros(1, 2)})


def test_none_for_a_required_input_is_refused():
    a, b = Input((2,), name="a"), Input((2,), name="b")
    model = Model({"a": a, "b": b}, a + b)
    with pytest.raises(ValueError, match="'b'.* is None, but it is not optional"):
        model({"a": torch.zeros(1, 2), "b": None})


def test_a_symbol_is_not_a_number():
    i = Input((2,))
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(i > 0)
    with pytest.raises(ValueError, match="no values"):
        float(i)
    with pytest.raises(TypeError, match="cannot be iterated"):
        list(i)
    with pytest.raises(ValueError, match="cannot become a NumPy array"):
        np.asarray(i)


def test_config_of_keras2_builds_the_model():
    def dense(name, source):
        return {
            "class_name": "Dense",
            "name": name,
            "config": {"units": 2, "name": name},
            "inbound_nodes": [[[source, 0, 0, {}]]],
        }

    source = {
        "class_name": "InputLayer",
        "name": "x",
        "config": {"batch_input_shape": [None, 3], "dtype": "float32", "name": "x"},
        "inbound_nodes": [],
    }
    config = {"name": "net", "input_layers": [["x", 0, 0]], "output_layers": [["b", 0, 0]]}
    model = Model.from_config({**config, "layers": [source, dense("a", "x"), dense("b", "a")]})
    assert model(torch.ones(4, 3)).shape == (4, 2)
    assert [w.path for w in model.weights] == ["a/kernel", "a/bias", "b/kernel", "b/bias"]
    with pytest.raises(ValueError, match="no input leads to .'a', 'b'.. Their calls form a loop"):
        Model.from_config({**config, "layers": [source, dense("a", "b"), dense("b", "a")]})
    with pytest.raises(ValueError, match="Missing node: c"):
        Model.from_config({**config, "layers": [source, dense("b", "c")]})


def test_a_subclass_that_has_made_no_graph_yet_is_made_of_one():
    config = Model(i := Input((3,)), layers.Dense(2)(i)).get_config()

    class Plain(Model):
        pass

    class Passing(Model):
        def __init__(self, *args, extra=1, **kwargs):
            super().__init__(*args, **kwargs)

    class Other(Model):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)

    for cls in (Plain, Passing):
        model = cls.from_config(config)
        assert type(model) is cls
        assert model.output_shape == (None, 2)
    with pytest.raises((TypeError, ValueError)):
        Other.from_config(config)
