from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import Variable, layers, models
from torchkeras_compat.legacy.backend.graph.evaluation import Plan, evaluate, forget_plans, plan_for
from torchkeras_compat.legacy.backend.graph.gradients import gradients
from torchkeras_compat.legacy.backend.learning_phase import learning_phase
from torchkeras_compat.legacy.backend.placeholders import placeholder


def test_fetches_keep_their_nesting() -> None:
    x = placeholder((2,))
    found = evaluate({"a": [x + 1, Variable(5.0)], "b": (torch.ones(1), None, 3)}, {x: [1.0, 2.0]})
    assert found["a"][0].tolist() == [2.0, 3.0]
    assert isinstance(found["a"][1], np.float32)
    assert found["b"][1:] == (None, 3)


def test_results_are_arrays_of_their_own() -> None:
    v = Variable([1.0])
    found = evaluate(v)
    v.assign([2.0])
    assert found.tolist() == [1.0]


def test_what_is_missing_is_named() -> None:
    x, y = placeholder((2,), name="left"), placeholder((2,), name="right")
    with pytest.raises(ValueError, match=r"You must feed a value for 'right_?\d*'"):
        evaluate(x + y, {x: [1.0, 2.0]})


def test_what_does_not_fit_is_refused() -> None:
    x = placeholder((None, 2))
    with pytest.raises(ValueError, match=r"value of shape \(3,\) for 'placeholder_?\d*', which has shape \(None, 2\)"):
        evaluate(x, {x: [1.0, 2.0, 3.0]})
    with pytest.raises(TypeError, match="`feed_dict` has placeholders"):
        evaluate(x, {"x": 1})
    with pytest.raises(TypeError, match="not by its name. Received: 'dense/BiasAdd:0'"):
        evaluate("dense/BiasAdd:0")


def test_a_computed_tensor_may_be_fed() -> None:
    x = placeholder((2,))
    middle = x * 2
    assert evaluate(middle + 1, {middle: [10.0, 20.0]}).tolist() == [11.0, 21.0]


def test_the_phase_switches_layers_and_is_put_back() -> None:
    model = models.Sequential([layers.Input((100,)), layers.Dropout(0.5), layers.BatchNormalization()])
    x = np.ones((4, 100), "float32")
    still = evaluate(model.output, {model.input: x})
    moving = evaluate(model.output, {model.input: x, learning_phase(): 1})
    assert np.allclose(still, model.predict(x, verbose=0))
    assert (moving != still).any()
    assert not any(layer.training for layer in model.layers)
    # The statistics change by updates only.
    assert np.array_equal(model.layers[1].moving_mean.numpy(), np.zeros(100))


def test_deep_graphs_are_run() -> None:
    x = placeholder(())
    y = x
    for _ in range(2000):
        y = y + 1
    assert evaluate(y, {x: 0.0}) == 2000.0


def test_frozen_weights_have_gradients_and_stay_frozen() -> None:
    model = models.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.trainable = False
    found = evaluate(gradients(model.output, model.weights), {model.input: [[1.0, 2.0]]})
    assert found[0].tolist() == [[1.0], [2.0]]
    assert not any(p.requires_grad for p in model.parameters())


def test_a_plan_is_made_once_for_the_same_tensors() -> None:
    x = placeholder((2,))
    y = x + 1
    assert plan_for([x], [y]) is plan_for([x], [y])
    before = plan_for([x], [y])
    forget_plans()
    assert plan_for([x], [y]) is not before


def test_a_plan_runs_inside_another_run() -> None:
    x = placeholder((2,))
    values = torch.ones(2, requires_grad=True)
    (found,) = Plan([x], [x * 3]).run_inside([values])
    found.sum().backward()
    assert values.grad is not None
    assert values.grad.tolist() == [3.0, 3.0]
