from __future__ import annotations

import functools

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, layers, losses, models, utils
from torchkeras_compat.legacy.backend.elementwise import sqrt
from torchkeras_compat.legacy.backend.graph.gradients import gradients
from torchkeras_compat.legacy.backend.reductions import mean
from torchkeras_compat.legacy.backend.reductions import sum as sum_of
from torchkeras_compat.legacy.models.recorded_losses import KeepValue, uses_recorded_tensors, with_recorded_tensors

X = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")


def test_a_loss_that_closes_over_the_code_is_that_of_the_formula() -> None:
    utils.set_random_seed(0)
    x = Input((3,))
    code = layers.Dense(2)(x)
    out = layers.Dense(3)(code)
    model = models.Model(x, out)

    def loss(y_true, y_pred):
        return losses.mean_squared_error(y_true, y_pred) + sum_of(code * code, axis=-1)

    def penalty(y_true, y_pred):
        return sum_of(code * code, axis=-1)

    model.compile("adam", with_recorded_tensors(model, loss), metrics=with_recorded_tensors(model, [penalty, "mse"]))
    found = model.evaluate(X, X, batch_size=20, verbose=0, return_dict=True)
    z = models.Model(x, code).predict(X, verbose=0)
    assert found["penalty"] == pytest.approx(np.mean(np.sum(z * z, -1)), rel=1e-5)
    assert found["loss"] == pytest.approx(found["penalty"] + found["mse"], rel=1e-5)
    history = model.fit(X, X, epochs=5, batch_size=20, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]


def test_draws_are_those_of_the_same_run() -> None:
    x = Input((3,))
    noise = layers.Lambda(lambda a: torch.randn_like(a))(x)
    model = models.Model(x, noise)
    loss = with_recorded_tensors(model, lambda y_true, y_pred: (y_pred - noise) * 1.0 + y_true * 0)
    model.compile("sgd", loss)
    assert model.evaluate(X, X, verbose=0) == 0.0


def test_the_penalty_of_gradients_trains_and_evaluates() -> None:
    utils.set_random_seed(0)
    critic = models.Sequential([Input((3,)), layers.Dense(8, activation="tanh"), layers.Dense(1, use_bias=False)])
    x = Input((3,))
    between = layers.Rescaling(0.5)(x)
    model = models.Model(x, critic(between))

    def penalty(y_true, y_pred, samples):
        (gradient,) = gradients(y_pred, samples)
        return (1 - sqrt(sum_of(gradient * gradient, axis=np.arange(1, len(gradient.shape))))) ** 2

    model.compile("adam", with_recorded_tensors(model, functools.partial(penalty, samples=between)))
    y = np.zeros((40, 1), "float32")
    before = model.evaluate(X, y, verbose=0)
    samples = torch.tensor(X / 2, requires_grad=True)
    (gradient,) = torch.autograd.grad(critic(samples).sum(), samples)
    assert before == pytest.approx(float(((1 - gradient.norm(dim=1)) ** 2).mean()), rel=1e-4)
    model.fit(X, y, epochs=30, verbose=0)
    assert model.evaluate(X, y, verbose=0) < 0.5 * before


def test_each_output_has_its_own_recorded_loss() -> None:
    x = Input((3,))
    a, b = layers.Rescaling(1.0, name="a")(x), layers.Rescaling(2.0, name="b")(x)
    model = models.Model(x, [a, b])
    second = lambda y_true, y_pred: x * 0 + y_pred * 0 + 2  # noqa: E731
    for given in (lambda y_true, y_pred: mean(y_pred * 0 + x * 0 + 1), [None, second], {"b": second}):
        model.compile("sgd", with_recorded_tensors(model, given))
        assert model.evaluate(X, [X, X], verbose=0, return_dict=True)["loss"] == 2.0


def test_labels_of_one_axis_come_in_a_column() -> None:
    x = Input((3,))
    code = layers.Rescaling(0.0)(x)
    model = models.Model(x, code[:, :1])

    def loss(y_true, y_pred):
        return mean((y_true - y_pred) * (y_true - y_pred), axis=-1) + mean(code, axis=-1)

    model.compile("sgd", with_recorded_tensors(model, loss))
    y = np.arange(40, dtype="float32")
    assert model.evaluate(X, y, batch_size=40, verbose=0) == pytest.approx(float(np.mean(y * y)))


def test_loss_objects_are_looked_into() -> None:
    x = Input((3,))
    code = x * 2

    class WithCode(losses.Loss):
        def __init__(self, tensor):
            super().__init__(name="with_code")
            self.tensor = tensor

        def call(self, y_true, y_pred):
            return mean(self.tensor * 0 + y_pred * 0 + 3.0, axis=-1)

    model = models.Model(x, code + 1)
    model.compile("sgd", with_recorded_tensors(model, WithCode(code)))
    assert model.evaluate(X, X, verbose=0) == 3.0


def test_other_functions_stay_as_they_are() -> None:
    x = Input((3,))
    model = models.Model(x, x * 2)

    def plain(y_true, y_pred):
        return mean(y_true - y_pred)

    assert with_recorded_tensors(model, plain) is plain
    assert with_recorded_tensors(model, "mse") == "mse"
    assert with_recorded_tensors(model, None) is None
    assert with_recorded_tensors(models.Sequential([layers.Dense(1)]), plain) is plain


def test_tensors_are_found_where_a_function_has_them() -> None:
    x = Input((3,))

    class Holder:
        def __init__(self):
            self.codes = [x]

        def loss(self, y_true, y_pred):
            return self.inner(y_pred)

        def inner(self, y_pred):
            return y_pred + self.codes[0]

    def outer(y_true, y_pred, tensor=None):
        return (lambda: y_pred + x)()

    assert uses_recorded_tensors(Holder().loss)
    assert uses_recorded_tensors(outer)
    assert uses_recorded_tensors(functools.partial(lambda t, p, c: p, c=x))
    assert not uses_recorded_tensors(lambda y_true, y_pred: y_pred)
    assert not uses_recorded_tensors("mse")


def test_a_tensor_of_another_model_is_refused() -> None:
    other = Input((3,), name="other")
    model = models.Model(x := Input((3,)), x * 2)
    with pytest.raises(ValueError, match="You must feed a value for 'other'"):
        with_recorded_tensors(model, lambda t, p: p + other)


def test_values_are_not_copied_with_the_model() -> None:
    keeper = KeepValue()
    keeper(torch.ones(1))
    assert "kept" not in keeper.__getstate__()
