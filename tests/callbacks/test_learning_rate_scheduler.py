"""Learning rates that follow a function of the epoch."""

from __future__ import annotations

import types

import pytest
import torch

from torchkeras_compat.callbacks.learning_rate_scheduler import LearningRateScheduler


def model_with(optimizer):
    return types.SimpleNamespace(optimizer=optimizer)


@pytest.mark.parametrize("schedule", [lambda epoch: 0.1 * (epoch + 1), lambda epoch, rate: rate + 0.1])
def test_a_schedule_takes_the_epoch_or_both(schedule, capsys):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.0)
    callback = LearningRateScheduler(schedule, verbose=1)
    callback.set_model(model_with(optimizer))
    for epoch in range(2):
        logs = {}
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, logs)
        assert logs["learning_rate"] == optimizer.param_groups[0]["lr"] == pytest.approx(0.1 * (epoch + 1))
    assert "\nEpoch 1: LearningRateScheduler setting learning rate to 0.1." in capsys.readouterr().out


def test_the_rate_of_a_tensor_is_set_in_place():
    rate = torch.tensor(0.5)
    callback = LearningRateScheduler(lambda epoch, rate: rate / 2)
    callback.set_model(model_with(torch.optim.Adam([torch.zeros(1, requires_grad=True)], lr=rate)))
    callback.on_epoch_begin(0)
    assert rate.item() == 0.25


def test_a_bad_schedule_is_refused():
    with pytest.raises(TypeError, match="`schedule` must be a function.*Received: 5"):
        LearningRateScheduler(5)
    callback = LearningRateScheduler(lambda epoch: "fast")
    callback.set_model(model_with(torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)))
    with pytest.raises(ValueError, match="Received: 'fast' for epoch 4"):
        callback.on_epoch_begin(4)
