"""`MultiOptimizer` and `OptimizerMap`, beside the optimizers alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import layers, models, naming, optimizers
from torchkeras_compat.optimizers import MultiOptimizer, OptimizerMap
from torchkeras_compat.variables import Variable


def weights() -> list[Variable]:
    with naming.name_scope("dense"):
        return [Variable([1.0, 2.0], name="kernel"), Variable([3.0], name="bias")]


def test_each_variable_is_updated_by_its_own_optimizer():
    both, alone = weights(), weights()
    multi = MultiOptimizer(OptimizerMap(optimizers.SGD(0.5, momentum=0.9), {".*/kernel": optimizers.Adam(0.1)}))
    parts = [optimizers.Adam(0.1), optimizers.SGD(0.5, momentum=0.9)]
    for i in range(3):
        gradients = [torch.tensor([1.0, -1.0 * i]), torch.tensor([2.0])]
        multi.apply(gradients, both)
        for part, gradient, weight in zip(parts, gradients, alone, strict=True):
            part.apply([gradient], [weight])
    for mine, other in zip(both, alone, strict=True):
        np.testing.assert_array_equal(mine.numpy(), other.numpy())
    assert int(multi.iterations) == 3
    again = MultiOptimizer(OptimizerMap(optimizers.SGD(momentum=0.9), {".*/kernel": optimizers.Adam()}))
    again.build(both)
    again.load_state_dict(multi.state_dict())
    for mine, other in zip(again.variables, multi.variables, strict=True):
        np.testing.assert_array_equal(mine.numpy(), other.numpy())


def test_it_trains_a_model_and_comes_back_from_its_config():
    model = models.Sequential([layers.Dense(4, name="first"), layers.Dense(1, name="second")])
    optimizer = MultiOptimizer(OptimizerMap(optimizers.SGD(0.0), {".*second/.*": optimizers.Adam(0.05)}), name="multi")
    model.compile(optimizer, "mse")
    x = np.random.randn(32, 3).astype("float32")
    model(x)
    before = model.get_weights()
    losses = model.fit(x, x[:, :1], epochs=10, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    np.testing.assert_array_equal(before[0], model.get_weights()[0])
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    again.build(model.trainable_variables)
    assert [type(o).__name__ for o in again.optimizers] == ["Adam", "SGD"]


def test_a_function_may_choose():
    one, other = optimizers.SGD(0.5), optimizers.SGD(0.25)
    multi = MultiOptimizer(lambda v: one if v.name == "kernel" else other, loss_scale_factor=2.0)
    both = weights()
    multi.apply([torch.tensor([2.0, 2.0]), torch.tensor([2.0])], both)
    assert [v.numpy().tolist() for v in both] == [[0.5, 1.5], [2.75]]
    assert float(multi.scale_loss(torch.tensor(3.0))) == 6.0
    assert len(multi.param_groups) == 2


def test_maps_are_mappings():
    default, one = optimizers.SGD(), optimizers.Adam()
    found = OptimizerMap(default, {"a/.*": one})
    assert found["a/kernel"] is one and found["b"] is default
    assert len(found) == 1 and list(found) == ["a/.*"]
    found["a/k.*"] = optimizers.Adam()
    with pytest.raises(ValueError, match="matches multiple"):
        found["a/kernel"]
    del found["a/k.*"]
    with pytest.raises(ValueError, match="already exists"):
        found["a/.*"] = one
    with pytest.raises(ValueError, match="Received: adam"):
        found["c"] = "adam"
    with pytest.raises(ValueError, match="cannot be MultiOptimizer"):
        found["c"] = MultiOptimizer(default)
    with pytest.raises(TypeError, match="default_optimizer .* Received: adam"):
        OptimizerMap("adam")


def test_bad_uses_are_refused():
    with pytest.raises(TypeError, match="Received: 3"):
        MultiOptimizer(3)
    multi = MultiOptimizer(lambda v: None)
    with pytest.raises(ValueError, match="Received: None"):
        multi.build(weights())
    with pytest.raises(AttributeError, match="individual"):
        _ = multi.learning_rate
    with pytest.raises(AttributeError, match="individual"):
        multi.learning_rate = 0.1
    with pytest.raises(ValueError, match="LossScaleOptimizer cannot be used inside"):
        MultiOptimizer(optimizers.LossScaleOptimizer(optimizers.SGD())).build(weights())
