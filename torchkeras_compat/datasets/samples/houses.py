"""Tables of houses whose price depends on the other columns, in the place of the housing datasets."""

from __future__ import annotations

from typing import Any

import numpy as np

Table = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]


def boston(count: int, seed: int) -> Table:
    """Return 13 columns in the ranges of the Boston dataset, and prices in thousands of dollars; float64.

    Args:
        count: Number of rows.
        seed: Of all that differs.

    Returns:
        ``(count, 13)`` and ``(count,)``.

    Example:
        >>> x, y = boston(3, seed=0)
        >>> x.shape, y.dtype
        ((3, 13), dtype('float64'))
    """
    random = np.random.RandomState(seed)
    poverty = random.beta(1.5, 4, count)  # what most columns of a neighbourhood go with
    columns = [
        np.exp(random.normal(-2.5, 1, count) + 6 * poverty),  # crime
        np.clip(random.normal(0, 30, count), 0, 100).round(1),  # large plots
        2 + 25 * np.clip(poverty + random.normal(0, 0.15, count), 0, 1),  # industry
        (random.uniform(0, 1, count) < 0.07).astype("float64"),  # at the river
        0.4 + 0.45 * np.clip(poverty + random.normal(0, 0.15, count), 0, 1),  # nitric oxides
        random.normal(6.3, 0.6, count) - 0.5 * (poverty - 0.27),  # rooms
        np.clip(100 * (poverty + random.uniform(0, 0.8, count)), 3, 100),  # old houses
        np.clip(np.exp(random.normal(1.4, 0.4, count) - poverty), 1.1, 12),  # way to work
        random.choice([1, 2, 3, 4, 5, 6, 7, 8, 24], count).astype("float64"),  # highways
        np.clip(random.normal(330, 60, count) + 250 * poverty, 187, 711).round(),  # tax
        np.clip(random.normal(17.8, 1.8, count) + 2 * poverty, 12.6, 22),  # pupils a teacher
        np.clip(396.9 - np.abs(random.normal(0, 30, count)), 0.3, 396.9),
        np.clip(38 * poverty + random.normal(0, 2, count), 1.7, 38),  # poor households
    ]
    x = np.stack(columns, axis=1).round(5)
    price = 22 + 6.5 * (x[:, 5] - 6.2) - 0.55 * (x[:, 12] - 11) - 0.7 * (x[:, 10] - 18.4) + 2.7 * x[:, 3]
    price += 1.5 * np.maximum(x[:, 5] - 7, 0) ** 2 - 0.05 * x[:, 0] - 0.5 * (x[:, 7] - 3.8)
    return x, np.clip(price + random.normal(0, 2, count), 5, 50).round(1)


def california(count: int, seed: int) -> Table:
    """Return 8 columns in the ranges of the California dataset, and prices in dollars; float32.

    Args:
        count: Number of rows.
        seed: Of all that differs.

    Returns:
        ``(count, 8)``: longitude, latitude, median age, rooms, bedrooms, population, households, median income in ten
        thousands of dollars; and ``(count,)``.

    Example:
        >>> x, y = california(3, seed=0)
        >>> x.shape, y.dtype
        ((3, 8), dtype('float32'))
    """
    random = np.random.RandomState(seed)
    along = random.uniform(0, 1, count)  # from the south to the north, along the coast
    inland = random.exponential(0.7, count)
    households = np.clip(np.exp(random.normal(6, 0.7, count)), 2, 6000).round()
    income = np.clip(np.exp(random.normal(1.25, 0.45, count)), 0.5, 15)
    rooms = (households * np.clip(random.normal(5.2, 0.8, count) + 0.2 * (income - 3.9), 2, 12)).round()
    columns = [
        -117.2 - 5.3 * along + inland,
        33 + 6 * along + random.normal(0, 0.3, count),
        random.randint(1, 53, count),
        rooms,
        (rooms * random.normal(0.2, 0.015, count)).round(),
        (households * np.clip(random.normal(2.9, 0.5, count), 1, 6)).round(),
        households,
        income,
    ]
    price = 60_000 + 42_000 * income + 60_000 * np.exp(-2 * inland) + 600 * (columns[2] - 28)
    price += 25_000 * (rooms / households - 5.2) + random.normal(0, 25_000, count)
    return np.stack(columns, axis=1).astype("float32"), np.clip(price, 14_999, 500_001).round(-2).astype("float32")
