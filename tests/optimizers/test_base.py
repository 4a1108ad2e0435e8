"""Steps and updates of every optimizer: closures, hooks, stateless use, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import constraints, layers, losses, models, optimizers
from torchkeras_compat.variables import Variable


def test_bad_uses_are_refused():
    v, w = Variable([1.0], name="v"), Variable([1.0], name="w")
    optimizer = optimizers.SGD(0.1)
    with pytest.raises(ValueError, match="No gradients provided"):
        optimizer.apply([None], [v])
    with pytest.raises(ValueError, match="not yet been built"):
        optimizer.set_weights([])
    with pytest.raises(ValueError, match="must be built"):
        optimizer.stateless_apply([], [], [])
    optimizer.build([v])
    with pytest.raises(ValueError, match="Unknown variable: .*path=w"):
        optimizer.apply([torch.ones(1)], [w])
    with pytest.raises(ValueError, match="2 gradients, 1 variables"):
        optimizer.apply([torch.ones(1)] * 2, [v])
    with pytest.raises(ValueError, match="before the optimizer is built"):
        optimizer.exclude_from_weight_decay(var_names=["bias"])
    with pytest.raises(ValueError, match="0 weights"):
        optimizer.set_weights([])
    with pytest.raises(TypeError, match="MultiOptimizer"):
        optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))]})
    with pytest.raises(TypeError, match="MultiOptimizer"):
        optimizers.SGD(params=[{"params": []}])
    with pytest.raises(ValueError, match="use_ema=True"):
        optimizer.swap_averages()
    with pytest.warns(UserWarning, match="has 2 variables whereas the saved optimizer has 1"):
        optimizer.load_own_variables({"0": np.array(1)})


def test_closures_hooks_and_missing_gradients():
    weights = [torch.nn.Parameter(torch.ones(2)) for _ in range(2)]
    optimizer = optimizers.SGD(0.5, params=weights)
    calls = []
    optimizer.register_step_post_hook(lambda *_: calls.append(1))

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = weights[0].sum()
        loss.backward()
        return loss

    assert optimizer.step(closure) == 2.0
    assert calls == [1]
    assert weights[0].tolist() == [0.5, 0.5]
    assert weights[1].tolist() == [1.0, 1.0]


def test_constraints_and_penalties_of_a_model_hold_after_each_step():
    model = models.Sequential([layers.Dense(2, kernel_constraint=constraints.NonNeg(), kernel_initializer="ones")])
    model.compile(optimizers.SGD(10.0), losses.MeanSquaredError())
    model.fit(np.ones((4, 3), dtype="float32"), np.zeros((4, 2), dtype="float32"), verbose=0)
    assert model.layers[0].kernel.numpy().min() >= 0


def test_gradients_that_become_values():
    v, w = Variable([1.0, 2.0]), Variable([1.0, 2.0])
    v.overwrite_with_gradient = True
    optimizer = optimizers.SGD(1.0, clipvalue=0.5, loss_scale_factor=2.0)
    optimizer.apply([torch.tensor([4.0, 4.0]), torch.tensor([4.0, 4.0])], [v, w])
    assert v.numpy().tolist() == [4.0, 4.0]
    assert w.numpy().tolist() == [0.5, 1.5]


def test_stateless_apply_changes_nothing():
    v = Variable([1.0, 2.0])
    optimizer = optimizers.Adam(0.1)
    optimizer.build([v])
    state = [u.value.clone() for u in optimizer.variables]
    weights, after = optimizer.stateless_apply(state, [torch.ones(2)], [torch.tensor([5.0, 6.0])])
    torch.testing.assert_close(weights[0], torch.tensor([4.9, 5.9]))
    assert after[0] == 1 and float(optimizer.iterations) == 0
    assert v.numpy().tolist() == [1.0, 2.0]
    assert float(optimizer.learning_rate) == 0.1
