"""Functions of ``tf.*``, made of functions that are written on plain torch tensors."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import torch

from torchkeras_compat.dialects.tensorflow import known_values
from torchkeras_compat.dialects.tensorflow.dtypes import with_plain_names
from torchkeras_compat.dialects.tensorflow.recording import RECORDING
from torchkeras_compat.dialects.tensorflow.shells import unwrap, without_shells, wrap
from torchkeras_compat.symbolic.keras_tensor import any_symbolic
from torchkeras_compat.symbolic.operation import record_function

Function = Callable[..., Any]
F = TypeVar("F", bound=Function)


def unrecorded(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return ``function(*args, **kwargs)``, of which torch records nothing."""
    torch._C._set_grad_enabled(False)
    try:
        return function(*args, **kwargs)
    finally:
        torch._C._set_grad_enabled(True)


def run(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return ``function(*args, **kwargs)``, which torch records only where TensorFlow would: see `recording`.

    Args:
        function: A function of plain tensors.
        args: Its arguments, without tensors of this dialect.
        kwargs: The same, by name.
    """
    if RECORDING.depth or not torch.is_grad_enabled():
        return function(*args, **kwargs)
    return unrecorded(function, args, kwargs)


def tensor_function(function: F) -> F:
    """Make a function of ``tf.*`` of one that is written on plain torch tensors.

    The function made takes tensors of any kind, variables and NumPy arrays in its arguments, and gives
    :class:`Tensor`. Where an argument is a KerasTensor it is recorded, as a step of a functional model, and gives
    KerasTensors; a function of ``keras.ops`` records itself, so that such a model can be saved.

    Args:
        function: Gets torch tensors, numbers and whatever else was given; also on the meta device.

    Example:
        >>> @tensor_function
        ... def double(x):
        ...     return x + x
        >>> double(torch.ones(1))
        <tf.Tensor: shape=(1,), dtype=float32, numpy=array([2.], dtype=float32)>
        >>> from torchkeras_compat.symbolic.keras_tensor import KerasTensor
        >>> double(keras.KerasTensor((None, 3))).shape
        (None, 3)
    """
    records_itself = hasattr(function, "_is_operation")
    output_spec = functools.partial(known_values.infer, function)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if any_symbolic(args, kwargs):
            args, kwargs = with_plain_names(without_shells(args)), with_plain_names(without_shells(kwargs))
            if records_itself:
                return function(*args, **kwargs)
            return record_function(function, args, kwargs, output_spec)
        return wrap(run(function, unwrap(args), unwrap(kwargs) if kwargs else kwargs))

    if not records_itself:
        call._output_spec = output_spec  # type: ignore[attr-defined]
    return call  # type: ignore[return-value]
