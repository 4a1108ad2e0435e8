"""Training that ends with a loss that is not a number."""

from __future__ import annotations

import types

import pytest
import torch

from torchkeras_compat.callbacks.terminate_on_nan import TerminateOnNaN
from torchkeras_compat.training.logs import LazyLogs


def attached(**options):
    callback = TerminateOnNaN(**options)
    callback.set_model(types.SimpleNamespace(stop_training=False))
    callback.on_epoch_begin(0)
    return callback


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), torch.tensor(float("nan"))])
def test_a_loss_in_host_memory_stops_at_once(loss, capsys):
    callback = attached()
    callback.on_train_batch_end(0, LazyLogs(loss=torch.tensor(1.0)))
    assert not callback.model.stop_training
    callback.on_train_batch_end(3, LazyLogs(loss=loss))
    assert callback.model.stop_training
    assert capsys.readouterr().out == "Batch 3: Invalid loss, terminating training\n"


def test_it_raises_when_asked_to():
    with pytest.raises(RuntimeError, match="NaN or Inf loss encountered at batch 2: the loss is nan"):
        attached(raise_error=True).on_train_batch_end(2, {"loss": float("nan")})


class OnAccelerator(torch.Tensor):
    """A tensor that says it is on an accelerator, and counts how often it is read."""

    reads = 0

    @property
    def device(self):
        return torch.device("cuda")

    def __float__(self):
        OnAccelerator.reads += 1
        return float("nan") if OnAccelerator.reads > 1 else 1.0


def test_a_loss_on_an_accelerator_is_read_now_and_then_and_at_the_end():
    callback = attached()
    loss = torch.tensor(1.0).as_subclass(OnAccelerator)
    for batch in range(50):
        callback.on_train_batch_end(batch, LazyLogs(loss=loss))
    assert OnAccelerator.reads == 1 and not callback.model.stop_training
    callback.on_epoch_end(0, LazyLogs(loss=loss))
    assert callback.model.stop_training


def test_logs_without_a_loss_are_fine():
    attached().on_train_batch_end(0, {})
    attached().on_epoch_end(0, None)
