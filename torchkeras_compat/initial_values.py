"""What a variable begins with: what an initializer makes, or values that are given."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.initializers import identifiers as initializers
from torchkeras_compat.initializers.base import Initializer
from torchkeras_compat.ops.conversion import convert_to_tensor
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
        found = initializer(shape, dtype=standardize_dtype(dtype))
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


def _checked_shape(shape: Any) -> tuple[int, ...]:
    try:
        return tuple(operator.index(size) for size in shape)
    except TypeError:
        raise ValueError(
            f"The shape of a variable is a tuple of ints, none of them None. Received: shape={shape!r}"
        ) from None
