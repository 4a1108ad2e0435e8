"""Checks of losses: each one catches the defect that was planted for it, and good losses pass all."""

from __future__ import annotations

import functools
from typing import Any

import pytest
import torch

from torchkeras_compat import losses
from torchkeras_compat.losses import Loss
from torchkeras_compat.testing import CheckFailure, check_loss
from torchkeras_compat.testing.check import CHECKS, run_checks
from torchkeras_compat.testing.loss import LossSubject


class Squared(Loss):
    """Without defect."""

    def call(self, y_true, y_pred):
        return (y_true - y_pred).square().mean(-1)


class IgnoresItsReduction(Squared):
    def __call__(self, y_true, y_pred, sample_weight=None):
        if sample_weight is None and getattr(y_pred, "_keras_mask", None) is None:
            y_true, y_pred = (torch.as_tensor(y).to(self._torch_dtype) for y in (y_true, y_pred))
            return self.call(y_true, y_pred).mean()
        return super().__call__(y_true, y_pred, sample_weight)


class IgnoresWeights(Squared):
    def __call__(self, y_true, y_pred, sample_weight=None):
        return super().__call__(y_true, y_pred)


class LosesTheMask(Squared):
    def __call__(self, y_true, y_pred, sample_weight=None):
        return super().__call__(y_true, y_pred + 0, sample_weight)


class StopsHalfOfTheGradient(Squared):
    def call(self, y_true, y_pred):
        return ((y_true - y_pred) * (y_true - y_pred).detach()).mean(-1)


class ComputesInFloat64(Squared):
    def __call__(self, y_true, y_pred, sample_weight=None):
        if torch.as_tensor(y_pred).dtype is torch.float64:
            return super().__call__(y_true, y_pred, sample_weight).double()
        return super().__call__(y_true, y_pred, sample_weight)


class TakesLogarithmsOfZero(Loss):
    def call(self, y_true, y_pred):
        return -(y_true * torch.log(y_pred)).sum(-1)


class ForgetsItsLabel(Squared):
    def __init__(self, label="a", **kwargs):
        super().__init__(**kwargs)
        self.label = label


class WaitsForTheDevice(Squared):
    def call(self, y_true, y_pred):
        return super().call(y_true, y_pred) * (2 if y_pred.detach().sum().item() > 1e9 else 1)


class DividesByOneLessThanTheBatch(Squared):
    def call(self, y_true, y_pred):
        return super().call(y_true, y_pred) * (y_pred.sum().detach() / 0 if len(y_pred) == 1 else 1)


def planted(loss: type, **arguments: Any) -> functools.partial:
    return functools.partial(LossSubject, loss, arguments=arguments)


DEFECTS = {
    "reductions": planted(IgnoresItsReduction),
    "weights": planted(IgnoresWeights),
    "masks": planted(LosesTheMask),
    "gradients": planted(StopsHalfOfTheGradient),
    "dtype": planted(ComputesInFloat64),
    "extremes": planted(TakesLogarithmsOfZero),
    "config": planted(ForgetsItsLabel, label="b"),
    "devices": planted(WaitsForTheDevice),
    "any_values": planted(DividesByOneLessThanTheBatch),
}
CLASSES = torch.tensor([0, 1, 2, 0, 1, 2])
GOOD = {
    "a loss of one's own": (Squared, {}),
    "MeanSquaredError": (losses.MeanSquaredError, {}),
    "MeanSquaredError, of real numbers": (
        losses.MeanSquaredError,
        {"y_true": -torch.ones(6, 2), "y_pred": -torch.ones(6, 2)},
    ),
    "BinaryCrossentropy": (losses.BinaryCrossentropy, {}),
    "CategoricalCrossentropy": (losses.CategoricalCrossentropy, {}),
    "CategoricalCrossentropy, of logits": (
        losses.CategoricalCrossentropy,
        {"y_true": torch.eye(3)[CLASSES], "y_pred": torch.eye(3).repeat(2, 1) * 4, "arguments": {"from_logits": True}},
    ),
    "SparseCategoricalCrossentropy": (
        losses.SparseCategoricalCrossentropy,
        {"y_true": CLASSES, "y_pred": torch.full((6, 3), 1 / 3)},
    ),
    "KLDivergence": (losses.KLDivergence, {}),
    "Huber": (losses.Huber, {}),
    "Dice, a number for the batch": (losses.Dice, {"skip": {"weights": "of the batch", "masks": "of the batch"}}),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_exactly_one_check_catches_the_defect_that_was_planted_for_it(name: str) -> None:
    pytest.importorskip("hypothesis")
    results = run_checks(DEFECTS[name](), hypothesis=True)
    assert [result.check for result in results.failed] == [name], "\n".join(map(str, results.failed))


def test_every_check_has_its_defect() -> None:
    assert set(DEFECTS) == set(CHECKS["loss"])


@pytest.mark.parametrize("name", GOOD)
def test_a_good_loss_passes(name: str) -> None:
    loss, options = GOOD[name]
    assert len(check_loss(loss, **options)) == len(CHECKS["loss"]) - 1


def test_a_message_says_what_was_wrong_what_was_received_and_what_to_do() -> None:
    with pytest.raises(
        CheckFailure, match=r"for each sample\. Received: shape \(\) for 6 samples\. Return a value for"
    ):
        check_loss(losses.Dice)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"y_pred": torch.ones(6)}, "Received only `y_pred`"), ({"y_true": [1.0], "y_pred": [1.0]}, r"shapes \(1,\)")],
)
def test_targets_that_do_not_do_are_refused(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_loss(Squared, **options)


@pytest.mark.cuda
def test_a_loss_is_checked_on_the_gpu() -> None:
    assert not check_loss(losses.MeanSquaredError).failed
