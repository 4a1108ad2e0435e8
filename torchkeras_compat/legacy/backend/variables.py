"""Variables, constants, and their values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat import config, random
from torchkeras_compat.device import current_device, is_inferring_shapes
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.legacy.backend.creation import keep, made_before
from torchkeras_compat.legacy.backend.operands import known_sizes, recorded, sizes, tensor
from torchkeras_compat.ops.conversion import convert_to_numpy, convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, any_symbolic
from torchkeras_compat.symbolic.operation import operation
from torchkeras_compat.variable_base import VariableBase
from torchkeras_compat.variables import Variable


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Variable:
    """Return a variable, in floatx unless a dtype is given.

    Args:
        value: Number, array or tensor: the values at first, which are copied.
        dtype: None for floatx, also for integers.
        name: Unique by default.
        constraint: Function applied to the values after an update by an optimizer.

    Raises:
        ValueError: ``value`` is a recorded tensor, or cannot become a tensor.

    Example:
        >>> variable(1).dtype, variable([1, 2], dtype="int32").dtype
        ('float32', 'int32')

    Source: Keras 2.3 API, backend.variable.
    """
    if isinstance(value, KerasTensor):
        raise ValueError(
            f"A variable begins with values, and {value!r} has none. Use `K.update(variable, tensor)` to set it in a"
            " run."
        )
    before = made_before()
    if before is not None:
        return before  # type: ignore[no-any-return]
    if isinstance(value, torch.Tensor) and value.is_sparse:
        value = value.to_dense()
    kind = dtype or config.floatx()
    values = convert_to_tensor(value, kind).detach().clone()
    made = Variable(values, dtype=kind, name=_plain(name))
    if constraint is not None:
        made.constraint = constraint
    keep(made)
    return made


def _plain(name: Any) -> str | None:
    """Return a name as variables have it: of TensorFlow's, ``scope/name:0``, the last part."""
    return None if name is None else re.sub(r":\d+$", "", str(name)).rpartition("/")[2] or None


def constant(
    value: Any, dtype: Any = None, shape: Sequence[int] | None = None, name: str | None = None
) -> torch.Tensor:
    """Return a tensor, in floatx unless a dtype is given.

    Args:
        value: Number, nested lists or array.
        dtype: None for floatx.
        shape: Shape of the result; one number fills it.
        name: Kept for Keras's signature.

    Raises:
        ValueError: the values do not fit the shape.

    Example:
        >>> constant(3, shape=(2,))
        tensor([3., 3.])

    Source: Keras 2.3 API, backend.constant.
    """
    values = tensor(value, dtype or config.floatx())
    if shape is None:
        return values
    wanted = sizes(shape)
    number = int(np.prod(wanted))
    if values.numel() == 1:
        return values.reshape(()).expand(wanted).clone()
    if values.numel() != number:
        raise ValueError(f"A constant of shape {wanted} has {number} values. Received: {values.numel()}")
    return values.reshape(wanted)


def _filled_spec(shape: Any, fill: float, dtype: Any) -> KerasTensor:
    return KerasTensor(known_sizes(shape), dtype)


@recorded(_filled_spec)
def _filled(shape: Any, fill: float, dtype: Any) -> torch.Tensor:
    return torch.full(sizes(shape), fill, dtype=to_torch_dtype(dtype), device=current_device())


def _variable_of(shape: Any, fill: float, dtype: Any, name: str | None) -> Any:
    kind = dtype or config.floatx()
    if any_symbolic((shape,)) or is_inferring_shapes():
        return _filled(shape, fill, kind)
    return variable(_filled(shape, fill, kind), kind, name)


def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Return a variable of zeros; a tensor where a size is recorded.

    Args:
        shape: Sizes.
        dtype: None for floatx.
        name: Unique by default.

    Example:
        >>> zeros((2,)).numpy()
        array([0., 0.], dtype=float32)

    Source: Keras 2.3 API, backend.zeros.
    """
    return _variable_of(shape, 0.0, dtype, name)


def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Return a variable of ones; see :func:`zeros`.

    Example:
        >>> ones((2,)).numpy()
        array([1., 1.], dtype=float32)
    """
    return _variable_of(shape, 1.0, dtype, name)


def eye(size: Any, dtype: Any = None, name: str | None = None) -> Variable:
    """Return a variable that holds an identity matrix.

    Args:
        size: Rows, or rows and columns.
        dtype: None for floatx.
        name: Unique by default.

    Example:
        >>> eye(2).numpy().tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    rows, columns = size if isinstance(size, (tuple, list)) else (size, size)
    return variable(torch.eye(int(rows), int(columns), device="cpu"), dtype, name)


@operation
def zeros_like(x: Any, dtype: Any = None, name: str | None = None) -> torch.Tensor:
    """Return zeros of the shape of a tensor.

    Args:
        x: Tensor.
        dtype: None for that of ``x``.
        name: Kept for Keras's signature.

    Example:
        >>> zeros_like(torch.ones(2))
        tensor([0., 0.])
    """
    return torch.zeros_like(tensor(x), dtype=None if dtype is None else to_torch_dtype(dtype)).detach()


@operation
def ones_like(x: Any, dtype: Any = None, name: str | None = None) -> torch.Tensor:
    """Return ones of the shape of a tensor; see :func:`zeros_like`.

    Example:
        >>> ones_like(torch.zeros(2))
        tensor([1., 1.])
    """
    return torch.ones_like(tensor(x), dtype=None if dtype is None else to_torch_dtype(dtype)).detach()


def random_uniform_variable(
    shape: Any, low: float, high: float, dtype: Any = None, name: str | None = None, seed: int | None = None
) -> Variable:
    """Return a variable of numbers drawn evenly from ``[low, high)``.

    Args:
        shape: Sizes.
        low: Lower end.
        high: Upper end.
        dtype: None for floatx.
        name: Unique by default.
        seed: An int for the same numbers each time.

    Example:
        >>> random_uniform_variable((2, 3), 0.0, 1.0).shape
        (2, 3)
    """
    kind = dtype or config.floatx()
    return variable(random.uniform(sizes(shape), low, high, dtype=kind, seed=seed), kind, name)


def random_normal_variable(
    shape: Any, mean: float, scale: float, dtype: Any = None, name: str | None = None, seed: int | None = None
) -> Variable:
    """Return a variable of numbers from a normal distribution.

    Args:
        shape: Sizes.
        mean: Mean.
        scale: Standard deviation.
        dtype: None for floatx.
        name: Unique by default.
        seed: An int for the same numbers each time.

    Example:
        >>> random_normal_variable((2, 3), 0.0, 1.0).shape
        (2, 3)
    """
    kind = dtype or config.floatx()
    return variable(random.normal(sizes(shape), mean, scale, dtype=kind, seed=seed), kind, name)


def get_value(x: Any) -> Any:
    """Return the values of a variable or tensor as a NumPy array, or number if it has no axes; else ``x`` itself.

    Example:
        >>> get_value(variable(2.0))
        np.float32(2.0)
    """
    if not isinstance(x, (VariableBase, torch.Tensor)):
        return x
    array = np.array(convert_to_numpy(x))
    return array if array.ndim else array[()]


def batch_get_value(tensors: Any) -> list[Any]:
    """Return the values of several variables.

    Example:
        >>> batch_get_value([variable(1.0), variable(2.0)])
        [np.float32(1.0), np.float32(2.0)]
    """
    return [get_value(x) for x in tensors]


def set_value(x: Any, value: Any) -> None:
    """Set a variable, from a number or an array.

    Args:
        x: Variable, or a tensor, of which the values are changed in place.
        value: Of its shape.

    Raises:
        TypeError: ``x`` is neither.
        ValueError: the shape differs.

    Example:
        >>> v = variable(1.0)
        >>> set_value(v, 5)
        >>> float(v)
        5.0
    """
    if isinstance(x, torch.Tensor):
        with torch.no_grad():
            x.copy_(convert_to_tensor(value, x.dtype))
    elif hasattr(x, "assign"):
        x.assign(np.asarray(get_value(value)))
    else:
        raise TypeError(f"`set_value` sets variables. Received: {x!r}. Assign a plain attribute with `=`.")


def batch_set_value(tuples: Any) -> None:
    """Set several variables, from pairs of a variable and its values.

    Example:
        >>> v = variable(1.0)
        >>> batch_set_value([(v, 2.0)])
        >>> float(v)
        2.0
    """
    for x, value in tuples:
        set_value(x, value)


def get_variable_shape(x: Any) -> tuple[int, ...]:
    """Return the shape of a variable.

    Example:
        >>> get_variable_shape(variable([1.0, 2.0]))
        (2,)
    """
    return tuple(x.shape)
