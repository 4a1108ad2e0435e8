"""What a dialect adds to the core: arguments and methods that the core itself does not have.

The core marks what may be overridden where its classes are made, so that nobody has to change them afterwards. While no
dialect is installed, a function is found as it was written, with no call in between.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any, TypeVar

from torchkeras_compat.argument_names import offering_nearest, refuse_misspelt
from torchkeras_compat.own_code import is_own
from torchkeras_compat.plain_numbers import holds_numpy, plain

Function = Callable[..., Any]
F = TypeVar("F", bound=Function)


class Overrides:
    """What a dialect puts in front of the core; nothing at first.

    Attributes:
        replacements: Function of a class of the core -> the one that is called in its place.
        added: Name of an :class:`Addition` -> the method.
        tensors: What the core asks where it meets values that are no plain tensors: an object with the methods of
            `dialects.tensorflow.boundary.Boundary`; None while no dialect has tensors of its own.
    """

    def __init__(self) -> None:
        self.replacements: dict[Function, Function] = {}
        self.added: dict[str, Function] = {}
        self.tensors: Any = None


OVERRIDES = Overrides()


class Overridable:
    """A method, constructor or ``__new__`` of a class that a dialect may stand in front of."""

    def __init__(self, function: Function) -> None:
        functools.update_wrapper(self, function)
        self.function = function

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        function = OVERRIDES.replacements.get(self.function, self.function)
        return function if instance is None else types.MethodType(function, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return OVERRIDES.replacements.get(self.function, self.function)(*args, **kwargs)


class OverridableConstructor(Overridable):
    """A constructor, which gets Python numbers where its class is called with NumPy's: ``Dense(np.int64(3))``."""

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        function = OVERRIDES.replacements.get(self.function, self.function)
        if instance is None:
            return function
        method = types.MethodType(function, instance)
        if instance.__dict__.pop(NUMPY_GIVEN, False):  # the constructors above this one get what it hands on
            return functools.partial(_with_plain_numbers, method)
        return method


# Attribute of an object whose class was called with a number of NumPy; `Operation.__new__` sees the arguments.
NUMPY_GIVEN = "_was_given_numpy_numbers"


def _with_plain_numbers(method: Function, *args: Any, **kwargs: Any) -> Any:
    return method(*plain(args), **plain(kwargs))


def overridable(function: F) -> F:
    """Let a dialect stand in front of a method."""
    return Overridable(function)  # type: ignore[return-value]


class OverridableConstructors:
    """Base of classes of the core whose constructors a dialect may give further arguments; others' are left alone."""

    # Whether constructors are wrapped so that errors of misspelt arguments offer names; one call more for each object.
    _offers_nearest = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not is_own(cls):
            return
        for name in ("__init__", "__new__"):
            function = cls.__dict__.get(name)
            function = function.__func__ if isinstance(function, staticmethod) else function
            if isinstance(function, types.FunctionType):
                if name == "__init__" and cls._offers_nearest and function.__code__.co_argcount > 1:
                    function = offering_nearest(function)
                setattr(cls, name, OverridableConstructor(function) if name == "__init__" else Overridable(function))


class TakesNumpyNumbers(OverridableConstructors):
    """Base of classes of the core whose constructors get Python numbers where they are called with NumPy's."""

    _misspelt_error: type[Exception] = TypeError  # as Python's own

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        self = super().__new__(cls)
        if kwargs and not OVERRIDES.replacements:
            refuse_misspelt(cls, kwargs, cls._misspelt_error)
        if holds_numpy(args) or holds_numpy(kwargs):
            object.__setattr__(self, NUMPY_GIVEN, True)
        return self


class Addition:
    """A method that exists only while a dialect adds it, and never in place of a layer of the same name."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        method = OVERRIDES.added.get(self.name)
        if method is None or self.name in getattr(instance, "_modules", ()):
            name = getattr(owner, "__name__", "?")
            what = f"type object {name!r}" if instance is None else f"{name!r} object"
            raise AttributeError(f"{what} has no attribute {self.name!r}")
        return method if instance is None else types.MethodType(method, instance)
