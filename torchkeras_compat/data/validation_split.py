"""The last fraction of the samples, set apart for validation."""

from __future__ import annotations

from typing import Any

from torchkeras_compat import tree
from torchkeras_compat.data.checks import check_lengths
from torchkeras_compat.data.columns import as_column, fold_number_lists, is_array
from torchkeras_compat.data.sliced_rows import SlicedRows
from torchkeras_compat.data.structure import named_leaves


def train_validation_split(arrays: Any, validation_split: float) -> tuple[Any, Any]:
    """Split arrays into the first rows, to train on, and the last ``validation_split`` of them.

    The split comes before any shuffling, so the last rows should be no special ones. Nothing is copied.

    Args:
        arrays: ``(x, y, sample_weight)``, each an array, a nested structure of arrays, or None.
        validation_split: Fraction in (0, 1).

    Returns:
        Two structures like ``arrays``.

    Raises:
        ValueError: a fraction outside (0, 1); one that leaves no sample on a side; data that is not arrays; arrays of
            different lengths.

    Example:
        >>> import numpy as np
        >>> train, validation = train_validation_split((np.arange(5), None), 0.4)
        >>> train, validation
        ((tensor([0, 1, 2]), None), (tensor([3, 4]), None))

    Source: Keras API, Model.fit.
    """
    if (
        isinstance(validation_split, bool)
        or not isinstance(validation_split, (int, float))
        or not 0 < validation_split < 1
    ):
        raise ValueError(
            f"`validation_split` must be a fraction in (0, 1), such as 0.2. Received: {validation_split!r}"
        )
    # Each by itself: lists of numbers for `x` and for `y` are not two rows of one array.
    arrays = tuple(fold_number_lists(part) for part in arrays)
    roots = ("x", "y", "sample_weight")
    parts = arrays
    named = [pair for root, part in zip(roots, parts) for pair in named_leaves(part, root)]
    wrong = next((f"`{name}` of type {type(leaf).__name__}" for name, leaf in named if not is_array(leaf)), None)
    if wrong is not None:
        raise ValueError(
            f"`validation_split` is only supported for arrays, and received {wrong}. Pass `validation_data` instead."
        )
    columns = {id(leaf): as_column(leaf, name) for name, leaf in named}
    samples = check_lengths([(name, columns[id(leaf)]) for name, leaf in named])
    boundary = int(samples * (1 - validation_split))
    if boundary in (0, samples):
        raise ValueError(
            f"`validation_split={validation_split}` of {samples} samples leaves {boundary} to train on and "
            f"{samples - boundary} to "
            "validate on. Provide more data, or a different fraction."
        )

    def rows(leaf: Any, start: int, stop: int) -> Any:
        if leaf is None:
            return None
        column = columns[id(leaf)]
        return column.part(start, stop) if isinstance(column, SlicedRows) else column[start:stop]

    return (
        tree.map_structure(lambda leaf: rows(leaf, 0, boundary), arrays),
        tree.map_structure(lambda leaf: rows(leaf, boundary, samples), arrays),
    )
