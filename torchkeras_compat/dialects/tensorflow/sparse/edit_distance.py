"""How many insertions, deletions and replacements lie between sequences."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.sparse.sparse_tensor import SparseTensor, check_sparse
from torchkeras_compat.dialects.tensorflow.tensor import unwrap, wrap


def edit_distance(hypothesis: Any, truth: Any, normalize: bool = True, name: str = "edit_distance") -> Any:
    """Return the Levenshtein distance of each pair of sequences, as float32.

    Args:
        hypothesis: Sparse tensor, whose last axis holds the sequences.
        truth: Sparse tensor with as many axes.
        normalize: Whether to divide by the length of ``truth``: infinite where only that is empty.
        name: Not used.

    Raises:
        TypeError: one of them is not sparse.
        InvalidArgumentError: they have different numbers of axes.

    Example:
        >>> a = SparseTensor([[0, 0], [0, 1]], ["a", "b"], [1, 2])
        >>> b = SparseTensor([[0, 0]], ["a"], [1, 1])
        >>> edit_distance(a, b, normalize=False).numpy().tolist()
        [1.0]

    Source: Wagner and Fischer 1974.
    """
    first, second = check_sparse(hypothesis, "edit_distance"), check_sparse(truth, "edit_distance")
    if len(first._sizes) != len(second._sizes):
        raise InvalidArgumentError(f"Sequences have different ranks: {first.shape} and {second.shape}.")
    shape = torch.maximum(first._sizes, second._sizes)[:-1].tolist()
    found = torch.zeros(shape, dtype=torch.float32)
    rows, others = _sequences(first), _sequences(second)
    for place in {*rows, *others}:
        a, b = rows.get(place, []), others.get(place, [])
        distance = _distance(a, b)
        if normalize:
            distance = distance / len(b) if b else float("inf") if a else 0.0
        found[place] = distance
    return wrap(found)


def _sequences(x: SparseTensor) -> dict[tuple[int, ...], list[Any]]:
    found: dict[tuple[int, ...], list[Any]] = {}
    values = x.values.numpy().tolist() if x.dtype.name == "string" else unwrap(x.values).tolist()
    for place, value in zip(x._indices.tolist(), values, strict=True):
        found.setdefault(tuple(place[:-1]), []).append(value)
    return found


def _distance(a: list[Any], b: list[Any]) -> float:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (x != y)))
    return float(row[-1])
