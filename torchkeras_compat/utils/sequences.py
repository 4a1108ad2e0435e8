"""Sequences of different lengths as one array."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np


def pad_sequences(
    sequences: Iterable[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Return sequences as rows of one array: short ones filled with ``value``, long ones cut to ``maxlen``.

    Args:
        sequences: Lists or arrays of shape ``(steps, ...)``; all axes but the first are equal.
        maxlen: Steps of the result; None for those of the longest sequence.
        dtype: NumPy dtype of the result. ``object`` or ``"<U8"`` for strings.
        padding: ``"pre"`` fills at the start, ``"post"`` at the end.
        truncating: ``"pre"`` drops the first steps of a long sequence, ``"post"`` the last.
        value: What to fill with.

    Returns:
        Shape ``(sequences, maxlen, ...)``.

    Raises:
        ValueError: something that is not a sequence of sequences, no sequence at all without ``maxlen``, steps of
            different shapes, an unknown ``padding`` or ``truncating``, a string to fill an array of numbers with.

    Example:
        >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2).tolist()
        [[0, 1], [2, 3], [5, 6]]

    Source: Keras API, utils/pad_sequences.
    """
    if not isinstance(sequences, Iterable):
        raise ValueError(f"`sequences` must be iterable. Received: {sequences!r}. Pass a list of lists.")
    if padding not in ("pre", "post"):
        raise ValueError(f"Padding type {padding!r} is not understood. Use 'pre' or 'post'.")
    if truncating not in ("pre", "post"):
        raise ValueError(f"Truncating type {truncating!r} is not understood. Use 'pre' or 'post'.")
    rows = list(sequences)
    for row in rows:
        if not hasattr(row, "__len__"):
            raise ValueError(f"`sequences` must be a list of iterables. Found non-iterable: {row!r}")
    if maxlen is None:
        if not rows:
            raise ValueError("`sequences` is empty. Pass at least one sequence, or `maxlen`.")
        maxlen = max(len(row) for row in rows)
    is_text = np.issubdtype(dtype, np.str_) or np.issubdtype(dtype, np.bytes_) or np.dtype(dtype) == object
    if isinstance(value, str) and not is_text:
        raise ValueError(
            f"`dtype` {dtype} is not compatible with `value`'s type: {type(value)}. "
            "Set `dtype=object` for strings of any length."
        )
    step_shape = next((np.shape(row)[1:] for row in rows if len(row)), ())
    padded = np.full((len(rows), maxlen, *step_shape), value, dtype=dtype)
    for index, row in enumerate(rows):
        kept = (row[max(0, len(row) - maxlen) :] if truncating == "pre" else row[:maxlen]) if len(row) else row
        if not len(kept):
            continue
        steps = np.asarray(kept, dtype=dtype)
        if steps.shape[1:] != step_shape:
            raise ValueError(
                f"Steps must have one shape: sequence {index} has steps of shape {steps.shape[1:]}, and the first "
                f"that is not empty has {step_shape}."
            )
        padded[index, slice(maxlen - len(steps), None) if padding == "pre" else slice(len(steps))] = steps
    return padded
