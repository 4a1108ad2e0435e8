"""Quantiles beside those that Keras 3.15.1 with TensorFlow learns in `Discretization.adapt`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from torchkeras_compat.layers.preprocessing.quantile_summary import add_to_summary, empty_summary, quantiles

MANY = ((np.arange(1000) * 37 % 1000) / 10.0).reshape(10, 100)


@pytest.mark.parametrize(
    ("batches", "count", "epsilon", "wanted"),
    [
        ([MANY], 2, 0.01, [49.89998245239258]),
        ([MANY], 4, 0.01, [24.89997673034668, 49.89998245239258, 74.89999389648438]),
        ([MANY], 3, 0.001, [33.233089447021484, 66.56654357910156]),
        ([MANY], 5, 0.5, [49.900001525878906]),
        (MANY, 4, 0.1, [29.532146453857422, 54.35716247558594, 77.30004119873047]),
        ([[1.0, 2.0]], 4, 0.01, [1.0]),
        ([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0]], 3, 0.01, [2.0, 4.0]),
        ([[[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]]], 4, 0.01, [0.0, 0.5, 1.2999999523162842]),
    ],
)
def test_quantiles_are_those_of_keras(batches: Any, count: int, epsilon: float, wanted: list[float]) -> None:
    summary = empty_summary()
    for batch in batches:
        summary = add_to_summary(summary, batch, epsilon)
    assert quantiles(summary, count) == wanted
