"""Quantiles of data that come in batches: a sorted sample of values with weights, merged and thinned out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Summary = npt.NDArray[np.float32]  # (2, points): values in ascending order, and how many data each stands for


def empty_summary() -> Summary:
    """Return the summary of no data."""
    return np.zeros((2, 0), np.float32)


def add_to_summary(summary: Summary, values: npt.ArrayLike, epsilon: float) -> Summary:
    """Return the summary of what a summary stands for, and of some more values.

    Args:
        summary: That of the data before.
        values: Numbers.
        epsilon: How coarse it may be: a summary keeps at most ``1 / epsilon`` points.

    Example:
        >>> add_to_summary(empty_summary(), [3.0, 1.0, 2.0], 0.01).tolist()
        [[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]]

    Source: Keras API, layers/Discretization; Greenwald and Khanna 2001 for summaries of quantiles.
    """
    own = _summary_of(values, epsilon)
    if not summary.size:
        return own
    merged = np.concatenate([summary, own], axis=1)
    return _thinned(merged[:, np.argsort(merged[0], kind="stable")], epsilon)


def quantiles(summary: Summary, count: int) -> list[float]:
    """Return the ``count - 1`` values that cut the data of a summary into ``count`` equal parts.

    Example:
        >>> quantiles(add_to_summary(empty_summary(), [1.0, 2.0, 3.0, 4.0], 0.01), 2)
        [2.0]
    """
    chosen = _thinned(summary, 1 / count)[0, :-1]
    return [float(x) for x in chosen]


def _summary_of(values: npt.ArrayLike, epsilon: float) -> Summary:
    flat = np.sort(np.asarray(values, np.float32).reshape(-1))
    return _thinned(np.stack([flat, np.ones_like(flat)]), epsilon)


def _thinned(summary: Summary, epsilon: float) -> Summary:
    """Return at most ``1 / epsilon`` points, at equal steps of the weight, which add up to the same weight."""
    if summary.shape[1] * epsilon < 1:
        return summary
    fractions = epsilon + np.arange(0.0, 1.0, epsilon)
    weight = summary[1].cumsum()  # in float32, as Keras adds it up
    reached = weight / weight[-1]
    thinned = np.interp(fractions, reached, weight)
    points = np.interp(fractions, reached, summary[0])
    return np.stack([points, np.diff(thinned, prepend=0.0)]).astype(np.float32)
