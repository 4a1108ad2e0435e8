"""`tf.test.compute_gradient`: the derivative by the tape beside that by differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from torchkeras_compat.dialects.tensorflow.creation import constant
from torchkeras_compat.dialects.tensorflow.tape import GradientTape


def compute_gradient(
    f: Callable[..., Any], x: Sequence[Any], delta: float | None = None
) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Return the Jacobians of a function, by the tape and by differences.

    Args:
        f: Function of tensors that returns one.
        x: Its arguments, a list.
        delta: Step of the differences; None for 1 / 1024.

    Returns:
        Two tuples, each with a matrix ``(size of the result, size of the argument)`` for each argument.

    Raises:
        ValueError: ``x`` is not a list or tuple.
    """
    if not isinstance(x, (list, tuple)):
        raise ValueError(f"`x` must be a list or tuple of arguments. Received: {type(x).__name__}")
    step = 1.0 / 1024 if delta is None else delta
    points = [constant(part) for part in x]
    with GradientTape() as tape:
        tape.watch(points)
        y = f(*points)
    found = tape.jacobian(y, points, unconnected_gradients="zero")
    exact = tuple(np.asarray(j).reshape(np.size(y), -1) for j in found)
    return exact, tuple(_numeric(f, points, i, step, np.size(y)) for i in range(len(points)))


def _numeric(f: Callable[..., Any], points: list[Any], i: int, step: float, size: int) -> np.ndarray:
    base = np.asarray(points[i])
    matrix = np.zeros((size, base.size), base.dtype)
    for j in range(base.size):
        values = []
        for sign in (1, -1):
            moved = base.copy().reshape(-1)
            moved[j] += sign * step
            args = [*points[:i], constant(moved.reshape(base.shape)), *points[i + 1 :]]
            values.append(np.asarray(f(*args)).reshape(-1))
        matrix[:, j] = (values[0] - values[1]) / (2 * step)
    return matrix
