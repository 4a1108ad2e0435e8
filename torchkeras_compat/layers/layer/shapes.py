"""Shapes in the nestings that layers take and give, and the KerasTensors of such shapes."""

from __future__ import annotations

from typing import Any, TypeGuard

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.shapes import open_batch
from torchkeras_compat.typing import Shape, Shapes, Tensors
from torchkeras_compat.variables import Variable


def as_shape(value: Any) -> Shapes:
    """Return a shape as a file stores it (lists) as tuples, in lists and dicts where it is nested."""
    if isinstance(value, dict):
        return {k: as_shape(v) for k, v in value.items()}
    if _is_nested(value):
        return [as_shape(v) for v in value]
    return tuple(value) if isinstance(value, list) else value


def symbolic(shape: Shapes, dtype: Any = "float32") -> Tensors:
    """Return KerasTensors of the shapes in a nested structure."""
    if isinstance(shape, dict):
        return {k: symbolic(v, dtype) for k, v in shape.items()}
    if _is_nested(shape):
        parts = (symbolic(s, dtype) for s in shape)
        return tuple(parts) if isinstance(shape, tuple) else list(parts)
    sizes: Any = shape
    return None if shape is None else KerasTensor(sizes, dtype)


def _is_nested(shape: Shapes) -> TypeGuard[list[Shapes] | tuple[Shapes, ...]]:
    return isinstance(shape, (list, tuple)) and any(isinstance(s, (list, tuple, dict)) for s in shape)


def holds_tensor(value: Any) -> bool:
    if isinstance(value, (torch.Tensor, KerasTensor)):
        return True
    return any(isinstance(x, (torch.Tensor, KerasTensor)) for x in pytree.tree_leaves(value))


def shapes_of(value: Tensors) -> Shapes:
    """Return the shapes of a nested structure of tensors."""
    if isinstance(value, (torch.Tensor, KerasTensor, Variable)):
        return tuple(value.shape)
    if isinstance(value, dict):
        return {k: shapes_of(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(shapes_of, value)) if type(value) in (list, tuple) else [shapes_of(v) for v in value]
    return None


def with_open_batch(shapes: Shapes) -> Shapes:
    """Return shapes met during shape inference with None in place of the batch size that stands for any."""
    if isinstance(shapes, dict):
        return {k: with_open_batch(v) for k, v in shapes.items()}
    parts: Any = shapes
    if isinstance(shapes, (list, tuple)) and any(isinstance(s, (list, tuple, dict)) for s in shapes):
        opened: Shapes = type(parts)(map(with_open_batch, parts))
        return opened
    return open_batch(parts) if shapes else shapes


def input_shape_argument(kwargs: dict[str, Any], kind: str) -> Shape | None:
    """Take the input shape, in any of its spellings, out of ``kwargs``; batch axis first."""
    batch_size = kwargs.pop("batch_size", None) if {"input_shape", "input_dim"} & kwargs.keys() else None
    for key in ("batch_input_shape", "batch_shape"):
        if key in kwargs:
            return tuple(kwargs.pop(key))
    if "input_shape" in kwargs:
        shape = kwargs.pop("input_shape")
        if not isinstance(shape, (list, tuple)):
            raise ValueError(
                f"`input_shape` of {kind} is a tuple without the batch axis. Received: {shape!r}. Use ({shape},)."
            )
        kwargs.pop("input_dim", None)
        return (batch_size, *shape)
    if "input_dim" in kwargs:
        length = kwargs.pop("input_length", None)
        dim = kwargs.pop("input_dim")
        return (batch_size, dim) if length is None else (batch_size, length, dim)
    return None
