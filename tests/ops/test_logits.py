"""Probabilities that know their logits, and the crossentropies of them."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import activations, layers, losses, ops
from torchkeras_compat.ops import logits

X = torch.linspace(-3, 3, 12).reshape(4, 3)


@pytest.fixture(autouse=True)
def taking(monkeypatch):
    """As in the default step."""
    monkeypatch.setattr(logits.TAKING, "is_on", True)


def test_outside_the_default_step_nothing_is_taken(monkeypatch):
    x = known()
    p = activations.softmax(x)
    monkeypatch.setattr(logits.TAKING, "is_on", False)
    assert logits.logits_of(p, -1) is None
    assert not hasattr(activations.softmax(x), "_keras_logits")


def test_hooks_on_probabilities_are_asked():
    p = activations.softmax(known())
    p.register_hook(lambda g: 0 * g)
    assert logits.logits_of(p, -1) is None


def known(x=X):
    return x.clone().requires_grad_()


@pytest.mark.parametrize(
    ("make", "axis"),
    [
        (activations.softmax, -1),
        (lambda x: ops.softmax(x, axis=0), -2),
        (layers.Softmax(), -1),
        (layers.Activation("softmax"), -1),
        (layers.Activation("sigmoid"), None),
        (activations.sigmoid, None),
    ],
)
def test_what_softmax_and_sigmoid_return_knows_its_logits(make, axis):
    x = known()
    assert logits.logits_of(make(x), axis) is x
    assert logits.logits_of(make(x), 5) is None


def test_nothing_is_kept_where_no_gradient_is_recorded():
    assert logits.logits_of(activations.softmax(X), -1) is None
    with torch.no_grad():
        assert logits.logits_of(activations.softmax(known()), -1) is None


@pytest.mark.parametrize("change", [lambda p, x: p.mul_(2), lambda p, x: x.add_(1)])
def test_a_change_in_place_is_noticed(change):
    x = known() * 1
    p = activations.softmax(x)
    change(p, x)
    assert logits.logits_of(p, -1) is None


def test_other_tensors_know_nothing():
    p = activations.softmax(known())
    assert logits.logits_of(p * 1, -1) is None
    assert logits.logits_of(p[:2], -1) is None


CASES = {
    "categorical": (losses.CategoricalCrossentropy, activations.softmax, torch.eye(3)[[0, 1, 2, 1]]),
    "sparse": (losses.SparseCategoricalCrossentropy, activations.softmax, torch.tensor([0, 1, 2, 1])),
    "binary": (losses.BinaryCrossentropy, activations.sigmoid, torch.tensor([[0.0, 1, 1]] * 4)),
}


@pytest.mark.parametrize("scale", [0.1, 1.0, 5.0])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "none"])
@pytest.mark.parametrize("case", sorted(CASES))
def test_losses_and_gradients_are_those_of_the_probabilities_in_float64(case, reduction, smoothing, scale):
    make, activation, y = CASES[case]
    settings = {} if case == "sparse" else {"label_smoothing": smoothing}
    x = known(X * scale)
    loss = make(reduction=reduction, **settings)(y, activation(x))
    loss.sum().backward()
    wide = known(X.double() * scale)
    p = activation(wide) * 1  # which knows nothing
    expected = make(reduction=reduction, dtype="float64", **settings)(y, p)
    expected.sum().backward()
    torch.testing.assert_close(loss, expected.float(), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(x.grad, wide.grad.float(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("case", sorted(CASES))
def test_clipping_is_kept(case):
    make, activation, y = CASES[case]
    x = known(X * 1000)
    loss = make(reduction="none")(y, activation(x))
    loss.sum().backward()
    expected = make(reduction="none", dtype="float64")(y, activation(X.double() * 1000))
    torch.testing.assert_close(loss, expected.float(), rtol=1e-5, atol=1e-6)
    wrong = loss > 5
    assert wrong.any()
    assert (x.grad[wrong] == 0).all()  # where the probability is clipped nothing is learnt, as in Keras
