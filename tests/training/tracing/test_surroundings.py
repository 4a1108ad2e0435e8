"""What a recording relies on."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from torchkeras_compat import Sequential, layers, losses
from torchkeras_compat.training.tracing.surroundings import Surroundings, why_not


def parts():
    model = Sequential([layers.Input((3,)), layers.Dense(4), layers.Dropout(0.5), nn.Linear(4, 2), layers.Dense(1)])
    loss = losses.MeanSquaredError()
    return model, loss, Surroundings(model, [loss], list(model.parameters()))


def test_they_hold_while_nothing_changes():
    model, _, surroundings = parts()
    model.set_weights([w * 2 for w in model.get_weights()])
    Sequential([layers.Dense(1)]).name = "another"
    model.predict(torch.ones(1, 3), verbose=0)
    assert surroundings.hold()


@pytest.mark.parametrize(
    "change",
    [
        lambda m, loss: setattr(m.layers[1], "rate", 0.1),
        lambda m, loss: setattr(m.layers[0].linear.weight, "data", torch.ones(4, 3)),
        lambda m, loss: setattr(m.layers[0], "trainable", False),
        lambda m, loss: setattr(m.layers[2].module, "weight", nn.Parameter(torch.ones(2, 4))),
        lambda m, loss: setattr(m.layers[2].module, "some", 3),
        lambda m, loss: setattr(loss, "reduction", "sum"),
        lambda m, loss: m.layers[1].train(),
        lambda m, loss: m.layers[0].register_forward_hook(print),
        lambda m, loss: m.layers[0].linear.weight.register_hook(print),
        lambda m, loss: m.add(layers.Dense(1)),
    ],
)
def test_changes_are_noticed(change):
    model, loss, surroundings = parts()
    change(model, loss)
    assert not surroundings.hold()


def test_autocast_and_defaults_around_it_count():
    _, _, surroundings = parts()
    with torch.autocast("cpu", torch.bfloat16):
        assert not surroundings.hold()
    assert surroundings.hold()


def test_what_cannot_be_recorded_is_said():
    module = nn.Linear(2, 2)
    assert why_not([module]) is None
    handle = module.register_forward_hook(print)
    assert "hooks" in why_not([module])
    handle.remove()
    with pytest.warns(UserWarning, match="Anomaly"), torch.autograd.detect_anomaly(check_nan=False):
        assert "anomaly" in why_not([module])
    everywhere = nn.modules.module.register_module_forward_hook(lambda *_: None)
    assert "all modules" in why_not([module])
    everywhere.remove()
    assert why_not([module]) is None
