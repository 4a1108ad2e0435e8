"""`Layer`: building, weights, arguments of calls, shapes, losses, copies."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import layers, naming
from torchkeras_compat.dtypes import identifiers as policies
from torchkeras_compat.dtypes.dtype_policy import DTypePolicy
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.random.seed_generator import SeedGenerator
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.variables import Variable


class Scale(Layer):
    """One weight an input feature."""

    def __init__(self, factor: float = 1.0, **kwargs) -> None:
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, input_shape):
        self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones", name="scale")

    def call(self, inputs):
        return inputs * self.scale * self.factor


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(3, 4)


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


def test_add_weight_defaults():
    layer = Layer()
    w = layer.add_weight(shape=(3, 2), name="w")
    limit = (6 / 5) ** 0.5
    assert (w.dtype, w.trainable) == ("float32", True)
    assert abs(w.numpy()).max() <= limit
    n = layer.add_weight(shape=(), dtype="int32", trainable=False)
    assert n.numpy() == 0
    assert [name for name, _ in layer.named_buffers()] == [n.name]
    assert layer.non_trainable_weights == [n]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda layer: layer.add_weight("kernel", shape=(2,)), ValueError, "'kernel'.*name, pass it as a keyword"),
        (lambda layer: layer.add_weight((2,), shape=(2,)), ValueError, "`shape` was passed both positionally"),
        (lambda layer: layer.add_weight((2,), "zeros", None, "w"), TypeError, "at most 3 positional"),
        (lambda layer: layer.add_weight((2,), "zeross"), ValueError, "zeross.*Did you mean"),
        (lambda layer: layer.add_weight((2,), name="a/b"), ValueError, "cannot contain character `/`"),
    ],
    ids=list("abcde"),
)
def test_bad_arguments_of_add_weight_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(Layer())


def test_weights_come_in_keras_order(x):
    class Mixed(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Dense(2)
            self.count = self.add_weight(shape=(), trainable=False, initializer="zeros", name="count")
            self.own = self.add_weight(shape=(), name="own")

        def call(self, inputs):
            return self.inner(inputs) * self.own

    layer = Mixed()
    layer(x)
    assert [v.name for v in layer.weights] == ["own", "count", "kernel", "bias"]
    assert [v.name for v in layer.trainable_weights] == ["own", "kernel", "bias"]


def test_parameters_and_torch_modules_in_attributes_are_weights(x):
    class Torchy(Layer):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(2))
            self.linear = nn.Linear(4, 2)
            self.register_buffer("steps", torch.zeros(()))

        def call(self, inputs):
            return self.linear(inputs) * self.scale

    layer = Torchy()
    layer(x)
    assert [v.path for v in layer.weights] == ["torchy/scale", "torchy/linear/weight", "torchy/linear/bias"]
    layer.trainable = False
    assert not any(p.requires_grad for p in layer.parameters())


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


def test_a_training_argument_reaches_what_lies_below_and_ends_with_the_call(x):
    class Outer(Layer):
        def __init__(self):
            super().__init__()
            self.drop = layers.Dropout(0.5)
            self.plain = nn.Dropout(0.5)

        def call(self, inputs):
            return self.plain(self.drop(inputs))

    layer = Outer()
    assert (layer(x, training=True) == 0).any()
    assert not layer.drop.training
    torch.testing.assert_close(layer(x), x)


def test_the_mode_is_restored_after_an_error(x):
    class Fails(Layer):
        def call(self, inputs, training=False):
            raise RuntimeError("no")

    layer = Fails()
    with pytest.raises(RuntimeError, match="no"):
        layer(x, training=True)
    assert not layer.training
    assert naming.current_path() == ""


def test_any_arguments_and_results_are_handed_through(x):
    class Many(Layer):
        def call(self, first, *others, scale=1.0, extra=None):
            return {"sum": sum(others, first) * scale, "extra": extra}

    out = Many()(x, x, x, scale=2.0, extra=[x])
    torch.testing.assert_close(out["sum"], x * 6)
    assert out["extra"][0] is x


def test_compute_output_shape_and_spec_are_inferred():
    class Pairs(Layer):
        def call(self, inputs):
            return {"a": inputs[:, ::2], "b": [inputs.long(), inputs.sum(-1)]}

    layer = Pairs()
    assert layer.compute_output_shape((None, 6, 5)) == {"a": (None, 3, 5), "b": [(None, 6, 5), (None, 6)]}
    spec = layer.compute_output_spec(KerasTensor((2, None, 5)))
    assert spec["b"][0].dtype == "int64"
    assert spec["b"][0].shape == (2, None, 5)


def test_a_compute_output_shape_of_its_own_is_used():
    class Known(Layer):
        def call(self, inputs):
            raise AssertionError("not needed")

        def compute_output_shape(self, input_shape):
            return (*input_shape, 7)

    assert Known()(KerasTensor((None, 3))).shape == (None, 3, 7)


def test_shape_inference_computes_nothing_and_leaves_the_weights():
    layer = Dense(3)
    y = layer(KerasTensor((None, 4)))
    assert y.shape == (None, 3)
    assert layer.linear.weight.device.type == "cpu"
    assert layer.linear.weight.abs().sum() > 0


def test_activity_regularizer_is_a_loss_of_the_call(x, real_keras):
    layer = Scale(activity_regularizer="l2")
    layer(x)
    theirs = real_keras.layers.Layer(activity_regularizer="l2")
    theirs.call = lambda inputs: inputs
    theirs(x)
    assert float(layer.losses[0].detach()) == pytest.approx(float(theirs.losses[0]))
    layer(x)
    assert len(layer.losses) == 1
    layer(torch.zeros(0, 4))
    assert float(layer.losses[0].detach()) == 0.0


def test_weight_regularizers_are_losses_of_trainable_weights(x):
    layer = Dense(2, kernel_regularizer="l2", bias_regularizer="l1")
    layer(x)
    torch.testing.assert_close(layer.losses[0], 0.01 * layer.linear.weight.pow(2).sum())
    assert len(layer.losses) == 2
    layer.trainable = False
    assert layer.losses == []


def test_add_loss_takes_scalars():
    layer = Layer()
    layer.add_loss(2.0)
    layer.add_loss([torch.tensor(1.0)])
    assert len(layer.losses) == 2
    with pytest.raises(ValueError, match=r"scalars. Received a tensor of shape \(2,\)"):
        layer.add_loss(torch.zeros(2))


def test_a_seed_generator_is_a_variable(x):
    class Random(Layer):
        def __init__(self):
            super().__init__()
            self.seed = SeedGenerator(3)

        def call(self, inputs):
            return inputs

    layer = Random()
    layer(x)
    assert layer.weights == []
    assert [v.path for v in layer.variables] == ["seed_generator/seed_generator_state"]


def test_get_config_goes_into_from_config():
    layer = Scale(2.5, name="mine", trainable=False, dtype="float64")
    assert layer.get_config() == {
        "name": "mine",
        "trainable": False,
        "dtype": policies.serialize(DTypePolicy("float64")),
        "factor": 2.5,
    }
    again = Scale.from_config(layer.get_config())
    assert (again.name, again.factor, again.trainable, again.dtype) == ("mine", 2.5, False, "float64")


def test_an_argument_that_is_no_plain_value_asks_for_get_config():
    class Holds(Layer):
        def __init__(self, thing, **kwargs):
            super().__init__(**kwargs)

    with pytest.raises(NotImplementedError, match=r"Holds was made with thing=.*Define `get_config"):
        Holds(object()).get_config()


def pickled(layer: Layer) -> Layer:
    return pickle.loads(pickle.dumps(layer))


@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled])
def test_copies_own_their_weights(duplicate, x):
    layer = Scale(activity_regularizer="l2")
    layer(x)
    twin = duplicate(layer)
    torch.testing.assert_close(twin(x), layer(x))
    twin.scale.assign(np.zeros(4))
    assert not twin(x).any()
    assert layer(x).any()
    assert twin.scale.path == "scale/scale"


def test_stateless_call_leaves_the_layer_alone(x):
    layer = layers.BatchNormalization(momentum=0.5)
    layer(x)
    before = [w.copy() for w in layer.get_weights()]
    trainable = [torch.full((4,), 2.0), torch.full((4,), 1.0)]
    out, state = layer.stateless_call(trainable, [v.value for v in layer.non_trainable_variables], x, training=True)
    torch.testing.assert_close(out.mean(0), torch.ones(4), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(state[0], 0.5 * x.mean(0))
    for a, b in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_stateless_call_is_differentiable_in_the_given_values(x):
    layer = Dense(2, kernel_regularizer="l2")
    layer(x)
    kernel = torch.ones(4, 2, requires_grad=True)
    y, _, losses = layer.stateless_call([kernel, torch.zeros(2)], [], x, return_losses=True)
    torch.testing.assert_close(y, x @ kernel)
    (y.sum() + losses[0]).backward()
    torch.testing.assert_close(kernel.grad, x.sum(0)[:, None].expand(4, 2) + 0.02)


def test_stateless_call_checks_what_it_is_given(x):
    with pytest.raises(ValueError, match="must be built"):
        Dense(2).stateless_call([], [], x)
    layer = Dense(2)
    layer(x)
    with pytest.raises(ValueError, match="list with length 1, but expected 2 variables"):
        layer.stateless_call([torch.zeros(4, 2)], [], x)


def test_a_layer_that_cannot_be_quantized_says_so():
    layer = layers.LayerNormalization()
    layer.build((None, 2))
    with pytest.raises(NotImplementedError, match="LayerNormalization does not have a `quantize` method implemented"):
        layer.quantize("int8")


def test_a_layer_without_call_has_no_output_shape():
    with pytest.raises(NotImplementedError, match="`compute_output_shape` method implemented"):
        Layer().compute_output_shape((2,))


def test_add_variable_makes_a_trained_weight():
    layer = layers.Layer()
    layer.scale = layer.add_variable((3,), "ones", regularizer="l2", name="scale")
    layer.count = layer.add_variable((), "zeros", "int32", False, name="count")
    assert [w.name for w in layer.trainable_weights] == ["scale"]
    assert [w.name for w in layer.non_trainable_weights] == ["count"]
    assert dict(layer.named_parameters())["scale"].shape == (3,)
    assert layer.count.dtype == "int32"
    assert layer.losses[0].item() == pytest.approx(0.03)


def test_a_list_inside_itself_is_passed_over():
    layer = layers.Layer()
    layer.blocks = []
    layer.blocks.append(layer.blocks)
    layer.blocks.append(Dense(2))
    assert [type(module) for module in layer.children()] == [Dense]


def test_a_subclass_with_its_own_call_has_the_shape_of_that_call():
    class Halving(layers.Dropout):
        def call(self, inputs, training=None):
            return super().call(inputs, training=training)[:, ::2]

    class Pair(layers.Add):
        def call(self, inputs):
            return super().call(inputs).sum(-1)

    x = layers.Input((6, 4))
    assert Halving(0.5)(x).shape == (None, 3, 4)
    assert Pair()([x, x]).shape == (None, 6)


@pytest.mark.parametrize("activation, width", [("relu", 6), ("glu", 3), (lambda x: x[..., :2], 2)])
def test_the_activation_counts_in_the_shape(activation, width):
    x = layers.Input((6,))
    assert layers.Activation(activation)(x).shape == (None, width)
    assert layers.Dense(6, activation)(x).shape == (None, width)


def test_merging_broadcasts_symbolic_shapes():
    a, b = layers.Input((None, 4)), layers.Input((5, 1))
    assert layers.Multiply()([a, b]).shape == (None, 5, 4)
    assert layers.Add()([a, layers.Input((4,))]).shape == (None, None, 4)
    with pytest.raises(ValueError, match="incompatible shapes"):
        layers.Add()([layers.Input((5, 4)), layers.Input((5, 3))])
