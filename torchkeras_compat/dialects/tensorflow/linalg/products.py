"""Products of matrices and tensors, and norms."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import axes_of, floats, operands, sizes, tensor
from torchkeras_compat.dtypes.names import to_torch_dtype


@tensor_function
def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    output_type: Any = None,
    name: str | None = None,
) -> torch.Tensor:
    """Return the matrix product over the last two axes; the axes before broadcast.

    Args:
        a: ``(..., n, m)``, or ``(..., m, n)`` if transposed.
        b: ``(..., m, p)``, or ``(..., p, m)`` if transposed.
        transpose_a: Whether to exchange the last two axes of ``a``.
        transpose_b: The same for ``b``.
        adjoint_a: Whether to exchange them and conjugate.
        adjoint_b: The same for ``b``.
        a_is_sparse: That ``a`` has many zeros; changes nothing here.
        b_is_sparse: The same of ``b``.
        output_type: Dtype of the result; None for that of the operands.
        name: Not used.

    Raises:
        InvalidArgumentError: an operand has fewer than two axes, dtypes differ, or shapes do not fit.
        ValueError: an operand is to be both transposed and conjugated.
    """
    if (transpose_a and adjoint_a) or (transpose_b and adjoint_b):
        raise ValueError("Only one of `transpose` and `adjoint` can be true for an operand.")
    x, y = operands(a, b)
    if x.ndim < 2 or y.ndim < 2:
        raise InvalidArgumentError(
            f"`tf.matmul` takes tensors of at least two axes. Received: {tuple(x.shape)} and {tuple(y.shape)}. Use"
            " `tf.linalg.matvec` for a vector, or `tf.tensordot`."
        )
    x = x.mT if transpose_a else x.mH if adjoint_a else x
    y = y.mT if transpose_b else y.mH if adjoint_b else y
    found = x @ y
    return found if output_type is None else found.to(to_torch_dtype(output_type))


@tensor_function
def matvec(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    adjoint_a: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> torch.Tensor:
    """Return a matrix times a vector: ``(..., n, m)`` and ``(..., m)`` give ``(..., n)``."""
    x, y = operands(a, b)
    x = x.mT if transpose_a else x.mH if adjoint_a else x
    return (x @ y.unsqueeze(-1)).squeeze(-1)


@tensor_function
def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> torch.Tensor:
    """Return the sums of products over axes.

    Args:
        a: First tensor.
        b: Second tensor.
        axes: Number of last axes of ``a`` and first ones of ``b``; or a list of axes for each of them.
        name: Not used.

    Raises:
        ValueError: ``axes`` is not as above.
        InvalidArgumentError: the axes have different sizes.
    """
    x, y = operands(a, b)
    if isinstance(axes, (list, tuple)) or (hasattr(axes, "ndim") and axes.ndim):
        if len(axes) != 2:
            raise ValueError(f"`axes` must be an integer or have length 2. Received: {axes}")
        first, second = (axes_of(given, n) for given, n in zip(axes, (x.ndim, y.ndim)))
        if len(first) != len(second):
            raise ValueError(f"Different number of contraction axes: {list(first)} and {list(second)}.")
    else:
        (count,) = sizes(axes, "axes")
        if not 0 <= count <= min(x.ndim, y.ndim):
            raise ValueError(f"`axes` must lie in [0, {min(x.ndim, y.ndim)}]. Received: {count}")
        first, second = tuple(range(x.ndim - count, x.ndim)), tuple(range(count))
    found: torch.Tensor = torch.tensordot(x, y, dims=(list(first), list(second)))
    return found


@tensor_function
def einsum(equation: str, *inputs: Any, **kwargs: Any) -> torch.Tensor:
    """Return sums of products by Einstein's convention: ``"bij,bjk->bik"``.

    Args:
        equation: Letters for axes of each input, and of the output.
        *inputs: Tensors.
        **kwargs: ``optimize`` and ``name``, which change no result.

    Raises:
        TypeError: another keyword is given.
        InvalidArgumentError: equation and shapes do not fit.
    """
    unknown = set(kwargs) - {"optimize", "name"}
    if unknown:
        raise TypeError(f"Invalid keyword arguments for einsum: {', '.join(sorted(unknown))}.")
    parts = operands(*inputs)
    return torch.einsum(equation.replace(" ", ""), *parts)


@tensor_function
def cross(a: Any, b: Any, name: str | None = None) -> torch.Tensor:
    """Return the cross product over last axes of size 3."""
    x, y = operands(a, b)
    found: torch.Tensor = torch.linalg.cross(x, y)
    return found


@tensor_function(old={"keep_dims": "keepdims"})
def norm(
    tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: Any = None, name: str | None = None
) -> torch.Tensor:
    """Return norms of vectors or matrices.

    Args:
        tensor: Floating point or complex numbers.
        ord: ``"euclidean"``, ``"fro"``, 1, 2, infinity or a positive number.
        axis: None for all elements as one vector; an axis of vectors; two axes of matrices.
        keepdims: Whether the axes stay, with size 1.
        name: Not used.

    Raises:
        InvalidArgumentError: the tensor holds integers.
        ValueError: ``ord`` is not a norm of vectors, or of matrices.
    """
    x = floats(tensor, "norm")
    keep = bool(keepdims)
    is_matrix = isinstance(axis, (list, tuple)) and len(axis) == 2
    if is_matrix and ord not in ("euclidean", "fro", 1, 2, np.inf):
        raise ValueError(f"`ord` of matrices must be 'euclidean', 'fro', 1, 2 or infinity. Received: {ord!r}")
    if not is_matrix and (
        ord == "fro" or (isinstance(ord, str) and ord != "euclidean") or (not isinstance(ord, str) and ord <= 0)
    ):
        raise ValueError(f"`ord` of vectors must be 'euclidean' or a positive number. Received: {ord!r}")
    axes = axes_of(axis, x.ndim)
    if ord in ("euclidean", "fro"):
        squares = (x * x.conj()).real if x.is_complex() else x * x
        return torch.sqrt(torch.sum(squares, dim=axes, keepdim=keep))
    found: torch.Tensor
    if is_matrix:
        found = torch.linalg.matrix_norm(x, 2 if ord == 2 else float(ord), dim=(axes[0], axes[1]), keepdim=keep)
    else:
        found = torch.linalg.vector_norm(x, float(ord), dim=axes, keepdim=keep)
    return found


@tensor_function
def normalize(tensor: Any, ord: Any = "euclidean", axis: Any = None, name: str | None = None) -> tuple[Any, Any]:
    """Return a tensor divided by its :func:`norm` over an axis, and the norm with the axis kept."""
    x = floats(tensor, "linalg.normalize")
    function: Any = norm
    length = function.__wrapped__(x, ord, axis, True)
    return x / length, length


@tensor_function
def matrix_transpose(a: Any, name: str = "matrix_transpose", conjugate: bool = False) -> torch.Tensor:
    """Return the last two axes exchanged, conjugated on demand.

    Raises:
        ValueError: there are fewer than two axes.
    """
    x = as_tensor(a)
    if x.ndim < 2:
        raise ValueError(f"A matrix has at least two axes. Received shape {tuple(x.shape)}.")
    return x.mH.resolve_conj() if conjugate and x.is_complex() else x.mT


@tensor_function
def adjoint(matrix: Any, name: str | None = None) -> torch.Tensor:
    """Return the conjugate transpose over the last two axes."""
    return as_tensor(matrix).mH.resolve_conj()


as_tensor = tensor
