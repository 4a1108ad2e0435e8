"""Sums and means: exact in the dtype of the state."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import metrics


def test_sums_of_low_precision_are_exact_in_the_state() -> None:
    """10,000 ones: bfloat16 itself cannot count beyond 256."""
    metric = metrics.Sum()
    metric.update_state(torch.ones(10_000, dtype=torch.bfloat16))
    assert metric.result() == 10_000
    accuracy = metrics.Accuracy()
    accuracy.update_state(torch.ones(10_001, dtype=torch.bfloat16), torch.ones(10_001, dtype=torch.bfloat16))
    assert accuracy.count.numpy() == 10_001


def test_integer_states_stay_integers() -> None:
    metric = metrics.Mean(dtype="int32")
    assert metric([1.5, 2.7]) == 1.5  # of 1 and 2, as Keras casts them
    assert metric.total.dtype == "int32"


@pytest.mark.parametrize(("batch", "expected"), [((4, 2), 0.5), ((4, 5), 0.5)])
def test_batches_of_longer_samples_weigh_no_more(batch: tuple[int, int], expected: float) -> None:
    metric = metrics.Mean()
    metric.update_state(torch.zeros(4, 100))
    metric.update_state(torch.ones(batch))
    assert metric.result() == expected
