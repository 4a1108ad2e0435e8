"""Splits: sizes, orders, tables of something else. The datasets compare them with Keras's."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.datasets.held_out import check_fraction, check_table, shuffled, with_held_out


def test_rows_stay_with_their_targets_and_none_is_lost() -> None:
    x = np.arange(10)[:, None]
    (a, b), (c, d) = with_held_out(x, x[:, 0] * 2, 0.3, seed=0)
    assert (a.shape, c.shape) == ((7, 1), (3, 1))
    assert sorted([*a[:, 0], *c[:, 0]]) == list(range(10))
    assert (a[:, 0] * 2 == b).all() and (c[:, 0] * 2 == d).all()


def test_a_seed_decides_about_the_order() -> None:
    first, same, other = (shuffled(20, np.random.RandomState(seed)).tolist() for seed in (0, 0, 1))
    assert first == same != other


@pytest.mark.parametrize("fraction", [-0.1, 1, 1.5, "0.2", True, None, float("nan")])
def test_a_fraction_outside_the_unit_interval_is_an_error(fraction) -> None:
    with pytest.raises(ValueError, match=f"test_split={fraction!r}"):
        check_fraction(fraction)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.zeros((3, 2)), np.zeros(3)),
        (np.zeros((3, 4)), np.zeros(2)),
        (np.zeros((3, 4), int), np.zeros(3)),
        (np.zeros(4), np.zeros(4)),
    ],
)
def test_another_table_is_refused(x, y) -> None:
    with pytest.raises(ValueError, match=r"Cannot load 'a.npz': it should have a table \(samples, 4\)"):
        check_table("a.npz", 4, x, y)
