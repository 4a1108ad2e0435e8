"""What a variable begins with: what an initializer makes, or values that are given."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.device import current_device, device
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.initializers import identifiers as initializers
from torchkeras_compat.initializers.base import Initializer
from torchkeras_compat.initializers.constants import Constant, Ones, Zeros
from torchkeras_compat.initializers.matrices import Orthogonal
from torchkeras_compat.initializers.random import RandomInitializer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.own_code import is_own
from torchkeras_compat.unfilled_values import OPEN, SMALLEST, UnfilledValues, current_scope
from torchkeras_compat.variable_base import VariableBase


def initial_value(initializer: Any, shape: Sequence[int] | None, dtype: Any) -> torch.Tensor:
    """Return the values that a variable begins with, in memory of their own.

    Args:
        initializer: Initializer, name, config or class of one, or callable ``(shape, dtype=...)``; or the values.
        shape: Shape, for an initializer; values are broadcast to it.
        dtype: Dtype; None for that of the values, or ``floatx``.

    Raises:
        ValueError: no initializer has this name, one comes without shape, the shape is not one of ints, or values
            do not fit it.
    """
    if isinstance(initializer, (str, dict)) or (isinstance(initializer, type) and issubclass(initializer, Initializer)):
        initializer = initializers.get(initializer)
    if shape is not None:
        shape = _checked_shape(shape)
    if callable(initializer) and not isinstance(initializer, (torch.Tensor, VariableBase)):
        if shape is None:
            raise ValueError(
                "When creating a Variable from an initializer, the `shape` argument should be specified. "
                f"Received: initializer={initializer} and shape={shape}"
            )
        dtype = standardize_dtype(dtype)
        unfilled = may_wait(initializer, shape, dtype) if OPEN else None
        if unfilled is not None:
            place = current_device()
            empty = torch.empty(shape, dtype=to_torch_dtype(dtype), device=place)
            if unfilled.put_off([empty], lambda: [made_on(place, initializer, shape, dtype)]):
                return empty
        found = initializer(shape, dtype=dtype)
    else:
        found = convert_to_tensor(initializer, dtype)
        if shape is not None and shape != tuple(found.shape):
            try:
                found = found.expand(shape)
            except RuntimeError as error:
                raise ValueError(
                    f"Values of shape {tuple(found.shape)} do not fill a variable of shape={shape}. Leave `shape` out,"
                    " or give values of it."
                ) from error
    value: torch.Tensor = convert_to_tensor(found, dtype)
    # A copy: the variable must not share memory with the array or tensor it was made from.
    return (
        value.detach().clone() if value.device == current_device() else value.detach().to(current_device(), copy=True)
    )


def may_wait(initializer: Any, shape: Sequence[int], dtype: str) -> UnfilledValues | None:
    """Return the scope in which the values of an initializer may be put off; None if they are made at once.

    They may if nobody can see when they are made: by an initializer of this package with a seed of its own. One of the
    user's is called at once, so is one that draws from a `SeedGenerator`, whose next numbers others get.

    Args:
        initializer: Initializer, or any other callable.
        shape: Shape of the weight.
        dtype: Its dtype.
    """
    unfilled = current_scope()
    if unfilled is None or math.prod(shape) < SMALLEST or not to_torch_dtype(dtype).is_floating_point:
        return None
    if not is_own(type(initializer)):
        return None
    if isinstance(initializer, RandomInitializer):
        fits = type(initializer.seed) is int and not (isinstance(initializer, Orthogonal) and len(shape) < 2)
        return unfilled if fits else None
    is_constant = type(initializer) is Constant and isinstance(initializer.value, (int, float))
    return unfilled if is_constant or type(initializer) in (Zeros, Ones) else None


def made_on(place: torch.device, initializer: Any, shape: Sequence[int], dtype: str) -> torch.Tensor:
    """Return the values of an initializer, made on a device whatever is under way, such as shape inference.

    Args:
        place: The device.
        initializer: Initializer.
        shape: Shape of the weight.
        dtype: Its dtype.
    """
    with device(place):
        values: torch.Tensor = initializer(shape, dtype=dtype)
        return values


def _checked_shape(shape: Any) -> tuple[int, ...]:
    try:
        return tuple(operator.index(size) for size in shape)
    except TypeError:
        raise ValueError(
            f"The shape of a variable is a tuple of ints, none of them None. Received: shape={shape!r}"
        ) from None
