"""The default step: what it does to weights and metrics, what it warns of, and when it looks at the weights again."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch._dynamo.exc import Unsupported

import torchkeras_compat as ours
from torchkeras_compat import layers, optimizers
from torchkeras_compat.training.step import batch_size_of, runs_default_step

X = torch.from_numpy(np.random.RandomState(0).normal(size=(6, 2)).astype("float32"))
Y = X.sum(dim=1, keepdim=True)


def network(optimizer="sgd", **last):
    model = ours.Sequential([ours.Input((2,)), layers.Dense(3), layers.Dense(1, **last)])
    ours.utils.set_random_seed(1)
    model.set_weights([np.random.normal(0, 0.5, w.shape) for w in model.get_weights()])
    model.compile(optimizer, "mse", metrics=["mae"])
    return model


def test_one_step_is_that_of_plain_torch():
    model = network(optimizers.SGD(0.1))
    first, second = ((w.value.detach().clone().requires_grad_(), b.value.detach().clone().requires_grad_())
                     for w, b in (model.weights[:2], model.weights[2:]))  # fmt: skip
    outputs = (X @ first[0] + first[1]) @ second[0] + second[1]
    loss = torch.nn.functional.mse_loss(outputs, Y)
    gradients = torch.autograd.grad(loss, (*first, *second))
    step = model._make_step()
    step.train(X, Y, None)
    for old, gradient, new in zip((*first, *second), gradients, model.weights, strict=True):
        torch.testing.assert_close(new.value, old - 0.1 * gradient)
    torch.testing.assert_close(step.results()["loss"], loss.detach())
    torch.testing.assert_close(step.results()["mae"], (outputs - Y).abs().mean().detach())


def test_penalties_of_weights_and_losses_of_layers_count():
    plain, penalized = network(), network(kernel_regularizer="l2", activity_regularizer="l2")
    for model in (plain, penalized):
        model._make_step().test(X, Y, None)
    kernel = penalized.layers[1].kernel.value
    expected = 0.01 * (kernel.square().sum() + penalized(X).square().sum() / len(X))
    found = penalized._make_step().results()["loss"] - plain._make_step().results()["loss"]
    torch.testing.assert_close(found, expected.detach())


def test_logs_are_computed_at_the_first_look():
    model = network()
    step = model._make_step()
    step.test(X, Y, None)
    step.logs()  # finds the names
    logs = step.logs()
    step.test(2 * X, Y, None)
    assert list(logs) == ["loss", "mae"]
    assert logs["loss"] == float(step.results()["loss"])


def test_frozen_and_unfrozen_weights_are_found_in_the_next_step():
    model = network()
    step = model._make_step()
    step.train(X, Y, None)
    model.layers[0].trainable = False
    before = model.get_weights()
    step.train(X, Y, None)
    changed = [not np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True)]
    assert changed == [False, False, True, True]


def test_a_model_that_cannot_learn_warns_once():
    model = network()
    model.trainable = False
    model.compile("sgd", "mse")
    step = model._make_step()
    with pytest.warns(UserWarning, match="all of its weights are frozen") as caught:
        step.train(X, Y, None)
        step.train(X, Y, None)
    assert len(caught) == 1


def test_weights_that_the_loss_does_not_reach_are_named():
    inputs = ours.Input((2,))
    model = ours.Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1, name="idle")(inputs)])
    model.compile("sgd", ["mse", None])
    with pytest.warns(UserWarning, match="Gradients do not exist for variables .*idle/kernel.*idle/bias"):
        model._make_step().train(X, [Y, None], None)


def test_weights_that_the_optimizer_does_not_know_are_refused():
    model = network("adam")
    model.layers[0].trainable = False
    step = model._make_step()
    step.train(X, Y, None)
    model.layers[0].trainable = True
    with pytest.raises(ValueError, match="Unknown variable: 'adam' was built without .*kernel"):
        step.train(X, Y, None)


def test_constraints_hold_with_an_optimizer_of_torch():
    model = network(kernel_constraint="non_neg")
    model.compile(torch.optim.SGD(model.parameters(), lr=0.5), "mse")
    model._make_step().train(X, Y, None)
    assert (model.layers[1].kernel.value >= 0).all()


def test_the_default_step_is_that_of_classes_without_their_own():
    class Own(ours.Model):
        def train_step(self, data):
            return {}

        def make_test_function(self, force=False):
            return super().make_test_function(force)

    kinds = ("train", "test", "predict")
    assert [runs_default_step(network(), kind) for kind in kinds] == [True, True, True]
    assert [runs_default_step(Own(), kind) for kind in kinds] == [False, False, True]


def test_the_size_of_a_batch_is_that_of_its_first_tensor():
    assert batch_size_of(torch.zeros(3, 2)) == 3
    assert batch_size_of({"a": [torch.zeros(4)], "b": torch.zeros(5)}) == 4
    assert batch_size_of(torch.zeros(())) == batch_size_of(None) == 1


# Dynamo asks every tensor behind a break for its gradient, and hides the warning where warnings are not errors.
dynamo = pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor")


class OwnStep(ours.Model):
    """Two layers, and a step as a user of torch writes it for Keras."""

    def __init__(self):
        super().__init__()
        self.stack = [layers.Dense(3, activation="tanh"), layers.Dense(1)]

    def call(self, x):
        for layer in self.stack:
            x = layer(x)
        return x

    def train_step(self, data):
        x, y = data
        loss = self.compute_loss(y=y, y_pred=self(x))
        self.zero_grad()
        loss.backward()
        self.optimizer.apply([w.value.grad for w in self.trainable_weights], self.trainable_weights)
        return {"loss": loss.detach()}


def untrained(kind):
    ours.utils.set_random_seed(1)
    start = [] if kind == "unbuilt" else [ours.Input((2,))]
    inner = [layers.Dense(3, "relu", kernel_regularizer="l2"), layers.Dropout(0.5, seed=1), layers.Dense(1)]
    model = OwnStep() if kind == "own step" else ours.Sequential([*start, *inner])
    model.compile(optimizers.Adam(0.1), "mse", metrics=["mae"])
    return model.train()


@dynamo
@pytest.mark.parametrize("kind", ["built", "unbuilt", "own step"])
def test_a_compiled_step_of_a_model_that_never_trained_has_the_numbers_of_an_eager_one(kind):
    torch.compiler.reset()
    eager, model = untrained(kind), untrained(kind)
    compiled = torch.compile(model.train_step, backend="aot_eager")
    for _ in range(4):
        torch.testing.assert_close(compiled((X, Y)), eager.train_step((X, Y)), rtol=0, atol=0)
        torch.testing.assert_close(model.state_dict(), eager.state_dict(), rtol=0, atol=0)
    assert int(model.optimizer.iterations) == 4


@dynamo
def test_a_compiled_evaluation_is_that_of_the_eager_one():
    torch.compiler.reset()
    eager, model = untrained("unbuilt").eval(), untrained("unbuilt").eval()
    with torch.no_grad():
        found = torch.compile(model.test_step, backend="aot_eager")((X, Y))
        torch.testing.assert_close(found, eager.test_step((X, Y)), rtol=0, atol=0)


def test_a_first_step_in_a_graph_that_must_be_whole_says_what_to_do():
    torch.compiler.reset()
    compiled = torch.compile(untrained("built").train_step, backend="eager", fullgraph=True)
    with pytest.raises(Unsupported, match="builds the optimizer.*Leave `fullgraph=True` out"):
        compiled((X, Y))
