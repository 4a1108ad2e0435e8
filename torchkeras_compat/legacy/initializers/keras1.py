"""Initializers by the names of Keras 1: functions ``init(shape, scale, name, dim_ordering)``."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from torchkeras_compat import initializers
from torchkeras_compat.errors import UnknownNameError, nearest
from torchkeras_compat.initializers.base import Initializer
from torchkeras_compat.initializers.constants import Identity, Ones, Zeros
from torchkeras_compat.initializers.fans import GlorotUniform, HeUniform, LecunUniform, VarianceScaling
from torchkeras_compat.initializers.matrices import Orthogonal
from torchkeras_compat.initializers.random import RandomNormal, RandomUniform
from torchkeras_compat.legacy.initializers.function_of_shape import FunctionOfShape, takes_dtype
from torchkeras_compat.variables import Variable

Shape = Sequence[int]

# What each name means: Keras 1 cuts no normal distribution, and its orthogonal matrices are 1.1 times larger.
_NAMED: dict[str, Callable[[], Initializer]] = {
    "uniform": lambda: RandomUniform(-0.05, 0.05),
    "normal": lambda: RandomNormal(0.0, 0.05),
    "lecun_uniform": LecunUniform,
    "glorot_normal": lambda: VarianceScaling(1.0, "fan_avg", "untruncated_normal"),
    "glorot_uniform": GlorotUniform,
    "he_normal": lambda: VarianceScaling(2.0, "fan_in", "untruncated_normal"),
    "he_uniform": HeUniform,
    "orthogonal": lambda: Orthogonal(gain=1.1),
    "identity": Identity,
    "zero": Zeros,
    "one": Ones,
}


def get(identifier: Any) -> Any:
    """Return the initializer that Keras 1 meant by a name, a dictionary or a function.

    Args:
        identifier: Name of Keras 1, such as ``"glorot_normal"``; other names, configs and objects are today's. A
            function is called as Keras 1 did: ``init(shape)``, or ``init(shape, name=...)``.

    Raises:
        UnknownNameError: nothing has this name.

    Example:
        >>> get("orthogonal").gain
        1.1
        >>> get("he_normal").distribution
        'untruncated_normal'

    Source: Keras 1.2 API, initializations.
    """
    if isinstance(identifier, str) and identifier in _NAMED:
        return _NAMED[identifier]()
    if isinstance(identifier, dict) and "name" in identifier and "class_name" not in identifier:
        settings = dict(identifier)
        return _scaled(settings.pop("name"), **settings)
    if isinstance(identifier, str):
        try:
            return initializers.get(identifier)
        except UnknownNameError as error:
            raise UnknownNameError(
                f"Unknown initialization {identifier!r}.{nearest(identifier, _NAMED)} Keras 1 has: {', '.join(_NAMED)}."
            ) from error
    if inspect.isfunction(identifier):
        if any(identifier is one for one in _FUNCTIONS):
            return _NAMED[identifier.__name__]()
        return identifier if takes_dtype(identifier) else FunctionOfShape(identifier)
    return initializers.get(identifier)


def get_function(identifier: Any, **kwargs: Any) -> Callable[..., Any]:
    """Return the function ``init(shape, name=None)`` of a name: ``initializations.get`` of Keras 1.

    Args:
        identifier: Name, dictionary of a name and a scale, initializer, or function, which is returned as it is.
        kwargs: Arguments that the function gets in each call, such as ``dim_ordering``.

    Raises:
        UnknownNameError: nothing has this name.

    Example:
        >>> get_function("one")((2,), name="bias").numpy()
        array([1., 1.], dtype=float32)

    Source: Keras 1.2 API, initializations.
    """
    function = identifier
    if isinstance(identifier, dict) and "name" in identifier and "class_name" not in identifier:
        kwargs = {**{k: v for k, v in identifier.items() if k != "name"}, **kwargs}
        function = identifier = identifier["name"]
    if isinstance(identifier, str) and identifier in _NAMED:
        function = next(one for one in _FUNCTIONS if one.__name__ == identifier)
    elif not inspect.isfunction(identifier):
        found = get(identifier)
        function = functools.partial(_made_by, found) if isinstance(found, Initializer) else found
    return functools.partial(function, **kwargs) if kwargs else function


def _made_by(initializer: Initializer, shape: Shape, name: str | None = None, dim_ordering: str = "th") -> Variable:
    return _variable(initializer, shape, name, dim_ordering)


def _scaled(name: Any, scale: float | None = None, **others: Any) -> Any:
    if others:
        raise ValueError(f"An initialization has the setting `scale`. Received also: {sorted(others)}")
    made = get(name)
    if scale is None:
        return made
    if isinstance(made, RandomUniform):
        return RandomUniform(-scale, scale)
    if isinstance(made, RandomNormal):
        return RandomNormal(0.0, scale)
    if isinstance(made, Orthogonal):
        return Orthogonal(gain=scale)
    if isinstance(made, Identity):
        return Identity(gain=scale)
    raise ValueError(f"The initialization {name!r} has no `scale`. Leave it out. Received: scale={scale}")


def _variable(initializer: Initializer, shape: Shape, name: str | None, dim_ordering: str) -> Variable:
    """Return a variable with drawn values; ``dim_ordering`` says where a kernel has its channels."""
    if dim_ordering not in ("th", "tf"):
        raise ValueError(f"`dim_ordering` is 'th' or 'tf'. Received: dim_ordering={dim_ordering!r}")
    shape = tuple(shape)
    if dim_ordering == "th" and len(shape) in (4, 5) and isinstance(initializer, VarianceScaling):
        field = list(range(2, len(shape)))
        initializer = initializer.for_axes([1, *field], [0, *field])
    return Variable(initializer, shape, name=name)


def uniform(shape: Shape, scale: float = 0.05, name: str | None = None, dim_ordering: str = "th") -> Variable:
    """Return a variable of uniform values in ``[-scale, scale)``.

    Args:
        shape: Shape.
        scale: Bound.
        name: Of the variable.
        dim_ordering: Whether a kernel has its filters and channels first, ``"th"``, or last, ``"tf"``.

    Example:
        >>> uniform((2, 3), scale=0.1).shape
        (2, 3)
    """
    return _variable(RandomUniform(-scale, scale), shape, name, dim_ordering)


def normal(shape: Shape, scale: float = 0.05, name: str | None = None, dim_ordering: str = "th") -> Variable:
    """Return a variable of normal values with standard deviation ``scale``; arguments as for :func:`uniform`."""
    return _variable(RandomNormal(0.0, scale), shape, name, dim_ordering)


def lecun_uniform(shape: Shape, name: str | None = None, dim_ordering: str = "th") -> Variable:
    """Return a variable of uniform values within ``sqrt(3 / fan_in)``; arguments as for :func:`uniform`."""
    return _variable(LecunUniform(), shape, name, dim_ordering)


def glorot_normal(shape: Shape, name: str | None = None, dim_ordering: str = "th") -> Variable:
    """Return a variable of normal values of variance ``2 / (fan_in + fan_out)``; arguments as for :func:`uniform`."""
    return _variable(_NAMED["glorot_normal"](), shape, name, dim_ordering)


def glorot_uniform(shape: Shape, name: str | None = None, dim_ordering: str = "th") -> Variable:
    """Return a variable of uniform values within ``sqrt(6 / (fan_in + fan_out))``; arguments as for :func:`uniform`."""
    return _variable(GlorotUniform(), shape, name, dim_ordering)


def he_normal(shape: Shape, name: str | None = None, dim_ordering: str = "th") -> Variable:
    """Return a variable of normal values of variance ``2 / fan_in``; arguments as for :func:`uniform`."""
    return _variable(_NAMED["he_normal"](), shape, name, dim_ordering)


def he_uniform(shape: Shape, name: str | None = None, dim_ordering: str = "th") -> Variable:
    """Return a variable of uniform values within ``sqrt(6 / fan_in)``; arguments as for :func:`uniform`."""
    return _variable(HeUniform(), shape, name, dim_ordering)


def orthogonal(shape: Shape, scale: float = 1.1, name: str | None = None, dim_ordering: str = "th") -> Variable:
    """Return a variable that is ``scale`` times an orthogonal matrix; arguments as for :func:`uniform`."""
    return _variable(Orthogonal(gain=scale), shape, name, dim_ordering)


def identity(shape: Shape, scale: float = 1, name: str | None = None, dim_ordering: str = "th") -> Variable:
    """Return a variable that is ``scale`` times the identity matrix; arguments as for :func:`uniform`.

    Raises:
        ValueError: ``shape`` is not that of a square matrix.
    """
    if len(tuple(shape)) != 2 or shape[0] != shape[1]:
        raise ValueError(f"An identity is a square matrix. Received: shape={tuple(shape)}")
    return _variable(Identity(gain=scale), shape, name, dim_ordering)


def zero(shape: Shape, name: str | None = None, dim_ordering: str = "th") -> Variable:
    """Return a variable of zeros; arguments as for :func:`uniform`."""
    return _variable(Zeros(), shape, name, dim_ordering)


def one(shape: Shape, name: str | None = None, dim_ordering: str = "th") -> Variable:
    """Return a variable of ones; arguments as for :func:`uniform`."""
    return _variable(Ones(), shape, name, dim_ordering)


_FUNCTIONS = (
    uniform,
    normal,
    lecun_uniform,
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    orthogonal,
    identity,
    zero,
    one,
)
