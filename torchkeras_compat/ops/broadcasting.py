"""Shapes of operands that broadcast together, with sizes that are not known yet."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import torch

from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, to_meta
from torchkeras_compat.symbolic.operation import operation
from torchkeras_compat.variable_base import VariableBase

F = TypeVar("F", bound=Callable)
Shape = tuple[int | None, ...]


def broadcast_shapes(*shapes: Sequence[int | None]) -> Shape:
    """Return the shape to which all ``shapes`` broadcast; a known size beside an unknown one wins unless it is 1.

    Raises:
        ValueError: two sizes of one axis differ, and neither is 1 or unknown.

    Example:
        >>> broadcast_shapes((None, 3), (2, None)), broadcast_shapes((None, 1), (1, 5))
        ((2, 3), (None, 5))
    """
    rank = max(map(len, shapes), default=0)
    result: list[int | None] = []
    for position in range(-rank, 0):
        sizes = {shape[position] for shape in shapes if len(shape) >= -position} - {1}
        known = {size for size in sizes if size is not None}
        if len(known) > 1:
            raise ValueError(
                f"Cannot broadcast shape {' with shape '.join(str(tuple(s)) for s in shapes)}: "
                f"the sizes {sorted(known)} meet at axis {position}."
            )
        result.append(known.pop() if known else None if sizes else 1)
    return tuple(result)


def element_count(shape: Sequence[int | None]) -> int | None:
    """Return the number of elements of a shape, None where a size is not known.

    Example:
        >>> element_count((2, 3)), element_count((None, 3))
        (6, None)
    """
    return math.prod(size for size in shape if size is not None) if None not in shape else None


def static_shape(x: Any) -> Shape:
    """Return the shape of anything that an op accepts, None for unknown sizes."""
    return tuple(x.shape) if hasattr(x, "shape") else np.shape(x)


# Every operator has a CPU kernel for them.
_COMMON_DTYPES = {
    name: to_torch_dtype(name) for name in ("float32", "float64", "float16", "bfloat16", "int32", "int64", "bool")
}


def probe(x: Any, shape: Sequence[int] = ()) -> Any:
    """Return a meta tensor of another shape and the dtype of ``x``; numbers and other values stay as they are.

    A scalar of a common dtype lies on the CPU: computing on meta tensors imports all of sympy (1 s, 60 MB).
    """
    if isinstance(x, KerasTensor) and not shape and x.dtype in _COMMON_DTYPES:
        return torch.ones((), dtype=_COMMON_DTYPES[x.dtype])
    if isinstance(x, KerasTensor):
        return to_meta(KerasTensor(shape, x.dtype), 1)
    if isinstance(x, (torch.Tensor, np.ndarray, list, tuple, VariableBase)):
        return torch.empty(tuple(shape), dtype=convert_to_tensor(x).dtype, device="meta")
    return x


def broadcasting_operation(function: F | None = None, *, tensors: Sequence[str] = ("x1", "x2")) -> Any:
    """Make an op of an elementwise function whose tensor arguments broadcast together.

    Args:
        function: Code on real or meta tensors, which computes one output.
        tensors: Names of the arguments that broadcast.

    Example:
        >>> @broadcasting_operation
        ... def plus(x1, x2):
        ...     return x1 + x2
        >>> plus(KerasTensor((None, 3)), KerasTensor((2, None))).shape
        (2, 3)
    """
    if function is None:
        return functools.partial(broadcasting_operation, tensors=tensors)
    signature = inspect.signature(function)

    def output_spec(*args: Any, **kwargs: Any) -> KerasTensor:
        arguments = signature.bind(*args, **kwargs).arguments
        operands = {name: arguments[name] for name in tensors if arguments.get(name) is not None}
        shape = broadcast_shapes(*map(static_shape, operands.values()))
        arguments.update({name: probe(x) for name, x in operands.items()})
        return KerasTensor(shape, standardize_dtype(function(**arguments).dtype))

    return operation(function, output_spec=output_spec)
