"""Numbers that say something about matrices: determinants, ranks, norms, distances. Leading axes are batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.ops.matrix_factors import as_matrix, check_matrix
from torchkeras_compat.ops.operands import HALVES, as_float, as_pair
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


@operation
def det(x: Any) -> torch.Tensor:
    """Return the determinants of square matrices ``(..., n, n)``.

    Raises:
        ValueError: a matrix is not square.

    Example:
        >>> det([[2.0, 0.0], [0.0, 4.0]])
        tensor(8.)
    """
    return torch.linalg.det(as_matrix(x, square=True))


@operation
def logdet(x: Any) -> torch.Tensor:
    """Return the logarithms of the determinants of square matrices; NaN for negative ones.

    Raises:
        ValueError: a matrix is not square.

    Example:
        >>> logdet([[1.0, 0.0], [0.0, 1.0]])
        tensor(0.)
    """
    return torch.logdet(as_matrix(x, square=True))


def _rank_spec(x: Any, tol: float | None = None) -> KerasTensor:
    check_matrix(x.shape)
    return KerasTensor(x.shape[:-2], "int32")


@operation(output_spec=_rank_spec)
def matrix_rank(x: Any, tol: float | None = None) -> torch.Tensor:
    """Return the number of singular values greater than ``tol``, in int32.

    Args:
        x: Matrices ``(..., m, n)``.
        tol: Threshold; None for machine precision times the largest singular value and side.

    Raises:
        ValueError: ``x`` has fewer than two axes.

    Example:
        >>> matrix_rank([[1.0, 2.0], [2.0, 4.0]])
        tensor(1, dtype=torch.int32)
    """
    x = as_matrix(x)
    rank = torch.linalg.matrix_rank(x) if tol is None else torch.linalg.matrix_rank(x, atol=tol, rtol=0.0)
    return rank.to(torch.int32)


@operation
def norm(
    x: Any, ord: float | str | None = None, axis: int | Sequence[int] | None = None, keepdims: bool = False
) -> torch.Tensor:
    """Return the norm of vectors (one axis) or matrices (two axes).

    Args:
        x: Tensor.
        ord: Order, as ``torch.linalg.norm`` takes it: None for the square root of the sum of squares, a number,
            ``inf``, ``-inf``, or for matrices ``"fro"`` or ``"nuc"``.
        axis: Axis or pair of axes; None for all elements, or, with ``ord``, for a vector or matrix ``x``.
        keepdims: Whether reduced axes stay, with size 1.

    Raises:
        IndexError: there is no such axis.
        RuntimeError: the order and the number of axes do not fit together.

    Example:
        >>> norm([3.0, 4.0]), norm([[1.0, -7.0]], ord=1, axis=-1)
        (tensor(5.), tensor([8.]))
    """
    dim = tuple(axis) if isinstance(axis, list) else axis
    return torch.linalg.norm(as_float(x), ord=ord, dim=dim, keepdim=keepdims)


@operation
def cdist(x: Any, y: Any) -> torch.Tensor:
    """Return the Euclidean distances between the rows of ``x`` and those of ``y``.

    Args:
        x: ``(..., m, features)``.
        y: ``(..., n, features)``.

    Returns:
        ``(..., m, n)``.

    Raises:
        ValueError: the numbers of features differ, or there are fewer than two axes.

    Example:
        >>> cdist([[0.0, 0.0]], [[3.0, 4.0]])
        tensor([[5.]])
    """
    x, y = as_pair(x, y, minimum=float)
    if x.ndim < 2 or y.ndim < 2 or x.shape[-1] != y.shape[-1]:
        raise ValueError(
            "`cdist` needs two tensors of rows with one number of features. "
            f"Received: x.shape={tuple(x.shape)}, y.shape={tuple(y.shape)}"
        )
    if x.dtype in HALVES:  # torch computes distances in float32 or float64 only
        return torch.cdist(x.float(), y.float()).to(x.dtype)
    return torch.cdist(x, y)
