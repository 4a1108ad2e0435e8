from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Variable, layers, models, ops
from torchkeras_compat.legacy.backend.graph.function import function
from torchkeras_compat.legacy.backend.graph.gradients import gradients, gradients_with_factors
from torchkeras_compat.legacy.backend.placeholders import placeholder


def test_by_inputs_layers_and_weights_as_autograd_has_them() -> None:
    model = models.Sequential([Input((3,)), layers.Dense(4, activation="tanh", name="hidden"), layers.Dense(2)])
    hidden = model.get_layer("hidden")
    loss = ops.mean(model.output[:, 0])
    f = function([model.input], gradients(loss, [model.input, hidden.output, *model.trainable_weights]))
    x = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    found = f([x])
    given = torch.tensor(x, requires_grad=True)
    between = hidden(given)
    between.retain_grad()
    model.layers[1](between)[:, 0].mean().backward()
    assert given.grad is not None
    assert between.grad is not None
    np.testing.assert_allclose(found[0], given.grad, atol=1e-6)
    np.testing.assert_allclose(found[1], between.grad, atol=1e-6)
    for gradient, v in zip(found[2:], model.trainable_weights, strict=True):
        np.testing.assert_allclose(gradient, v.to_keras_layout(v.parameter.grad), atol=1e-6)


def test_gradients_of_gradients() -> None:
    x = placeholder((3,))
    (first,) = gradients(x * x * x, x)
    (second,) = gradients(first, x)
    assert [y.tolist() for y in function([x], [first, second])([[1.0, 2.0, 3.0]])] == [[3, 12, 27], [6, 12, 18]]


def test_what_a_loss_does_not_depend_on_gives_none() -> None:
    x, y = placeholder((1,)), placeholder((1,))
    found = gradients(x * 2, [x, y])
    assert found[1] is None
    assert found[0].shape == (1,)
    assert gradients(x * 2, y) == [None]


def test_factors_and_several_losses_are_summed() -> None:
    x, w = placeholder((2,)), placeholder((2,))
    (weighted,) = gradients_with_factors(x * x, [x], w)
    assert function([x, w], [weighted])([[1.0, 2.0], [10.0, 0.0]])[0].tolist() == [20.0, 0.0]
    (both,) = gradients([x * 2, x * 3], x)
    assert function([x], [both])([[1.0, 1.0]])[0].tolist() == [5.0, 5.0]


def test_of_a_torch_tensor_at_once() -> None:
    v, x = Variable([1.0, 2.0]), torch.ones(2, requires_grad=True)
    loss = (v * x).sum()
    by_v, by_x, by_other = gradients(loss, [v, x, Variable(1.0)])
    assert (by_v.tolist(), by_x.tolist(), by_other) == ([1.0, 1.0], [1.0, 2.0], None)


def test_other_things_are_refused() -> None:
    x = placeholder((1,))
    with pytest.raises(TypeError, match="by recorded tensors and Variables. Received: 'x'"):
        gradients(x, "x")
    with pytest.raises(TypeError, match="has no gradient by the recorded"):
        gradients(torch.ones(1, requires_grad=True) * 2, x)
    with pytest.raises(TypeError, match="Received: a torch tensor"):
        gradients(x, torch.ones(1))
    with pytest.raises(TypeError, match="Received: 3"):
        gradients(3, x)
