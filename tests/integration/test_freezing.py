"""Layers frozen and unfrozen after `compile`: as in Keras."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

import torchkeras_compat as ours

X = np.random.RandomState(0).normal(size=(8, 3)).astype("float32")
Y = X[:, :1]


def trained(keras, optimizer, frozen_first):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(1)])
    model.set_weights([np.linspace(-1, 1, w.size).reshape(w.shape) for w in model.get_weights()])
    model.layers[0].trainable = not frozen_first
    model.compile(optimizer, "mse")
    model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    model.layers[0].trainable = frozen_first
    if frozen_first:
        model.compile(optimizer, "mse")  # an optimizer knows the variables that it was built with
    model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    return model.get_weights()


@pytest.mark.parametrize("frozen_first", [False, True])
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_weights_are_those_of_keras(optimizer, frozen_first, real_keras):
    for a, b in zip(trained(ours, optimizer, frozen_first), trained(real_keras, optimizer, frozen_first), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("make", [torch.optim.SGD, torch.optim.Adam])
def test_a_frozen_layer_stays_as_it_is_under_an_optimizer_of_torch(make):
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(4), ours.layers.Dense(1)])
    model.compile(make(model.parameters(), lr=0.1), "mse")
    model.fit(X, Y, verbose=0)
    model.layers[0].trainable = False
    before = [w.copy() for w in model.get_weights()]
    model.fit(X, Y, verbose=0)
    after = model.get_weights()
    np.testing.assert_array_equal(after[0], before[0])
    assert not np.array_equal(after[2], before[2])


def test_freezing_counts_at_once_between_two_batches():
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(4), ours.layers.Dense(1)])
    model.compile("adam", "mse")
    model.train_on_batch(X, Y)
    model.layers[0].trainable = False
    frozen = model.get_weights()[0].copy()
    model.train_on_batch(X, Y)
    np.testing.assert_array_equal(model.get_weights()[0], frozen)
    model.layers[0].trainable = True
    model.train_on_batch(X, Y)
    weights = [w.copy() for w in model.get_weights()]
    model.train_on_batch(X, Y)
    found = model.layers[0].kernel.value.grad.clone()
    model.set_weights(weights)
    model.zero_grad()
    torch.nn.functional.mse_loss(model(X), torch.from_numpy(Y)).backward()  # of one batch, not of all since unfreezing
    torch.testing.assert_close(found, model.layers[0].kernel.value.grad)


@pytest.mark.parametrize("change", ["unfreeze", "lora", "float8"])
def test_weights_that_the_optimizer_does_not_know_are_refused(change, real_keras):
    for keras in (ours, real_keras):
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="hidden"), keras.layers.Dense(1)])
        model.layers[0].trainable = change != "unfreeze"
        model.compile("adam", "mse")
        model.fit(X, Y, verbose=0)
        if change == "unfreeze":
            model.layers[0].trainable = True
        elif change == "lora":
            model.layers[0].enable_lora(2)
        else:
            model.layers[0].quantize("float8")
        before = model.get_weights()
        with pytest.raises(ValueError, match="Unknown variable"):
            model.fit(X, Y, verbose=0)
        if keras is ours:
            for a, b in zip(before, model.get_weights(), strict=True):
                np.testing.assert_array_equal(a, b)
        model.compile("adam", "mse")
        model.fit(X, Y, verbose=0)


def test_the_error_names_the_optimizer_and_the_weights():
    layers = [ours.layers.Dense(4, name="hidden", trainable=False), ours.layers.Dense(1)]
    model = ours.Sequential([ours.Input((3,)), *layers])
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    model.layers[0].trainable = True
    with pytest.raises(ValueError, match="'adam' was built without '.*hidden/kernel'.*call `model.compile"):
        model.train_on_batch(X, Y)


def test_weights_that_the_loss_does_not_reach_are_named_once(real_keras):
    def made(keras):
        class Model(keras.Model):
            def __init__(self):
                super().__init__()
                self.used, self.idle = keras.layers.Dense(1), keras.layers.Dense(1)

            def build(self, input_shape):
                self.used.build(input_shape)
                self.idle.build(input_shape)
                self.built = True

            def call(self, x):
                return self.used(x)

        model = Model()
        model.build((None, 3))
        model.compile("sgd", "mse")
        return model

    for keras in (ours, real_keras):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            made(keras).fit(X, Y, batch_size=4, epochs=2, verbose=0)
        found = [w for w in caught if "Gradients do not exist for variables" in str(w.message)]
        assert len(found) == (1 if keras is ours else 4)  # ours once, Keras in each step
        assert "kernel" in str(found[0].message) and "bias" in str(found[0].message)
        if keras is ours:
            assert found[0].filename == __file__


@pytest.mark.parametrize("how", ["frozen", "without weights"])
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of real Keras
def test_a_fit_that_can_change_nothing_says_so_once(how, real_keras):
    for keras in (ours, real_keras):
        layer = keras.layers.Dense(1) if how == "frozen" else keras.layers.Flatten()
        model = keras.Sequential([keras.Input((3,)), layer])
        layer.trainable = False
        model.compile("sgd", "mse")
        with pytest.warns(UserWarning, match="The model does not have any trainable weights") as seen:
            model.fit(X, X if how != "frozen" else Y, epochs=2, batch_size=4, verbose=0)
        if keras is ours:
            assert len(seen) == 1 and seen[0].filename == __file__
            assert ("all of its weights are frozen" if how == "frozen" else "it has no weights") in str(seen[0].message)


def test_a_model_that_trains_a_part_or_only_evaluates_says_nothing():
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(2), ours.layers.Dense(1)])
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    model.trainable = False
    model.evaluate(X, Y, verbose=0)
    model.predict(X, verbose=0)


def made_and_frozen_by_torch(count):
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(4), ours.layers.Dense(1)])
    for layer in model.layers[:count]:
        layer.requires_grad_(False)
    model.compile("sgd", "mse")
    return model


def test_a_model_that_torch_froze_is_said_to_learn_nothing():
    model = made_and_frozen_by_torch(2)
    before = model.get_weights()
    with pytest.warns(UserWarning, match=r"does not have any trainable weights.*`requires_grad_\(True\)`") as caught:
        model.fit(X, Y, batch_size=2, epochs=2, verbose=0)
    assert len(caught) == 1
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    model.requires_grad_(True)
    model.fit(X, Y, verbose=0)
    assert not np.array_equal(before[0], model.get_weights()[0])


def test_a_layer_that_torch_froze_stays_as_it_is_without_a_warning():
    model = made_and_frozen_by_torch(1)
    before = model.get_weights()
    model.fit(X, Y, batch_size=2, epochs=2, verbose=0)  # a warning would be an error
    np.testing.assert_array_equal(before[0], model.get_weights()[0])
    assert not np.array_equal(before[2], model.get_weights()[2])


def test_a_loss_that_reaches_no_weight_is_still_an_error():
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(1)])
    model.compile("sgd", lambda y_true, y_pred: (y_pred.detach() - y_true).square().mean())
    with pytest.raises(RuntimeError, match="does not require grad"):
        model.fit(X, Y, verbose=0)


MAKERS = {
    "sequential": lambda: ours.Sequential([ours.Input((3,)), ours.layers.Dense(4), ours.layers.Dense(1)]),
    "recurrent": lambda: ours.Sequential([ours.Input((5, 3)), ours.layers.LSTM(4), ours.layers.Dense(1)]),
    "modules": lambda: ours.Sequential([ours.Input((3,)), torch.nn.Sequential(torch.nn.Linear(3, 4)), WithLayers()]),
}


class WithLayers(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.nn.ModuleList([ours.layers.Dense(2)])

    def forward(self, x):
        return self.inner[0](x)


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_torchs_spelling_of_freezing_is_that_of_keras(make):
    model, twin = make(), make()
    for value in (False, True):
        assert model.requires_grad_(value) is model
        twin.trainable = value
        assert model.trainable is value
        assert [v.trainable for v in model.weights] == [v.trainable for v in twin.weights]
        assert [p.requires_grad for p in model.parameters()] == [p.requires_grad for p in twin.parameters()]
        assert all(layer.trainable is value for layer in model._flatten_layers())
        assert len(model.trainable_weights) == (len(model.weights) if value else 0)


def test_the_flag_of_a_parameter_is_that_of_its_weight():
    model = MAKERS["sequential"]()
    first = model.layers[0]
    first.linear.weight.requires_grad_(False)
    assert not first.kernel.trainable
    assert first.trainable  # only one of its weights is frozen, as by `first.kernel.trainable = False`
    assert [v.path for v in model.non_trainable_weights] == [first.kernel.path]
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert changed == [False, True, True, True]
    first.kernel.trainable = True
    assert first.linear.weight.requires_grad
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    assert model.trainable_weights == []
    torch.nn.Sequential(model).requires_grad_(True)
    assert len(model.trainable_weights) == 4


def test_a_weight_unfrozen_by_torch_trains_in_the_next_fit():
    model = MAKERS["sequential"]()
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    weight = model.layers[0].linear.weight
    for value in (False, True):
        weight.requires_grad_(value)
        before = weight.detach().clone()
        model.fit(X, Y, verbose=0)
        assert torch.equal(before, weight) is not value


def test_a_frozen_normalization_infers_whoever_froze_it():
    layer = ours.layers.BatchNormalization()
    layer(X)
    layer.requires_grad_(False)
    before = layer.moving_mean.numpy()
    layer(X, training=True)
    np.testing.assert_array_equal(layer.moving_mean.numpy(), before)


def test_what_stands_in_for_weights_freezes_nothing():
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(1, kernel_regularizer="l2")])
    values = [torch.full((3, 1), 0.5), torch.zeros(1)]
    _, _, losses = model.stateless_call(values, [], torch.zeros(1, 3), return_losses=True)
    assert losses[0].item() == pytest.approx(0.01 * 3 * 0.25)
    assert len(model.trainable_weights) == 2
    seen = []
    layer = model.layers[0]
    layer.linear.register_forward_hook(lambda *_: seen.append(len(layer.trainable_weights)))
    plain = {name: p.detach() for name, p in model.named_parameters()}
    torch.func.functional_call(model, plain, (torch.zeros(1, 3),))
    assert seen == [2]
    assert all(p.requires_grad for p in model.parameters())
