"""Diagonals and bands read and set."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import choose, integer, operands, sizes, tensor

_ALIGNMENTS = ("RIGHT_LEFT", "LEFT_RIGHT", "LEFT_LEFT", "RIGHT_RIGHT")


def _range_of(k: Any) -> tuple[int, int]:
    bounds = sizes(k, "k")
    if len(bounds) not in (1, 2) or bounds[0] > bounds[-1]:
        raise InvalidArgumentError(f"`k` is a diagonal, or the lowest and the highest. Received: {bounds}")
    return bounds[0], bounds[-1]


def _positions(
    low: int, high: int, rows: int, columns: int, width: int, align: str
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Rows and columns of each entry of packed diagonals ``(number, width)``, and which entries are real ones."""
    packed = torch.zeros(high - low + 1, width, 2, dtype=torch.int64, device="cpu")
    real = torch.zeros(high - low + 1, width, dtype=torch.bool, device="cpu")
    upper, lower = align.split("_")
    for i, d in enumerate(range(high, low - 1, -1)):
        row, column = max(-d, 0), max(d, 0)
        length = max(min(rows - row, columns - column), 0)
        side = upper if d >= 0 else lower
        start = width - length if side == "RIGHT" else 0
        steps = torch.arange(length, device="cpu")
        packed[i, start : start + length, 0] = row + steps
        packed[i, start : start + length, 1] = column + steps
        real[i, start : start + length] = True
    return packed[..., 0], packed[..., 1], real


def _width(low: int, high: int, rows: int, columns: int) -> int:
    return min(rows + min(high, 0), columns - max(low, 0))


@tensor_function
def diag(
    diagonal: Any,
    name: str = "diag",
    k: Any = 0,
    num_rows: Any = -1,
    num_cols: Any = -1,
    padding_value: Any = 0,
    align: str = "RIGHT_LEFT",
) -> torch.Tensor:
    """Return matrices with these diagonals.

    Args:
        diagonal: ``(..., n)``, or ``(..., number of diagonals, n)`` with the highest diagonal first.
        name: Not used.
        k: Offset of the diagonal, 0 for the main one; or the lowest and the highest.
        num_rows: Number of rows, -1 for as few as possible.
        num_cols: Number of columns, -1 for as few as possible.
        padding_value: What stands elsewhere.
        align: Where shorter diagonals above and below the main one stand: ``"RIGHT_LEFT"``, ...

    Raises:
        InvalidArgumentError: the sizes do not fit.
    """
    x = tensor(diagonal)
    low, high = _range_of(k)
    several = high > low
    if not x.ndim or (several and (x.ndim < 2 or x.shape[-2] != high - low + 1)):
        raise InvalidArgumentError(f"`diagonal` of shape {tuple(x.shape)} has not {high - low + 1} diagonals.")
    width = x.shape[-1]
    rows, columns = integer(num_rows, "num_rows"), integer(num_cols, "num_cols")
    least_rows, least_columns = width - min(high, 0), width + max(low, 0)
    if rows == -1 and columns == -1:
        rows = columns = max(least_rows, least_columns)
    rows = least_rows if rows == -1 else rows
    columns = least_columns if columns == -1 else columns
    if rows < least_rows or columns < least_columns or (rows != least_rows and columns != least_columns):
        raise InvalidArgumentError(f"Diagonals of {width} elements do not fit {rows} rows and {columns} columns.")
    batch = x.shape[:-2] if several else x.shape[:-1]
    start = operands(x, padding_value)[1].to(x.device).expand(*batch, rows, columns).clone()
    return _placed(start, x if several else x.unsqueeze(-2), low, high, align)


def _placed(matrix: torch.Tensor, packed: torch.Tensor, low: int, high: int, align: str) -> torch.Tensor:
    rows, columns = matrix.shape[-2:]
    align = choose(align, _ALIGNMENTS, "align")
    row, column, real = _positions(low, high, rows, columns, packed.shape[-1], align)
    index = (row * columns + column)[real].to(matrix.device)
    flat = matrix.reshape(*matrix.shape[:-2], -1)
    kept = torch.nonzero(real.reshape(-1))[:, 0].to(matrix.device)
    values = packed.reshape(*packed.shape[:-2], -1).index_select(-1, kept)
    return flat.scatter(-1, index.expand(values.shape), values).reshape(matrix.shape)


@tensor_function
def diag_part(
    input: Any, name: str = "diag_part", k: Any = 0, padding_value: Any = 0, align: str = "RIGHT_LEFT"
) -> torch.Tensor:
    """Return diagonals of matrices: ``(..., n)``, or ``(..., number of diagonals, n)`` for a range ``k``.

    Raises:
        InvalidArgumentError: there are fewer than two axes, or a diagonal lies outside.
    """
    x = tensor(input)
    low, high = _range_of(k)
    if x.ndim < 2 or not (-x.shape[-2] < low <= high < x.shape[-1] or (low == high == 0)):
        raise InvalidArgumentError(f"Diagonals {low} to {high} do not lie in matrices of shape {tuple(x.shape)}.")
    if low == high:
        return x.diagonal(low, -2, -1)
    rows, columns = x.shape[-2:]
    align = choose(align, _ALIGNMENTS, "align")
    row, column, real = (
        t.to(x.device) for t in _positions(low, high, rows, columns, _width(low, high, rows, columns), align)
    )
    picked = x[..., row, column]
    return torch.where(real, picked, operands(x, padding_value)[1])


@tensor_function
def set_diag(input: Any, diagonal: Any, name: str = "set_diag", k: Any = 0, align: str = "RIGHT_LEFT") -> torch.Tensor:
    """Return matrices with diagonals replaced; see :func:`diag` for their shape.

    Raises:
        InvalidArgumentError: the sizes do not fit.
    """
    x, packed = operands(input, diagonal)
    low, high = _range_of(k)
    packed = packed if high > low else packed.unsqueeze(-2)
    if x.ndim < 2 or packed.shape[-1] != _width(low, high, x.shape[-2], x.shape[-1]):
        raise InvalidArgumentError(
            f"Diagonals of shape {tuple(packed.shape)} do not fit matrices of shape {tuple(x.shape)}."
        )
    return _placed(x, packed, low, high, align)


@tensor_function
def band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> torch.Tensor:
    """Return matrices with zeros outside a band.

    Args:
        input: ``(..., rows, columns)``.
        num_lower: Diagonals to keep below the main one; negative for all.
        num_upper: Diagonals to keep above it; negative for all.
        name: Not used.

    Raises:
        InvalidArgumentError: there are fewer than two axes, or a number exceeds the size.
    """
    x, lower, upper = tensor(input), integer(num_lower, "num_lower"), integer(num_upper, "num_upper")
    if x.ndim < 2 or lower > x.shape[-2] or upper > x.shape[-1]:
        raise InvalidArgumentError(
            f"A band of {lower} below and {upper} above does not lie in matrices of shape {tuple(x.shape)}."
        )
    x = x if lower < 0 else x.triu(-lower)
    return x if upper < 0 else x.tril(upper)


@tensor_function
def trace(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the sum of the main diagonal of matrices."""
    values = tensor(x)
    return values.diagonal(0, -2, -1).sum(-1, dtype=values.dtype)


@tensor_function
def tensor_diag(diagonal: Any, name: str | None = None) -> torch.Tensor:
    """Return a tensor of twice the axes, with ``diagonal`` where both halves of an index are equal."""
    x = tensor(diagonal)
    return torch.diag(x.reshape(-1)).reshape(*x.shape, *x.shape)


@tensor_function
def tensor_diag_part(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the elements of which both halves of the index are equal: the inverse of :func:`tensor_diag`.

    Raises:
        InvalidArgumentError: the halves of the shape differ.
    """
    x = tensor(input)
    half = x.ndim // 2
    if x.ndim % 2 or not x.ndim or x.shape[:half] != x.shape[half:]:
        raise InvalidArgumentError(f"Both halves of the shape must be equal. Received shape {tuple(x.shape)}.")
    count = x[(...,) + (0,) * half].numel()
    return x.reshape(count, count).diagonal().reshape(x.shape[:half])
