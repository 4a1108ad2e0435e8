"""Shapes read and changed."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow import known_values
from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import axes_of, axis_of, integer, integer_dtype, sizes, tensor
from torchkeras_compat.dialects.tensorflow.shapes import TensorShape
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.ops.broadcasting import static_shape
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@tensor_function(compares=("input",))
def shape(input: Any, out_type: Any = None, name: str | None = None) -> torch.Tensor:
    """Return the sizes of the axes of ``input`` as a tensor, on the CPU: int32, or ``out_type``.

    Example:
        >>> shape(torch.zeros(2, 3))
        <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 3], dtype=int32)>
    """
    dtype = torch.int32 if out_type is None else integer_dtype(out_type, "out_type")
    return torch.tensor(list(tensor(input).shape), dtype=dtype, device="cpu")


@tensor_function(compares=("input",))
def shape_n(input: Any, out_type: Any = "int32", name: str | None = None) -> list[torch.Tensor]:
    """Return the shape of each tensor of a list, as :func:`shape`."""
    dtype = integer_dtype(out_type, "out_type")
    return [torch.tensor(list(tensor(x).shape), dtype=dtype, device="cpu") for x in input]


@tensor_function(compares=("input",))
def size(input: Any, out_type: Any = None, name: str | None = None) -> torch.Tensor:
    """Return the number of elements, int32 or ``out_type``."""
    dtype = torch.int32 if out_type is None else integer_dtype(out_type, "out_type")
    return torch.tensor(math.prod(tensor(input).shape), dtype=dtype, device="cpu")


@tensor_function(compares=("input",))
def rank(input: Any, name: str | None = None) -> torch.Tensor:
    """Return the number of axes, as an int32 tensor."""
    return torch.tensor(tensor(input).ndim, dtype=torch.int32, device="cpu")


def _reshape_spec(tensor: Any, shape: Any, name: str | None = None) -> Any:
    """Where several sizes are open they need not be one number: the shape alone then tells that of the result."""
    try:
        return known_values.infer(reshape.__wrapped__, tensor, shape)  # type: ignore[attr-defined]
    except InvalidArgumentError:
        known, own = known_values.known_sizes(shape), static_shape(tensor)
        if known is None or None not in own:
            raise
        least = math.prod(size for size in own if size is not None)
        if None not in known and math.prod(size or 0 for size in known) % max(least, 1):
            raise
        return KerasTensor(known, standardize_dtype(tensor.dtype))


@tensor_function(strings=("tensor",), spec=_reshape_spec)
def reshape(tensor: Any, shape: Any, name: str | None = None) -> torch.Tensor:
    """Return the elements in another shape; one size may be -1.

    Raises:
        InvalidArgumentError: the number of elements differs, or two sizes are -1.
    """
    x, target = as_tensor(tensor), sizes(shape)
    if target.count(-1) > 1 or any(s < -1 for s in target):
        raise InvalidArgumentError(f"A shape holds sizes and at most one -1. Received: shape={target}")
    known = math.prod(s for s in target if s != -1)
    if (x.numel() != known) if -1 not in target else (known == 0 or x.numel() % known != 0):
        if not (-1 in target and known == 0 and x.numel() == 0):
            raise InvalidArgumentError(
                f"A tensor of shape {tuple(x.shape)} has {x.numel()} elements and cannot take shape {tuple(target)}."
            )
        rest = math.prod(s for s in x.shape if s) // max(math.prod(s for s in target if s > 0), 1)
        target = [rest if s == -1 else s for s in target]
    return x.reshape(target)


@tensor_function(strings=("input",), old={"dim": "axis"})
def expand_dims(input: Any, axis: Any, name: str | None = None) -> torch.Tensor:
    """Return the tensor with an axis of size 1 put in at ``axis``.

    Raises:
        InvalidArgumentError: ``axis`` does not lie in ``[-rank - 1, rank]``.
    """
    x = as_tensor(input)
    return x.unsqueeze(axis_of(axis, x.ndim + 1))


@tensor_function(strings=("input",), old={"squeeze_dims": "axis"})
def squeeze(input: Any, axis: Any = None, name: str | None = None) -> torch.Tensor:
    """Return the tensor without its axes of size 1, or without those named.

    Raises:
        InvalidArgumentError: an axis named has another size, or does not exist.
    """
    x = as_tensor(input)
    if axis is None or (isinstance(axis, (list, tuple)) and not axis):
        return x.squeeze()
    given = axes_of(axis, x.ndim)
    for a in given:
        if x.shape[a] != 1:
            raise InvalidArgumentError(
                f"`tf.squeeze` removes axes of size 1. Received: axis={a} of shape {tuple(x.shape)}."
            )
    return x.squeeze(given)


@tensor_function(strings=("input",))
def broadcast_to(input: Any, shape: Any, name: str | None = None) -> torch.Tensor:
    """Return the tensor repeated along axes of size 1, and along new axes in front.

    Raises:
        InvalidArgumentError: the shapes do not fit.
    """
    return as_tensor(input).broadcast_to(sizes(shape)).clone()


@tensor_function
def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> torch.Tensor:
    """Return the shape that two shapes broadcast to, as a tensor."""
    found = torch.broadcast_shapes(tuple(sizes(shape_x)), tuple(sizes(shape_y)))  # type: ignore[no-untyped-call]
    return torch.tensor(list(found), dtype=torch.int32, device="cpu")


@tensor_function
def ensure_shape(x: Any, shape: Any, name: str | None = None) -> torch.Tensor:
    """Return ``x``, whose shape must be ``shape``; None stands for any size.

    Raises:
        InvalidArgumentError: it has another shape.
    """
    found: torch.Tensor = as_tensor(x)
    wanted = shape.as_list() if hasattr(shape, "as_list") else shape
    if wanted is None:
        return found
    wanted = [None if s is None else integer(s, "shape") for s in wanted]
    if len(wanted) != found.ndim or any(w is not None and w != s for w, s in zip(wanted, found.shape)):
        shape = tuple(found.shape)
        raise InvalidArgumentError(f"Shape {shape} is not compatible with the expected shape {tuple(wanted)}.")
    return found


@tensor_function
def bitcast(input: Any, type: Any, name: str | None = None) -> torch.Tensor:
    """Return the bytes of ``input`` read as another dtype; the last axis appears or goes where sizes differ.

    Raises:
        InvalidArgumentError: the last axis does not make one element of the larger dtype.
    """
    x, dtype = as_tensor(input).contiguous(), to_torch_dtype(type)
    old, new = x.element_size(), torch.empty(0, dtype=dtype).element_size()
    if old == new:
        return x.view(dtype)
    if old > new:
        return x.unsqueeze(-1).view(dtype)
    if not x.ndim or x.shape[-1] != new // old:
        raise InvalidArgumentError(
            f"`tf.bitcast` from {old} to {new} bytes needs a last axis of size {new // old}. Received shape"
            f" {tuple(x.shape)}."
        )
    return x.view(dtype).squeeze(-1)


as_tensor = tensor  # `tensor` is an argument of TensorFlow's functions


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> Any:
    """Return the `TensorShape` that two shapes broadcast to.

    Raises:
        ValueError: they do not.
    """
    try:
        found = torch.broadcast_shapes(tuple(sizes(shape_x)), tuple(sizes(shape_y)))  # type: ignore[no-untyped-call]
    except RuntimeError as error:
        raise ValueError(f"Shapes {shape_x} and {shape_y} do not broadcast.") from error
    return TensorShape(found)
