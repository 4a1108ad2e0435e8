from __future__ import annotations

import doctest

import numpy as np
import pytest

from tests.benchmarks import bench, rounds, spread, tables


@pytest.mark.parametrize("module", [bench, rounds, spread, tables], ids=lambda module: module.__name__)
def test_examples_of_docstrings_run(module):
    done = doctest.testmod(module)
    assert done.attempted and not done.failed


def test_quartiles_are_those_of_numpy():
    values = np.random.default_rng(0).random(11).tolist()
    found = spread.spread(values)
    assert [found.low, found.median, found.high] == pytest.approx(np.quantile(values, [0.25, 0.5, 0.75]))


def test_one_value_has_no_spread():
    assert spread.spread([2.0]) == spread.Spread(2.0, 2.0, 2.0)
    assert spread.spread([2.0]).text(1) == "2.0"


def test_a_slow_moment_leaves_the_ratios_alone():
    base, slow = np.array([1.0, 1.0, 1.0, 1.0]), np.array([1.0, 9.0, 9.0, 1.0])
    found = spread.ratios((base * slow * 0.5).tolist(), (base * slow).tolist())
    assert found == spread.Spread(0.5, 0.5, 0.5)


def test_ratios_need_the_same_rounds():
    with pytest.raises(ValueError, match="2 and 1"):
        spread.ratios([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="at least one round"):
        spread.spread([])


def test_the_geometric_mean_of_a_ratio_and_its_inverse_is_one():
    assert spread.geometric_mean([0.25, 4.0]) == pytest.approx(1.0)
