"""A function of a shape as an initializer: what Keras 1 took, ``init(shape, name=None)``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import torch

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.initializers.base import Initializer
from torchkeras_compat.ops.conversion import cast, convert_to_tensor
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.variable_base import VariableBase


class FunctionOfShape(Initializer):
    """Calls a function with the shape, and a name if it must have one, and takes the values of what it returns.

    Args:
        function: Function ``init(shape)`` or ``init(shape, name)`` that returns a variable, tensor or array of
            this shape.

    Raises:
        TypeError: ``function`` is not callable.
        ValueError: when called: what it returns has another shape.

    Example:
        >>> FunctionOfShape(lambda shape: torch.full(shape, 2.0))((2,))
        tensor([2., 2.])

    Source: Keras 1.2 documentation, "Usage of initializations".
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        if isinstance(function, dict):
            function = deserialize_as("operations", function)
        if not callable(function):
            raise TypeError(f"`function` is a function of a shape. Received: {function!r}")
        self.function = function
        self._needs_name = needs_name(function)

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        made = self.function(tuple(shape), name=None) if self._needs_name else self.function(tuple(shape))
        values: torch.Tensor = convert_to_tensor(made.value if isinstance(made, VariableBase) else made).detach()
        if tuple(values.shape) != tuple(shape):
            raise ValueError(
                f"The initialization {getattr(self.function, '__name__', self.function)!r} returned values of shape"
                f" {tuple(values.shape)} for a weight of shape {tuple(shape)}. Return values of the shape it is given."
            )
        return values.clone() if dtype is None else cast(values, dtype).clone()

    def get_config(self) -> dict[str, Any]:
        return {"function": serialize_keras_object(self.function)}


def needs_name(function: Callable[..., Any]) -> bool:
    """Return whether a function must be given the name of the weight, which Keras 1 gave.

    Example:
        >>> needs_name(lambda shape, name: None), needs_name(lambda shape, name=None: None)
        (True, False)
    """
    try:
        name = inspect.signature(function).parameters.get("name")
    except (TypeError, ValueError):  # a builtin that does not say
        return False
    return name is not None and name.default is name.empty


def takes_dtype(function: Callable[..., Any]) -> bool:
    """Return whether a function takes ``dtype``, as initializers do from Keras 2 on.

    Example:
        >>> takes_dtype(lambda shape, dtype=None: None), takes_dtype(lambda shape, name=None: None)
        (True, False)
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a builtin that does not say
        return True
    return any(p.name == "dtype" or p.kind is p.VAR_KEYWORD for p in parameters)
