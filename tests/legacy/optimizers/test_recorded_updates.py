from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import Input, Variable, layers, models, optimizers, utils
from torchkeras_compat.legacy.backend.graph.evaluation import evaluate
from torchkeras_compat.legacy.backend.graph.function import function
from torchkeras_compat.legacy.backend.placeholders import placeholder
from torchkeras_compat.legacy.backend.reductions import mean
from torchkeras_compat.legacy.backend.reductions import sum as sum_of
from torchkeras_compat.legacy.optimizers.recorded_updates import ApplyGradients, get_gradients, get_updates


def test_a_policy_learns_as_scripts_of_reinforcement_learning_train_it() -> None:
    utils.set_random_seed(0)
    model = models.Sequential([Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(2, activation="softmax")])
    actions, rewards = placeholder((None, 2)), placeholder((None,))
    likelihood = sum_of(model.output * actions, axis=1)
    loss = -mean(likelihood.log() * rewards)
    updates = get_updates(optimizers.Adam(0.01), params=model.trainable_weights, loss=loss)
    train = function([model.input, actions, rewards], [loss], updates=updates)
    x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
    y = np.eye(2)[(x[:, 0] > 0).astype(int)]
    losses = [float(train([x, y, np.ones(64)])[0]) for _ in range(100)]
    assert losses[-1] < 0.3 * losses[0]
    assert (model.predict(x, verbose=0).argmax(1) == y.argmax(1)).mean() > 0.95


@pytest.mark.parametrize("order", ["keras1", "keras2"])
def test_a_step_is_that_of_the_optimizer(order: str) -> None:
    v, x = Variable([1.0, 2.0]), placeholder((2,))
    loss = sum_of(v * x)
    optimizer = optimizers.SGD(0.1)
    arguments = ([v], [], loss) if order == "keras1" else (loss, [v])
    f = function([x], [loss], updates=get_updates(optimizer, *arguments))
    assert f([[1.0, 10.0]])[0] == 21.0
    np.testing.assert_allclose(v.numpy(), [0.9, 1.0])
    assert int(optimizer.iterations) == 1


def test_constraints_of_keras_1_are_applied() -> None:
    v, x = Variable([1.0]), placeholder((1,))
    (update,) = get_updates(optimizers.SGD(1.0), [v], {v: lambda w: w * 0 + 7.0}, sum_of(v * x))
    evaluate(update, {x: [3.0]})
    assert v.numpy().tolist() == [7.0]


def test_gradients_are_clipped_together_or_one_by_one() -> None:
    a, b, x = Variable(3.0), Variable(4.0), placeholder(())
    loss = a * 3.0 * x + b * 4.0 * x
    together = evaluate(get_gradients(optimizers.SGD(clipnorm=1.0), loss, [a, b]), {x: 1.0})
    np.testing.assert_allclose(together, [0.6, 0.8])
    each = evaluate(get_gradients(optimizers.SGD(clipvalue=3.5), loss, [a, b]), {x: 1.0})
    np.testing.assert_allclose(each, [3.0, 3.5])
    assert evaluate(get_gradients(optimizers.SGD(), loss, [a]), {x: 2.0}) == [6.0]


def test_variables_without_a_gradient_are_left_out() -> None:
    v, x = Variable(1.0), placeholder(())
    evaluate(ApplyGradients(optimizers.SGD(1.0), [(x, v), (None, Variable(2.0))]), {x: 0.5})
    assert float(v) == 0.5


def test_other_things_are_refused() -> None:
    v = Variable(1.0)
    with pytest.raises(TypeError, match="takes a loss that is recorded.*Received: tensor"):
        get_updates(optimizers.SGD(), v * 2, [v])
    with pytest.raises(TypeError, match=r"Received: \['lr'\]"):
        get_updates(optimizers.SGD(), loss=placeholder(()), params=[v], lr=1)
