"""The switch for samples in the place of datasets: the environment variable ``TORCHKERAS_SAMPLE_DATA``."""

from __future__ import annotations

import os
import sys

VARIABLE = "TORCHKERAS_SAMPLE_DATA"
_announced: set[tuple[str, int]] = set()


def sample_count(dataset: str, small: int, real: int) -> int | None:
    """Return how many samples to generate, or None if the dataset itself is wanted; the first time, say so.

    ``TORCHKERAS_SAMPLE_DATA=1`` is for a small number, ``full`` for the number that the dataset has.

    Args:
        dataset: Its name.
        small: The small number of samples.
        real: The number of samples of the dataset.

    Raises:
        ValueError: the variable has another value.

    Example:
        >>> sample_count("mnist", 10, 100) is None
        True
    """
    value = os.environ.get(VARIABLE, "").strip().lower()
    if value in ("", "0", "false"):
        return None
    if value not in ("1", "true", "full"):
        raise ValueError(f"{VARIABLE} must be 1, full or 0. Received: {value!r}")
    count = real if value == "full" else small
    if (dataset, count) not in _announced:
        _announced.add((dataset, count))
        print(
            f"{VARIABLE}: {count:,} generated samples in the place of the {real:,} of the dataset {dataset}. Results"
            " say nothing about the dataset.",
            file=sys.stderr,
        )
    return count
