"""What is refused before the first step: lengths that differ, no data, arguments that do not go together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def check_batch_size(batch_size: Any, steps_per_epoch: Any = None) -> None:
    """Check that ``batch_size`` and ``steps_per_epoch`` are positive ints or None.

    Raises:
        ValueError: one of them is something else.
    """
    for name, value in (("batch_size", batch_size), ("steps_per_epoch", steps_per_epoch)):
        if value is not None and (isinstance(value, bool) or not hasattr(value, "__index__") or value <= 0):
            raise ValueError(f"`{name}` must be a positive int, or None. Received: {name}={value!r}")


def check_lengths(columns: Sequence[tuple[str, Any]]) -> int:
    """Return the number of samples, which all arrays must share.

    Args:
        columns: Names and arrays.

    Raises:
        ValueError: no array at all, arrays of different lengths, or of length 0.
    """
    if not columns:
        raise ValueError("There is no data: `x` holds no array. Pass at least one array of shape (samples, ...).")
    lengths = {name: int(column.shape[0]) for name, column in columns}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name}: {length}" for name, length in lengths.items())
        raise ValueError(
            f"All arrays must have the same number of samples (length of the first axis). Received {listed}. "
            "Data cardinality is ambiguous: make the lengths equal."
        )
    samples = next(iter(lengths.values()))
    if samples == 0:
        listed = ", ".join(f"{name} of shape {tuple(column.shape)}" for name, column in columns)
        raise ValueError(f"The data is empty: received {listed}. Pass at least one sample.")
    return samples


def refuse_targets(what: str, y: Any, sample_weight: Any) -> None:
    """Check that nothing that a stream of batches must yield itself is given beside it.

    Args:
        what: What ``x`` is, with its article: ``"a generator"``.
        y: Must be None.
        sample_weight: Must be None.

    Raises:
        ValueError: ``y`` or ``sample_weight`` is given.
    """
    if y is not None:
        raise ValueError(
            f"When providing `x` as {what}, `y` should not be passed: it received y of type {type(y).__name__}. "
            f"Yield the targets with the inputs, as `(x, y)`."
        )
    if sample_weight is not None:
        raise ValueError(
            f"When providing `x` as {what}, `sample_weights` should not be passed: it received sample_weight of type "
            f"{type(sample_weight).__name__}. Yield the weights with the inputs, as `(x, y, sample_weight)`."
        )


def check_shuffle(shuffle: Any) -> None:
    """Check that ``shuffle`` is True, False or ``"batch"``.

    Raises:
        ValueError: it is something else.
    """
    if not (isinstance(shuffle, bool) or shuffle == "batch"):
        raise ValueError(f"`shuffle` must be True, False or 'batch'. Received: shuffle={shuffle!r}")
