"""Subclassed models and what all models share."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from torchkeras_compat import layers, models, saving
from torchkeras_compat.errors import NotCompiledError
from torchkeras_compat.layers.core.dense import Dense
from torchkeras_compat.layers.core.input_layer import Input
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.sequential import Sequential
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


class Net(Model):
    def __init__(self, units: int = 5, **kwargs) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.first = Dense(units, activation="relu")
        self.blocks = [Dense(units) for _ in range(2)]
        self.heads = {"score": Dense(1), "class": Dense(3)}
        self.drop = layers.Dropout(0.5)

    def call(self, inputs, training=False):
        x = self.first(inputs)
        for block in self.blocks:
            x = block(x)
        x = self.drop(x, training=training)
        return {name: head(x) for name, head in self.heads.items()}


@pytest.fixture
def x() -> torch.Tensor:
    return torch.randn(3, 4)


def test_layers_in_attributes_lists_and_dicts_are_found(x):
    model = Net()
    model(x)
    assert [layer.name for layer in model.layers] == ["dense", "dense_1", "dense_2", "dense_3", "dense_4", "dropout"]
    assert len(model.weights) == 10
    assert len(list(model.parameters())) == 10
    assert model.weights[0].path == "net/dense/kernel"


def test_an_attribute_may_be_replaced_and_deleted(x):
    model = Net()
    model.first = Dense(5)
    model.blocks = []
    del model.heads
    assert [layer.name for layer in model.layers] == ["dense_5", "dropout"] or len(model.layers) == 2
    model.heads = {"a": Dense(1)}
    model(x)
    assert len(model.weights) == 4


def test_the_training_argument_is_handed_on(x):
    model = Net()
    torch.testing.assert_close(model(x)["score"], model(x)["score"])
    assert not torch.equal(model(x, training=True)["score"], model(x, training=True)["score"])
    model.train()
    assert not torch.equal(model(x)["score"], model(x)["score"])


def test_layers_below_follow_a_training_argument_that_call_does_not_hand_on(x):
    class Quiet(Model):
        def __init__(self):
            super().__init__()
            self.drop = layers.Dropout(0.5)

        def call(self, inputs):
            return self.drop(inputs)

    model = Quiet()
    torch.testing.assert_close(model(x), x)
    assert (model(x, training=True) == 0).any()
    torch.testing.assert_close(model(x), x)


def test_build_makes_the_weights_without_data():
    model = Net()
    model.build((None, 4))
    assert model.built
    assert all(layer.built for layer in model.layers)
    assert model.count_params() == 4 * 5 + 5 + 2 * 30 + 6 + 18
    assert {p.device.type for p in model.parameters()} == {"cpu"}


def test_build_runs_its_own_build(x):
    class Scaled(Model):
        def build(self, input_shape):
            self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones", name="scale")

        def call(self, inputs):
            return inputs * self.scale

    model = Scaled()
    torch.testing.assert_close(model(x), x)
    assert model.weights[0].path == "scaled/scale"
    assert model.scale.shape == (4,)


def test_add_loss_adds_to_what_is_trained(x):
    class Penalised(Model):
        def __init__(self):
            super().__init__()
            self.dense = Dense(2, kernel_regularizer="l2")

        def call(self, inputs):
            y = self.dense(inputs)
            self.add_loss(10.0 * y.pow(2).mean())
            return y

    model = Penalised()
    y = model(x)
    assert len(model.losses) == 2
    torch.testing.assert_close(model.losses[0], 10.0 * y.pow(2).mean())
    model(x)
    assert len(model.losses) == 2
    model.compile("sgd", loss="mse")
    logs = model.evaluate(x, y.detach(), verbose=0)
    assert logs == pytest.approx(float(sum(model.losses).detach()), rel=1e-5)


def test_losses_of_one_call_are_forgotten_by_the_next_of_any_model(x):
    class Noisy(Layer):
        def call(self, inputs):
            self.add_loss(inputs.sum())
            return inputs

    layer = Noisy()
    one, two = Sequential([Input((4,)), layer]), Sequential([Input((4,)), layer])
    for model in (one, two, one):
        model(x)
        assert len(model.losses) == 1


def test_a_subclassed_model_is_a_layer_of_a_functional_one(x):
    i = Input((4,))
    net = Net()
    out = net(i)
    assert {k: v.shape for k, v in out.items()} == {"score": (None, 1), "class": (None, 3)}
    model = Model(i, out["score"] * 2)
    torch.testing.assert_close(model(x), net(x)["score"] * 2)


def test_get_layer_finds_by_name_and_index(x):
    model = Net()
    assert model.get_layer("dense_1") is model.blocks[0]
    assert model.get_layer(index=0) is model.first
    with pytest.raises(ValueError, match=r"No such layer: dens\. .*Did you mean 'dense"):
        model.get_layer("dens")


def test_set_weights_changes_nothing_unless_all_fit(x):
    model = Sequential([Input((4,)), Dense(5), Dense(2)])
    before = model.get_weights()
    wrong = [np.zeros_like(w) for w in before]
    wrong[2] = np.zeros((3, 3))
    with pytest.raises(ValueError, match=r"weight shape \(5, 2\).*not compatible with provided weight shape \(3, 3\)"):
        model.set_weights(wrong)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="length 1, but the layer was expecting 4"):
        model.set_weights([before[0]])
    model.set_weights([np.ones_like(w) for w in before])
    assert all((w == 1).all() for w in model.get_weights())
    assert (model.layers[0].linear.weight == 1).all()


def test_weights_are_handed_out_as_copies():
    model = Sequential([Input((4,)), Dense(2)])
    weights = model.get_weights()
    weights[0][:] = 7.0
    assert not (model.get_weights()[0] == 7.0).any()


def test_state_tree_round_trip(x):
    model = Sequential([Input((4,)), Dense(2, name="head")], name="net")
    model.compile("adam", loss="mse")
    model.fit(x, torch.zeros(3, 2), verbose=0)
    tree = model.get_state_tree("numpy_array")
    assert tree["trainable_variables"]["net"]["head"]["kernel"].shape == (4, 2)
    assert tree["optimizer_variables"]["adam"]["iteration"] == 1
    kernel = np.full((4, 2), 0.5, "float32")
    model.set_state_tree({"trainable_variables": {"net": {"head": {"kernel": kernel}}}})
    np.testing.assert_array_equal(model.get_weights()[0], kernel)
    with pytest.raises(ValueError, match=r"path 'net/head/kernl'.*Did you mean 'net/head/kernel'"):
        model.set_state_tree({"trainable_variables": {"net": {"head": {"kernl": kernel}}}})
    with pytest.raises(ValueError, match="Unknown part of a state tree: 'weights'"):
        model.set_state_tree({"weights": {}})
    with pytest.raises(ValueError, match="value_format"):
        model.get_state_tree("torch")


@saving.register_keras_serializable("test_model")
class Configured(Model):
    def __init__(self, units: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.dense = Dense(units)

    def call(self, inputs):
        return self.dense(inputs)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def test_a_registered_subclass_goes_through_json(x):
    model = Configured(3, name="mine")
    again = models.model_from_json(model.to_json())
    assert isinstance(again, Configured)
    assert (again.name, again.units) == ("mine", 3)
    assert again(x).shape == (3, 3)


def test_to_json_takes_the_arguments_of_json():
    text = Sequential([Input((2,)), Dense(1)]).to_json(indent=2)
    assert "\n  " in text
    assert json.loads(text)["class_name"] == "Sequential"


# -- errors --------------------------------------------------------------------------------------------------------


def test_a_model_without_call_says_so(x):
    class Empty(Model):
        pass

    with pytest.raises(NotImplementedError, match="Empty does not have a `call` method"):
        Empty()(x)


def test_forgetting_super_init_says_so():
    class Forgot(Model):
        def __init__(self):
            self.dense = Dense(1)

    with pytest.raises(RuntimeError, match=r"In layer `Forgot`, you forgot to call `super\(\).__init__\(\)`"):
        Forgot()


def test_layers_cannot_be_set(x):
    model = Net()
    with pytest.raises(AttributeError, match="reserved"):
        model.layers = [Dense(1)]
    i = Input((2,))
    with pytest.raises(AttributeError, match="reserved"):
        Model(i, i * 2).layers = []


def test_weights_made_in_call_are_refused(x):
    class Late(Layer):
        def call(self, inputs):
            self.w = self.add_weight(shape=(4,))
            return inputs * self.w

    with pytest.raises(ValueError, match="'late' is built and being called, so you cannot add new elements of state"):
        Late()(x)


def test_training_before_compiling_is_refused(x):
    with pytest.raises(NotCompiledError, match=r"You must call `compile\(\)` before calling `fit\(\)`"):
        Net().fit(x, x)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"optimizer": "adm"}, "adm.*Did you mean 'Adam'"),
        ({"loss": "mean_square_error"}, "mean_square_error.*Did you mean 'mean_squared_error'"),
        ({"metrics": ["acuracy"]}, "acuracy.*Did you mean 'Accuracy'"),
    ],
    ids=lambda v: next(iter(v)) if isinstance(v, dict) else "",
)
def test_unknown_names_offer_the_nearest(arguments, message):
    model = Sequential([Input((2,)), Dense(1)])
    with pytest.raises(ValueError, match=message):
        model.compile(**arguments)
        model.fit(np.zeros((2, 2)), np.zeros((2, 1)), verbose=0)
    assert not model.compiled or arguments.keys() == {"metrics"}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Dense(2, activation="rleu"), "rleu.*Did you mean 'relu'"),
        (lambda: Dense(2, kernel_initializer="glorot"), "glorot.*Did you mean"),
        (lambda: Dense(2, kernel_regularizer="l3"), "l3"),
        (lambda: Dense(2, units=3), "units"),
        (lambda: Dense(2, nmae="x"), "Unrecognized keyword arguments passed to Dense: nmae='x'. Did you mean 'name'?"),
        (lambda: Dense(-2), "units=-2"),
        (lambda: Dense(2, trainable="yes"), "`trainable` argument to be a boolean"),
        (lambda: Dense(2, name="a/b"), "cannot contain character `/`"),
        (lambda: Dense(2, dtype="flaot32"), "flaot32"),
    ],
    ids=list("abcdefghi"),
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_symbols_for_a_model_without_graph_name_what_failed():
    class Shapely(Model):
        def call(self, inputs):
            return inputs.reshape(7, -1, 11)

    with pytest.raises((ValueError, RuntimeError), match="shape"):
        Shapely()(KerasTensor((None, 4)))
