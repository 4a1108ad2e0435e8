"""Elements of different shapes, padded to one."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.elements.structures import flatten, is_node, pack
from torchkeras_compat.dialects.tensorflow.elements.values import absorbed_leaf, is_composite, is_strings
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.shapes import TensorShape, TensorSpec


def padded(elements: list[Any], shapes: Any = None, values: Any = None) -> Any:
    """Return elements as a batch, padded at the end of each axis.

    Args:
        elements: Elements of one structure.
        shapes: A shape for each leaf, with None or -1 for the longest; None for that everywhere.
        values: A value for each leaf, or one for all; None for zeros and empty strings.

    Raises:
        ValueError: shapes or values of another structure, another number of axes, or an element longer than its shape.

    Example:
        >>> padded([torch.tensor([1]), torch.tensor([2, 3])], values=-1)
        tensor([[ 1, -1],
                [ 2,  3]])
    """
    first = elements[0]
    columns = list(zip(*map(flatten, elements), strict=True))
    wanted = up_to(first, shapes, "padded_shapes") if shapes is not None else [None] * len(columns)
    fills = up_to(first, values, "padding_values") if is_node(values) else [values] * len(columns)
    batches = [
        _padded_leaves(number, leaves, shape, fill)
        for number, (leaves, shape, fill) in enumerate(zip(columns, wanted, fills, strict=True))
    ]
    return pack(first, iter(batches))


def up_to(element: Any, given: Any, name: str) -> list[Any]:
    """Return what was given for each leaf of an element, in the order of :func:`flatten`.

    Raises:
        ValueError: it has another structure.
    """
    if isinstance(element, dict):
        if not isinstance(given, dict) or given.keys() != element.keys():
            raise ValueError(f"`{name}` must have the keys of an element, {sorted(element)}. Received: {given!r}")
        return [leaf for key in sorted(element) for leaf in up_to(element[key], given[key], name)]
    if isinstance(element, tuple):
        if not isinstance(given, (tuple, list)) or len(given) != len(element):
            raise ValueError(
                f"`{name}` must have the structure of an element, a tuple of {len(element)}. Received: {given!r}"
            )
        return [leaf for part, other in zip(element, given, strict=True) for leaf in up_to(part, other, name)]
    return [given]


def padded_spec(spec: Any, shapes: Any) -> Any:
    """Return the specification of elements padded to shapes."""
    if shapes is None:
        return spec
    leaves = flatten(spec)
    wanted = up_to(spec, shapes, "padded_shapes")
    return pack(spec, iter([_spec_of(leaf, shape) for leaf, shape in zip(leaves, wanted, strict=True)]))


def _spec_of(spec: Any, shape: Any) -> Any:
    if shape is None or not isinstance(spec, TensorSpec) or getattr(shape, "rank", 0) is None:
        return spec
    sizes = shape if hasattr(shape, "__iter__") else [shape]
    return TensorSpec(TensorShape([None if size is None or int(size) < 0 else int(size) for size in sizes]), spec.dtype)


def _padded_leaves(component: int, leaves: tuple[Any, ...], shape: Any, fill: Any) -> Any:
    if is_composite(leaves[0]):
        raise TypeError(f"`padded_batch` takes dense tensors only. Received {type(leaves[0]).__name__} elements.")
    rank = leaves[0].ndim
    if any(leaf.ndim != rank for leaf in leaves):
        raise InvalidArgumentError(
            f"All elements of component {component} must have one number of axes to be padded. Received shapes "
            f"{sorted({tuple(leaf.shape) for leaf in leaves})}."
        )
    longest = [max(leaf.shape[axis] for leaf in leaves) for axis in range(rank)]
    sizes = longest if shape is None else _sizes(shape, longest, component)
    if is_strings(leaves[0]):
        text = b"" if fill is None else absorbed_leaf(fill)[()]
        return np.stack([_filled(np.full(sizes, text, object), leaf) for leaf in leaves])
    value = 0 if fill is None else absorbed_leaf(fill)
    if isinstance(value, torch.Tensor) and value.dtype.is_floating_point and not leaves[0].dtype.is_floating_point:
        raise TypeError(
            f"`padding_values` of component {component} must be of dtype {leaves[0].dtype}. Received {value.dtype}."
        )
    number = float(value) if leaves[0].dtype.is_floating_point else int(value)
    batch = torch.full((len(leaves), *sizes), number, dtype=leaves[0].dtype, device="cpu")
    for row, leaf in zip(batch, leaves, strict=True):
        row[tuple(map(slice, leaf.shape))] = leaf
    return batch


def _filled(array: Any, leaf: Any) -> Any:
    array[tuple(map(slice, leaf.shape))] = leaf
    return array


def _sizes(shape: Any, longest: list[int], component: int) -> list[int]:
    if getattr(shape, "rank", 0) is None:
        return longest
    wanted = [int(size) if size is not None else -1 for size in (shape if hasattr(shape, "__iter__") else [shape])]
    if len(wanted) != len(longest):
        raise ValueError(
            f"The padded shape {wanted} of component {component} has {len(wanted)} axes, and the elements have "
            f"{len(longest)}."
        )
    sizes = [have if want < 0 else want for want, have in zip(wanted, longest, strict=True)]
    if any(size < have for size, have in zip(sizes, longest, strict=True)):
        raise InvalidArgumentError(
            f"Attempted to pad to a smaller size than the input element: component {component} has elements of shape "
            f"up to {longest}, and its padded shape is {wanted}."
        )
    return sizes
