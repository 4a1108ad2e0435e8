"""Products that sum over axes: matmul, dot, tensordot, einsum, inner, outer, kron, cross."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.ops.axes import normalize_axes, normalize_axis
from torchkeras_compat.ops.broadcasting import Shape, broadcast_shapes, probe, static_shape
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.einsum_shapes import einsum_shape
from torchkeras_compat.ops.operands import as_pair, weak_dtype
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _contract(function: Callable, *operands: torch.Tensor, result: torch.dtype | None = None) -> torch.Tensor:
    """Return ``function(*operands)``, also for the integers and booleans that torch does not contract."""
    dtype = operands[0].dtype
    if dtype.is_floating_point or dtype.is_complex:
        return function(*operands)
    # cuBLAS knows no integers: float64 holds every int32 product exactly. The CPU has integers but no booleans.
    compute = torch.float64 if operands[0].is_cuda else result or (torch.int32 if dtype is torch.bool else dtype)
    return function(*(x.to(compute) for x in operands)).to(result or dtype)


def _result_of_bytes(*operands: Any) -> torch.dtype | None:
    """Return int32 if all operands are int8, which Keras multiplies with more room for the sums."""
    return torch.int32 if len(operands) > 1 and all(weak_dtype(x) is torch.int8 for x in operands) else None


def _on_one_device(*operands: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Move numbers, which :func:`as_pair` leaves on the CPU, to the device of the others."""
    device = next((x.device for x in operands if x.ndim), operands[0].device)
    return tuple(x if x.ndim else x.to(device) for x in operands)


def _dtype_of(x1: Any, x2: Any) -> str:
    return standardize_dtype(as_pair(probe(x1), probe(x2))[0].dtype)


def _matmul_spec(x1: Any, x2: Any) -> KerasTensor:
    a, b = static_shape(x1), static_shape(x2)
    if not a or not b:
        raise ValueError(f"`matmul` does not take scalars. Received: x1.shape={a}, x2.shape={b}")
    inner = b[-2] if len(b) > 1 else b[0]
    if None not in (a[-1], inner) and a[-1] != inner:
        raise ValueError(
            f"Inner dimensions (`x1.shape[-1]` and `x2.shape[-2]`) must be equal. Received: x1.shape={a}, x2.shape={b}"
        )
    shape = (*broadcast_shapes(a[:-2], b[:-2]), *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))
    widened = _result_of_bytes(probe(x1), probe(x2))
    return KerasTensor(shape, standardize_dtype(widened) if widened else _dtype_of(x1, x2))


@operation(output_spec=_matmul_spec)
def matmul(x1: Any, x2: Any) -> torch.Tensor:
    """Matrix product over the last two axes, the axes before them broadcast; of two int8 tensors in int32.

    Args:
        x1: ``(..., n, k)``, or ``(k,)`` for a row.
        x2: ``(..., k, m)``, or ``(k,)`` for a column.

    Raises:
        ValueError: with symbolic inputs, sizes that do not fit.
        RuntimeError: with tensors, likewise.

    Example:
        >>> matmul(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0], [4.0]]))
        tensor([[11.]])
    """
    x1, x2 = convert_to_tensor(x1), convert_to_tensor(x2)
    a, b = as_pair(x1, x2)
    if a.is_floating_point():
        return torch.matmul(a, b)
    return _contract(torch.matmul, a, b, result=_result_of_bytes(x1, x2))


def _dot_spec(x1: Any, x2: Any) -> KerasTensor:
    a, b = static_shape(x1), static_shape(x2)
    if not a or not b:
        shape: Shape = a or b
    else:
        if len({a[-1], b[-2] if len(b) > 1 else b[0]} - {None}) > 1:
            raise ValueError(
                f"Shape mismatch: the axes that `dot` sums over differ. Received: x1.shape={a}, x2.shape={b}"
            )
        shape = (*a[:-1], *b[:-2], *(b[-1:] if len(b) > 1 else ()))
    return KerasTensor(shape, _dtype_of(x1, x2))


@operation(output_spec=_dot_spec)
def dot(x1: Any, x2: Any) -> torch.Tensor:
    """Sum over the last axis of ``x1`` and the second to last (or only) one of ``x2``; with a scalar, the product.

    Raises:
        ValueError: with symbolic inputs, sizes that do not fit.
        RuntimeError: with tensors, likewise.

    Example:
        >>> dot(torch.tensor([1, 2]), torch.tensor([3, 4])), dot(torch.tensor([1, 2]), 3)
        (tensor(11), tensor([3, 6]))
    """
    x1, x2 = as_pair(x1, x2)
    if x1.ndim == 0 or x2.ndim == 0:
        return x1 * x2
    axes = ([x1.ndim - 1], [max(x2.ndim - 2, 0)])
    return _contract(lambda a, b: torch.tensordot(a, b, dims=axes), x1, x2)


def _tensordot_axes(a: Shape, b: Shape, axes: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if isinstance(axes, (int, np.integer)):
        return tuple(range(len(a) - axes, len(a))), tuple(range(axes))
    first, second = (normalize_axes(x, n) for x, n in zip(axes, (len(a), len(b)), strict=True))
    if len(first) != len(second):
        raise ValueError(f"`axes` must name as many axes of `x1` as of `x2`. Received: axes={axes}")
    return first, second


def _tensordot_spec(x1: Any, x2: Any, axes: Any = 2) -> KerasTensor:
    a, b = static_shape(x1), static_shape(x2)
    first, second = _tensordot_axes(a, b, axes)
    if any(None not in (a[i], b[j]) and a[i] != b[j] for i, j in zip(first, second, strict=True)):
        raise ValueError(
            f"The axes that `tensordot` sums over differ. Received: x1.shape={a}, x2.shape={b}, axes={axes}"
        )
    shape = [s for i, s in enumerate(a) if i not in first] + [s for i, s in enumerate(b) if i not in second]
    return KerasTensor(shape, _dtype_of(x1, x2))


@operation(output_spec=_tensordot_spec)
def tensordot(x1: Any, x2: Any, axes: int | Sequence[Any] = 2) -> torch.Tensor:
    """Sum of products over axes of both.

    Args:
        x1: Tensor of any shape.
        x2: Tensor of any shape.
        axes: How many: the last of ``x1`` with the first of ``x2``; or two lists, of axes of each.

    Raises:
        ValueError: an axis does not exist; with symbolic inputs, sizes that do not fit.
        RuntimeError: with tensors, sizes that do not fit.

    Example:
        >>> tensordot(torch.ones(2, 3), torch.ones(3, 4), axes=1).shape
        torch.Size([2, 4])
    """
    x1, x2 = as_pair(x1, x2)
    dims = _tensordot_axes(x1.shape, x2.shape, axes)
    return _contract(lambda a, b: torch.tensordot(a, b, dims=dims), x1, x2)


def _einsum_spec(subscripts: str, *operands: Any, **kwargs: Any) -> KerasTensor:
    probes = [probe(x) for x in operands]
    dtype = _result_of_bytes(*probes) or (as_pair(*probes) if len(probes) > 1 else probes)[0].dtype
    return KerasTensor(einsum_shape(subscripts, [static_shape(x) for x in operands]), standardize_dtype(dtype))


@operation(output_spec=_einsum_spec)
def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> torch.Tensor:
    """Sum of products by Einstein's convention: equal letters multiply, letters that the result lacks are summed.

    Args:
        subscripts: Letters of the axes, as ``"ij,jk->ik"``; an ellipsis for axes that broadcast.
        *operands: The tensors; they come to one dtype first, two int8 tensors to int32.
        **kwargs: ``optimize``, which changes nothing: torch chooses the order of the products itself.

    Raises:
        TypeError: another keyword argument.
        ValueError: with symbolic operands, subscripts that do not fit.
        RuntimeError: with tensors, likewise.

    Example:
        >>> einsum("ij,ij->i", torch.tensor([[1, 2], [3, 4]]), torch.tensor([[1, 1], [2, 2]]))
        tensor([ 3, 14])
    """
    if set(kwargs) - {"optimize"}:
        raise TypeError(
            f"einsum() got unexpected keyword arguments {sorted(set(kwargs) - {'optimize'})}; it takes `optimize` only."
        )
    given = [x if weak_dtype(x) is not None else convert_to_tensor(x) for x in operands]
    tensors = as_pair(*given) if len(given) > 1 else (convert_to_tensor(operands[0]),)
    equation = subscripts.replace(" ", "")
    return _contract(lambda *x: torch.einsum(equation, *x), *_on_one_device(*tensors), result=_result_of_bytes(*given))


def _inner_spec(x1: Any, x2: Any) -> KerasTensor:
    a, b = static_shape(x1), static_shape(x2)
    if a and b and None not in (a[-1], b[-1]) and a[-1] != b[-1]:
        raise ValueError(
            f"The last dimension of both operands of `inner` must be the same. Received: x1.shape={a}, x2.shape={b}"
        )
    return KerasTensor(a[:-1] + b[:-1] if a and b else a or b, _dtype_of(x1, x2))


@operation(output_spec=_inner_spec)
def inner(x1: Any, x2: Any) -> torch.Tensor:
    """Sum of products over the last axis of both; with a scalar, the product.

    Raises:
        ValueError: with symbolic inputs, sizes that do not fit.
        RuntimeError: with tensors, likewise.

    Example:
        >>> inner(torch.tensor([1, 2]), torch.tensor([3, 4]))
        tensor(11)
    """
    x1, x2 = as_pair(x1, x2)
    return x1 * x2 if x1.ndim == 0 or x2.ndim == 0 else _contract(torch.inner, x1, x2)


@operation
def outer(x1: Any, x2: Any) -> torch.Tensor:
    """Products of every element of ``x1`` with every element of ``x2``, both flattened.

    Example:
        >>> outer(torch.tensor([1, 2]), torch.tensor([3, 4]))
        tensor([[3, 4],
                [6, 8]])
    """
    x1, x2 = _on_one_device(*as_pair(x1, x2))
    return torch.outer(x1.reshape(-1), x2.reshape(-1))


def _vdot_spec(x1: Any, x2: Any) -> KerasTensor:
    return KerasTensor((), _dtype_of(x1, x2))


@operation(output_spec=_vdot_spec)
def vdot(x1: Any, x2: Any) -> torch.Tensor:
    """Sum of products of all elements, those of ``x1`` conjugated.

    Raises:
        RuntimeError: the numbers of elements differ.

    Example:
        >>> vdot(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
        tensor(11.)
    """
    x1, x2 = as_pair(x1, x2)
    return _contract(torch.vdot, x1.reshape(-1), x2.reshape(-1))


@operation
def kron(x1: Any, x2: Any) -> torch.Tensor:
    """Kronecker product: blocks of ``x2``, each scaled by an element of ``x1``.

    Example:
        >>> kron(torch.tensor([1, 2]), torch.tensor([1, 1]))
        tensor([1, 1, 2, 2])
    """
    return torch.kron(*_on_one_device(*as_pair(x1, x2)))


def _cross_spec(
    x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> KerasTensor:
    if axis is not None:
        axisa = axisb = axisc = axis
    shapes = [list(static_shape(x)) for x in (x1, x2)]
    sizes = [shape.pop(normalize_axis(a, len(shape))) for shape, a in zip(shapes, (axisa, axisb), strict=True)]
    if any(size not in (2, 3, None) for size in sizes):
        raise ValueError(
            "`cross` takes vectors of 2 or 3 elements. "
            f"Received: x1.shape={static_shape(x1)}, x2.shape={static_shape(x2)}"
        )
    shape = list(broadcast_shapes(*shapes))
    if sizes != [2, 2]:
        shape.insert(normalize_axis(axisc, len(shape) + 1), None if None in sizes and 3 not in sizes else 3)
    return KerasTensor(shape, _dtype_of(x1, x2))


@operation(output_spec=_cross_spec)
def cross(x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> torch.Tensor:
    """Cross product of vectors of 3 elements, or of 2 as vectors whose third is 0.

    Args:
        x1: First operand.
        x2: Second operand, which broadcasts with the first.
        axisa: Axis of the vectors of ``x1``.
        axisb: Axis of the vectors of ``x2``.
        axisc: Axis of the vectors of the result; two vectors of 2 elements give their third component alone.
        axis: All three at once.

    Raises:
        ValueError: the vectors have neither 2 nor 3 elements, or an axis does not exist.

    Example:
        >>> cross(torch.tensor([1, 0, 0]), torch.tensor([0, 1, 0])), cross(torch.tensor([1, 0]), torch.tensor([0, 1]))
        (tensor([0, 0, 1]), tensor(1))
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    x1, x2 = as_pair(convert_to_tensor(x1), convert_to_tensor(x2))
    vectors = [torch.movedim(x, normalize_axis(a, x.ndim), -1) for x, a in ((x1, axisa), (x2, axisb))]
    sizes = [v.shape[-1] for v in vectors]
    if any(size not in (2, 3) for size in sizes):
        raise ValueError(
            "`cross` takes vectors of 2 or 3 elements. "
            f"Received: x1.shape={tuple(x1.shape)}, x2.shape={tuple(x2.shape)}"
        )
    first, second = (torch.nn.functional.pad(v, (0, 3 - v.shape[-1])) for v in vectors)
    product = torch.linalg.cross(*torch.broadcast_tensors(first, second))
    return product[..., 2] if sizes == [2, 2] else torch.movedim(product, -1, axisc)
