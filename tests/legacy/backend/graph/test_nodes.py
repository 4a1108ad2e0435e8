from __future__ import annotations

import pytest
import torch

from torchkeras_compat import Variable
from torchkeras_compat.legacy.backend.graph.evaluation import evaluate
from torchkeras_compat.legacy.backend.graph.nodes import Effect, GradientCall, Update, gradients_of
from torchkeras_compat.legacy.backend.placeholders import placeholder


def test_gradients_come_in_the_layout_of_keras() -> None:
    from torchkeras_compat import layers

    layer = layers.Dense(3)
    loss = layer(torch.ones(2, 4)).sum()
    kernel, bias = GradientCall(layer.weights).call(loss, None)
    assert (tuple(kernel.shape), tuple(bias.shape)) == ((4, 3), (3,))
    assert kernel.unique().tolist() == [2.0]


def test_what_the_value_does_not_depend_on_has_no_gradient() -> None:
    v, other = Variable(2.0), Variable(1.0, name="other")
    loss = v * v
    with pytest.raises(ValueError, match="does not depend on 'other'"):
        gradients_of(loss, None, [other], [other.parameters], False, True)
    assert gradients_of(loss, None, [other], [other.parameters], False, False)[0].item() == 0.0


def test_updates_are_made_after_all_were_computed() -> None:
    a, b, x = Variable(1.0), Variable(2.0), placeholder(())
    evaluate([Update(a, b + x), Update(b, a + x)], {x: 0.0})
    assert (float(a), float(b)) == (2.0, 1.0)


def test_an_effect_says_what_it_does() -> None:
    with pytest.raises(NotImplementedError):
        Effect().compute({})
    assert Effect().value() is None
    assert repr(Update(Variable(1.0, name="v"), 2.0)) == "<update of v>"
