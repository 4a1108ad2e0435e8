"""Moments and bounds of what is drawn."""

from __future__ import annotations

import math

import pytest
import torch

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.random import distributions

COUNT = 40_000


def generator() -> torch.Generator:
    return torch.Generator("cpu").manual_seed(0)


def test_normal_numbers_have_their_mean_and_deviation() -> None:
    x = distributions.normal([COUNT], 2.0, 3.0, "float32", generator())
    assert float(x.mean()) == pytest.approx(2, abs=0.06)
    assert float(x.std()) == pytest.approx(3, abs=0.06)


def test_truncated_ones_stay_within_two_deviations() -> None:
    x = distributions.truncated_normal([COUNT], 1.0, 0.5, "float32", generator())
    assert float((x - 1).abs().max()) <= 1.0
    assert float(x.std()) == pytest.approx(0.5 * 0.8796, abs=0.01)


def test_bounded_ones_stay_within_their_bounds() -> None:
    x = distributions.bounded_normal([COUNT], 0.0, 1.0, 0.5, 1.0, generator())
    assert 0.5 <= float(x.min()) <= float(x.max()) <= 1.0


def test_uniform_numbers_and_integers_lie_in_their_ranges() -> None:
    x = distributions.uniform([COUNT], -1.0, 3.0, "float32", generator())
    assert -1 <= float(x.min()) < float(x.max()) < 3
    assert float(x.mean()) == pytest.approx(1, abs=0.03)
    assert set(distributions.uniform([COUNT], 2, 5, "int32", generator()).tolist()) == {2, 3, 4}
    assert set(distributions.uniform([COUNT, 2], 0, [2, 3], "int64", generator())[:, 1].tolist()) == {0, 1, 2}


def test_gamma_poisson_and_binomial_have_their_means() -> None:
    gamma = distributions.gamma([COUNT], [2.0, 6.0], 2.0, "float32", generator())
    assert gamma.mean(0).tolist() == pytest.approx([1.0, 3.0], abs=0.05)
    poisson = distributions.poisson([COUNT], [1.0, 4.0], "float32", generator())
    assert poisson.mean(0).tolist() == pytest.approx([1.0, 4.0], abs=0.05)
    binomial = distributions.binomial([COUNT], 10.0, 0.3, "int32", generator())
    assert float(binomial.float().mean()) == pytest.approx(3.0, abs=0.05)


def test_classes_come_by_their_odds() -> None:
    logits = torch.log(torch.tensor([[0.2, 0.3, 0.5]]))
    found = distributions.categorical(logits, COUNT, None, generator())
    assert (torch.bincount(found[0]) / COUNT).tolist() == pytest.approx([0.2, 0.3, 0.5], abs=0.01)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="floating point. Received: dtype=int32"):
        distributions.normal([2], 0.0, 1.0, "int32", None)
    with pytest.raises(ValueError, match="Must specify maxval for integer dtype int32"):
        distributions.uniform([2], 0, None, "int32", None)
    with pytest.raises(InvalidArgumentError, match="Need minval < maxval, got 3 >= 3"):
        distributions.uniform([2], 3, 3, "int32", None)
    assert math.isfinite(float(distributions.number(2.0, torch.float32)))
