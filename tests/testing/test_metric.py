"""Checks of metrics: each one catches the defect that was planted for it, and good metrics pass all."""

from __future__ import annotations

import functools
from typing import Any

import pytest
import torch

from torchkeras_compat import metrics
from torchkeras_compat.metrics import Metric
from torchkeras_compat.testing import CheckFailure, check_metric
from torchkeras_compat.testing.check import CHECKS, run_checks
from torchkeras_compat.testing.metric import MetricSubject


class MeanError(Metric):
    """Without defect: mean absolute error."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        errors = (y_true - y_pred).abs().mean(-1)
        weights = torch.ones_like(errors) if sample_weight is None else sample_weight
        self.total.assign_add((errors * weights).sum())
        self.count.assign_add(weights.sum())

    def result(self):
        return self.total.value / self.count.value.clamp_min(1e-7)


class KeepsItsState(MeanError):
    def reset_state(self):
        pass


class IgnoresWeights(MeanError):
    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(y_true, y_pred)


class KeepsAMean(Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.mean = self.add_variable((), "zeros", name="mean")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        errors = (y_true - y_pred).abs().mean(-1)
        weights = torch.ones_like(errors) if sample_weight is None else sample_weight
        total = self.mean.value * self.count.value + (errors * weights).sum()
        self.count.assign_add(weights.sum())
        self.mean.assign(total / self.count.value)

    def result(self):
        return self.mean.value


class ForgetsItsLabel(MeanError):
    def __init__(self, label="a", **kwargs):
        super().__init__(**kwargs)
        self.label = label


class WaitsForTheDevice(MeanError):
    def update_state(self, y_true, y_pred, sample_weight=None):
        if y_pred.sum().item() > -1:
            super().update_state(y_true, y_pred, sample_weight)


class LosesBatchesOfOne(MeanError):
    def update_state(self, y_true, y_pred, sample_weight=None):
        if len(y_true) != 1:
            super().update_state(y_true, y_pred, sample_weight)


class ChangesWhenAskedAgain(MeanError):
    asked = 0

    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(y_true, y_pred, sample_weight)
        self.asked = 0

    def result(self):
        self.asked += 1
        return super().result() / self.asked


def planted(metric: type, **arguments: Any) -> functools.partial:
    return functools.partial(MetricSubject, metric, arguments=arguments)


DEFECTS = {
    "batched": planted(ChangesWhenAskedAgain),
    "reset_state": planted(KeepsItsState),
    "weights": planted(IgnoresWeights),
    "merge": planted(KeepsAMean),
    "config": planted(ForgetsItsLabel, label="b"),
    "devices": planted(WaitsForTheDevice),
    "any_batches": planted(LosesBatchesOfOne),
}
CLASSES = torch.tensor([0, 1, 2, 0, 1, 2])
GOOD = {
    "a metric of one's own": (MeanError, {}),
    "MeanSquaredError": (metrics.MeanSquaredError, {}),
    "CategoricalAccuracy": (metrics.CategoricalAccuracy, {}),
    "AUC": (metrics.AUC, {}),
    "F1Score, that has no result before data": (metrics.F1Score, {}),
    "Precision": (metrics.Precision, {}),
    "R2Score": (metrics.R2Score, {}),
    "MeanIoU, of integers": (
        metrics.MeanIoU,
        {"y_true": CLASSES, "y_pred": CLASSES.flip(0), "arguments": {"num_classes": 3}},
    ),
    "SparseCategoricalAccuracy": (
        metrics.SparseCategoricalAccuracy,
        {"y_true": CLASSES, "y_pred": torch.eye(3).repeat(2, 1)},
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_exactly_one_check_catches_the_defect_that_was_planted_for_it(name: str) -> None:
    pytest.importorskip("hypothesis")
    results = run_checks(DEFECTS[name](), hypothesis=True)
    assert [result.check for result in results.failed] == [name], "\n".join(map(str, results.failed))


def test_every_check_has_its_defect() -> None:
    assert set(DEFECTS) == set(CHECKS["metric"])


@pytest.mark.parametrize("name", GOOD)
def test_a_good_metric_passes(name: str) -> None:
    metric, options = GOOD[name]
    assert len(check_metric(metric, **options)) == len(CHECKS["metric"]) - 1


def test_a_metric_of_the_last_batch_only_fails_wherever_batches_count() -> None:
    class Last(MeanError):
        def update_state(self, y_true, y_pred, sample_weight=None):
            self.reset_state()
            super().update_state(y_true, y_pred, sample_weight)

    with pytest.raises(CheckFailure, match=r"batches give another result. Received: a largest difference of .* Add to"):
        check_metric(Last)


@pytest.mark.cuda
def test_a_metric_is_checked_on_the_gpu() -> None:
    assert not check_metric(metrics.MeanSquaredError).failed
