"""What functions of TensorFlow accept, as torch tensors of the dtype that TensorFlow's rules give.

TensorFlow converts the first operand by itself, and the others to its dtype: numbers, lists and arrays follow, while
two tensors of different dtypes are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np
import torch

from torchkeras_compat.device import device
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.tensor import Tensor, plain_of
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.variable_base import VariableBase


def is_tensor(x: Any) -> bool:
    """Return whether ``x`` has a dtype of its own: a tensor or a variable."""
    return isinstance(x, (torch.Tensor, VariableBase))


def _plain(x: Any) -> torch.Tensor:
    """Return a tensor or variable as a plain torch tensor; a model's layers may hand on those of this dialect."""
    found: torch.Tensor = plain_of(x) if type(x) is Tensor else convert_to_tensor(x)
    return found


def tensor(x: Any, dtype: Any = None, place: torch.device | None = None) -> torch.Tensor:
    """Return ``x`` as a torch tensor.

    Args:
        x: Tensor, variable, array, number or nested lists of these.
        dtype: Dtype of the result; None for that of ``x``: int32 and float32 for Python numbers.
        place: Device of what is made; tensors stay where they are.

    Raises:
        TypeError: ``dtype`` cannot hold the numbers of a list.
        ValueError: ``x`` is a tensor of another dtype, or cannot become a tensor.

    Example:
        >>> tensor([1.0, 2.0])
        tensor([1., 2.])
    """
    if dtype is not None:
        dtype = to_torch_dtype(dtype)
    if is_tensor(x):
        found = _plain(x)
        if dtype is not None and found.dtype is not dtype:
            raise ValueError(
                f"A {standardize_dtype(dtype)} tensor is needed here. Received a tensor of dtype"
                f" {standardize_dtype(found.dtype)}. Use `tf.cast`."
            )
        return found
    if hasattr(x, "dtype"):
        return _made(x, dtype, place)
    found = _made(x, None if dtype is not None else _listed_dtype(x), place)
    if dtype is None or found.dtype is dtype:
        return found
    if _loses(found, dtype):
        raise TypeError(f"Cannot convert {_shown(x)} to a tensor of dtype {standardize_dtype(dtype)}.")
    return _made(x, dtype, place)


def _made(x: Any, dtype: Any, place: torch.device | None) -> torch.Tensor:
    # With a device sizes have values even while shapes are inferred, and so has what joins them.
    with nullcontext() if place is None else device(place):
        made: torch.Tensor = convert_to_tensor(x, dtype)
    return made


def _listed_dtype(x: Any) -> Any:
    """float32 for Python floats, whatever the setting of Keras says."""
    while isinstance(x, (list, tuple)) and x:
        x = x[0]
    return torch.float32 if type(x) is float else None


def _loses(found: torch.Tensor, dtype: torch.dtype) -> bool:
    """Whether numbers of Python do not become ``dtype`` by themselves: floats as ints, numbers as booleans."""
    if not found.numel():
        return False
    if dtype is torch.bool:
        return found.dtype is not torch.bool
    if found.is_complex():
        return not dtype.is_complex
    return found.is_floating_point() and not (dtype.is_floating_point or dtype.is_complex)


def _shown(x: Any) -> str:
    return f"{x!r:.60}" if isinstance(x, (bool, int, float, complex)) else f"a {type(x).__name__}"


def operands(x: Any, *others: Any) -> tuple[torch.Tensor, ...]:
    """Return operands as tensors of the dtype of the first of them.

    Raises:
        InvalidArgumentError: tensors of different dtypes meet.
        TypeError: the dtype cannot hold a number.

    Example:
        >>> operands(torch.tensor([1.0]), 2)
        (tensor([1.]), tensor(2.))
    """
    place: torch.device | None
    if is_tensor(x):
        first = tensor(x)
        place = first.device
    else:
        owner = next((other for other in others if is_tensor(other)), None)
        place = None if owner is None else tensor(owner).device
        first = tensor(x, place=place)
    return (first, *(_alike(other, first, place) for other in others))


def _alike(x: Any, first: torch.Tensor, place: torch.device | None) -> torch.Tensor:
    if not is_tensor(x):
        kind, dtype = type(x), first.dtype
        if (kind is int and dtype is not torch.bool) or (
            kind is float and (dtype.is_floating_point or dtype.is_complex)
        ):
            return torch.scalar_tensor(x, dtype=first.dtype, device="cpu")  # meets tensors of any device
        return tensor(x, first.dtype, place)
    found = _plain(x)
    if found.dtype is not first.dtype:
        raise InvalidArgumentError(
            f"Operands must have one dtype. Received: {standardize_dtype(first.dtype)} and"
            f" {standardize_dtype(found.dtype)}. Cast one with `tf.cast`."
        )
    return found


def floats(x: Any, name: str, complex: bool = True) -> torch.Tensor:
    """Return ``x`` as a floating point or complex tensor.

    Args:
        x: Tensor, array, number or nested lists.
        name: The function, for the message.
        complex: Whether complex numbers are accepted.

    Raises:
        InvalidArgumentError: it holds integers or booleans: these functions do not convert them.
    """
    return check_floats(tensor(x), name, complex)


def check_floats(x: torch.Tensor, name: str, complex: bool = True) -> torch.Tensor:
    """Return ``x`` if it is floating point, or complex where accepted; see :func:`floats`."""
    if x.is_floating_point() or (complex and x.is_complex()):
        return x
    raise InvalidArgumentError(
        f"`tf.{name}` takes floating point {'or complex ' if complex else ''}numbers. Received dtype"
        f" {standardize_dtype(x.dtype)}. Use `tf.cast(x, tf.float32)`."
    )


def numbers(x: Any, name: str) -> torch.Tensor:
    """Return ``x`` as a tensor that is not boolean.

    Raises:
        InvalidArgumentError: it is.
    """
    found = tensor(x)
    if found.dtype is torch.bool:
        raise InvalidArgumentError(
            f"`tf.{name}` takes numbers. Received dtype bool. Use `tf.cast(x, tf.int32)`, or `tf.cast(x, tf.float32)`."
        )
    return found


def booleans(x: Any, name: str) -> torch.Tensor:
    """Return ``x`` as a boolean tensor.

    Raises:
        InvalidArgumentError: it is a tensor of another dtype.
        TypeError: it holds numbers.
    """
    if is_tensor(x):
        found = _plain(x)
        if found.dtype is not torch.bool:
            raise InvalidArgumentError(
                f"`tf.{name}` takes booleans. Received dtype {standardize_dtype(found.dtype)}. Use"
                " `tf.cast(x, tf.bool)`."
            )
        return found
    return tensor(x, torch.bool)


def sizes(shape: Any, name: str = "shape") -> list[int]:
    """Return a shape as a list of ints.

    Args:
        shape: An int, a one-dimensional tensor or array, or a sequence of ints and tensors without axes.
        name: The argument, for messages.

    Raises:
        TypeError: a size is not an integer.

    Example:
        >>> sizes([torch.tensor(2), 3])
        [2, 3]
    """
    if hasattr(shape, "as_list") and not is_tensor(shape):
        shape = shape.as_list()
    if is_tensor(shape):
        shape = _plain(shape).tolist()
    elif isinstance(shape, np.ndarray):
        shape = shape.tolist()
    if not isinstance(shape, (list, tuple, range, torch.Size)):
        shape = [shape]
    return [integer(size, name) for size in shape]


def integer(x: Any, name: str) -> int:
    """Return an int given as a number, an array or a tensor of one element.

    Raises:
        TypeError: it is not an integer.
    """
    if is_tensor(x):
        x = _plain(x)
        x = x.item() if x.numel() == 1 else x
    elif isinstance(x, np.ndarray) and x.size == 1:
        x = x.item()
    elif hasattr(x, "value") and not isinstance(x, (int, np.integer)):  # a Dimension of TensorFlow 1
        x = x.value
    if isinstance(x, bool) or not isinstance(x, (int, np.integer)):
        raise TypeError(f"Argument `{name}` takes integers. Received: {x!r:.80} of type {type(x).__name__}")
    return int(x)


def axes_of(axis: Any, ndim: int, name: str = "axis") -> tuple[int, ...]:
    """Return axes counted from the front; None for all of them.

    Raises:
        InvalidArgumentError: an axis does not exist.

    Example:
        >>> axes_of(-1, 3), axes_of(None, 2)
        ((2,), (0, 1))
    """
    if axis is None:
        return tuple(range(ndim))
    given = sizes(axis, name)
    return tuple(axis_of(a, ndim, name) for a in given)


def axis_of(axis: Any, ndim: int, name: str = "axis") -> int:
    """Return an axis counted from the front.

    Raises:
        InvalidArgumentError: it does not exist.
    """
    found = integer(axis, name)
    if not -ndim <= found < ndim:
        raise InvalidArgumentError(f"`{name}` must lie in [{-ndim}, {ndim}) for {ndim} axes. Received: {found}")
    return found % ndim


def integer_dtype(dtype: Any, name: str) -> torch.dtype:
    """Return torch's dtype of an argument that takes int32 or int64.

    Raises:
        TypeError: it is another one.
    """
    found = to_torch_dtype(dtype)
    if found not in (torch.int32, torch.int64):
        raise TypeError(f"Argument `{name}` must be tf.int32 or tf.int64. Received: {standardize_dtype(dtype)}")
    return found


def choose(value: Any, options: dict[str, Callable[..., Any]] | tuple[str, ...], name: str) -> str:
    """Return the option that ``value`` names in any case.

    Raises:
        ValueError: it names none.
    """
    for option in options:
        if isinstance(value, str) and option.lower() == value.lower():
            return option
    raise ValueError(f"Argument `{name}` must be one of {', '.join(options)}. Received: {value!r}")


def check_indices(index: torch.Tensor, size: int, name: str) -> None:
    """Refuse indices outside ``[0, size)``; on an accelerator, where looking would wait, they are left to torch.

    Raises:
        InvalidArgumentError: one lies outside.
    """
    if index.device.type != "cpu" or not index.numel():
        return
    least, greatest = index.min().item(), index.max().item()
    if least < 0 or greatest >= size:
        raise InvalidArgumentError(
            f"`tf.{name}`: index {least if least < 0 else greatest} does not lie in [0, {size})."
        )
