"""Slots by their old names and in their old order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Sequential, layers
from torchkeras_compat.legacy.optimizers.optimizer_v2 import LegacyAdam, LegacyNadam, LegacyRMSprop, LegacySGD


def _trained(optimizer: Any) -> Any:
    model: Any = Sequential([layers.Dense(2, input_dim=3)])
    model.compile(optimizer, "mse")
    model.fit(np.random.RandomState(0).randn(4, 3), np.ones((4, 2)), verbose=0, batch_size=2)
    return model


def test_names() -> None:
    assert LegacySGD().get_slot_names() == [] and LegacySGD(momentum=0.9).get_slot_names() == ["momentum"]
    assert LegacyRMSprop(momentum=0.1, centered=True).get_slot_names() == ["rms", "mg", "momentum"]


def test_slots_have_the_shape_of_their_variable() -> None:
    model = _trained(LegacyAdam(amsgrad=True))
    kernel, bias = model.weights
    slots = [model.optimizer.get_slot(v, name) for name in ("m", "v", "vhat") for v in (kernel, bias)]
    assert [tuple(s.shape) for s in slots] == [(3, 2), (2,)] * 3
    for mine, other in zip(slots, model.optimizer.weights[1:], strict=True):
        assert mine is other


def test_weights_begin_with_the_number_of_updates() -> None:
    model = _trained(LegacyAdam())
    shapes = [np.shape(w) for w in model.optimizer.get_weights()]
    assert shapes == [(), (3, 2), (2,), (3, 2), (2,)] and model.optimizer.get_weights()[0] == 2
    assert [np.shape(w) for w in _trained(LegacyNadam()).optimizer.get_weights()][:2] == [(), ()]


def test_weights_of_another_optimizer() -> None:
    first, second = _trained(LegacyNadam()), _trained(LegacyNadam())
    second.optimizer.set_weights(first.optimizer.get_weights())
    for a, b in zip(first.optimizer.get_weights(), second.optimizer.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_does_not_fit() -> None:
    model = _trained(LegacyAdam())
    with pytest.raises(KeyError, match="rms"):
        model.optimizer.get_slot(model.weights[0], "rms")
    with pytest.raises(KeyError, match="not built with"):
        model.optimizer.get_slot(torch.nn.Parameter(torch.ones(1)), "m")
    with pytest.raises(ValueError, match="has 5 weights. Received: 1"):
        model.optimizer.set_weights([0])
    with pytest.raises(ValueError, match="before it is built"):
        LegacyAdam().set_weights([0, 1])
    wrong = model.optimizer.get_weights()
    wrong[1] = np.ones(1)
    with pytest.raises(ValueError, match="other shapes"):
        model.optimizer.set_weights(wrong)


def test_clipping_by_the_norm_and_then_by_value() -> None:
    weight = torch.nn.Parameter(torch.zeros(2))
    optimizer = LegacySGD(1.0, global_clipnorm=1.0, clipvalue=0.7)
    optimizer.apply_gradients([(torch.tensor([3.0, 4.0]), weight)])
    np.testing.assert_allclose(weight.detach(), [-0.6, -0.7], rtol=1e-6)
    assert LegacySGD.from_config(optimizer.get_config()).get_config() == optimizer.get_config()
