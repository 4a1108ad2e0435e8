"""What the functions of the old backend accept, as torch tensors; sizes that may be tensors, as ints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch

from torchkeras_compat import config
from torchkeras_compat.device import is_inferring_shapes
from torchkeras_compat.dtypes.names import TORCH_DTYPES
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.operands import as_pair
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation
from torchkeras_compat.variable_base import VariableBase

F = TypeVar("F", bound=Callable[..., Any])


def recorded(output_spec: Callable[..., Any]) -> Callable[[F], F]:
    """Return `operation` for functions whose results have a shape that only values tell.

    Args:
        output_spec: Function of the same arguments that returns what is known: KerasTensors.
    """
    decorate: Callable[[F], F] = operation(output_spec=output_spec)
    return decorate


def tensor(x: Any, dtype: Any = None) -> torch.Tensor:
    """Return a tensor, array, Variable, number or nested lists of these as a tensor.

    Args:
        x: The values. While shapes are inferred, those of Variables count as unknown, like those of everything else.
        dtype: Of the result; None keeps that of ``x``.

    Raises:
        ValueError: ``x`` cannot become a tensor.

    Example:
        >>> tensor([1.0, 2.0])
        tensor([1., 2.])
    """
    values: torch.Tensor = convert_to_tensor(x, dtype)
    if is_inferring_shapes() and not values.is_meta and (isinstance(x, VariableBase) or values.is_floating_point()):
        values = values.to("meta")  # sizes, which are integers, stay known
    return values


def floats(x: Any) -> torch.Tensor:
    """Return ``x`` as a floating point tensor: integers and booleans become floatx.

    Example:
        >>> floats([True, False])
        tensor([1., 0.])
    """
    values = tensor(x)
    return values if values.is_floating_point() or values.is_complex() else values.to(TORCH_DTYPES[config.floatx()])


def pair(x: Any, y: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return two operands as tensors of one dtype; a number takes that of the other.

    Example:
        >>> pair(torch.ones(1), 2)
        (tensor([1.]), tensor(2.))
    """
    first, second = as_pair(*(tensor(value) if isinstance(value, VariableBase) else value for value in (x, y)))
    return first, second


def sizes(shape: Any) -> tuple[int, ...]:
    """Return a shape given as numbers, as tensors of one number each, or as one tensor, as ints.

    Raises:
        TypeError: it is not a sequence, or holds something else, such as None.

    Example:
        >>> sizes((torch.tensor(2), 3)), sizes(torch.tensor([4, 5]))
        ((2, 3), (4, 5))
    """
    if isinstance(shape, torch.Tensor):
        return tuple(int(size) for size in shape.reshape(-1).tolist())
    if isinstance(shape, VariableBase):
        return sizes(shape.value)
    if not hasattr(shape, "__iter__"):
        raise TypeError(f"A shape is a sequence of ints. Received: {shape!r}. Use ({shape},) for one axis.")
    try:
        return tuple(int(size) for size in shape)
    except TypeError as error:
        raise TypeError(
            f"A shape must say all its sizes here. Received: {shape!r}. Use `K.shape(x)[0]` for a size that is known"
            " only"
            " when data comes."
        ) from error


def _shape_vector_spec(x: Any) -> KerasTensor:
    return KerasTensor((len(x.shape),), "int32")


@recorded(_shape_vector_spec)
def shape_vector(x: Any) -> torch.Tensor:
    """Return the sizes of a tensor as a tensor of int32, on the CPU where they can be read.

    Example:
        >>> shape_vector(torch.zeros(2, 3))
        tensor([2, 3], dtype=torch.int32)
    """
    return torch.tensor(tuple(x.shape), dtype=torch.int32, device="cpu")


def known_sizes(shape: Any) -> tuple[int | None, ...]:
    """Return what is known of a shape while a graph is recorded: None where only data tells a size.

    Args:
        shape: Ints and recorded tensors of one number each, or one recorded tensor.

    Raises:
        ValueError: even the number of axes is not known.
    """
    if not isinstance(shape, KerasTensor):
        return tuple(known_size(size) for size in (shape if hasattr(shape, "__iter__") else (shape,)))
    found = _sizes_behind(shape)
    if found is not None:
        return found
    number: int | None = shape.shape[0] if len(shape.shape) == 1 else None
    if number is None:
        raise ValueError(f"A recorded shape is a tensor of one axis of known length. Received: {shape!r}")
    return (None,) * number


def known_size(size: Any) -> int | None:
    """Return a size that is known while a graph is recorded, else None."""
    if not isinstance(size, KerasTensor):
        return None if size is None else int(size)
    call = _call_behind(size)
    if call is not None and call[0] == "get_item":
        vector = _sizes_behind(call[1][0])
        return None if vector is None or not isinstance(call[1][1], int) else vector[call[1][1]]
    return None


def _call_behind(x: KerasTensor) -> tuple[str, tuple[Any, ...]] | None:
    """Return the name of the function that a recorded tensor comes from, and its arguments."""
    function = None if x.node is None else getattr(x.node.operation, "function", None)
    return None if function is None or x.node is None else (getattr(function, "__name__", ""), x.node.args)


def _sizes_behind(x: Any) -> tuple[int | None, ...] | None:
    call = _call_behind(x) if isinstance(x, KerasTensor) else None
    if call is None:
        return None
    if call[0] == shape_vector.__name__:
        known: tuple[int | None, ...] = tuple(call[1][0].shape)
        return known
    if call[0] == "get_item" and isinstance(call[1][1], slice):
        vector = _sizes_behind(call[1][0])
        return None if vector is None else vector[call[1][1]]
    return None


def normalized_axis(axis: int, rank: int) -> int:
    """Return an axis counted from the front.

    Raises:
        ValueError: there is no such axis.

    Example:
        >>> normalized_axis(-1, 3)
        2
    """
    if not -rank <= axis < rank:
        raise ValueError(f"There is no axis {axis} in a tensor of {rank} axes.")
    return axis % rank
