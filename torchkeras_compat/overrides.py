"""What a dialect adds to the core: the meaning that methods and absent attributes have for one object.

An object that code of a dialect made knows the dialect's name; no class is changed by it, and objects of two dialects
live beside each other. An object without one finds its methods as they were written, with no call in between.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from torchkeras_compat.argument_names import offering_nearest, refuse_misspelt
from torchkeras_compat.own_code import is_own
from torchkeras_compat.plain_numbers import holds_numpy, plain
from torchkeras_compat.public_names import named

Function = Callable[..., Any]
F = TypeVar("F", bound=Function)

# Attribute of an object: the name of the dialect whose code made it.
DIALECT = "_dialect"
# Attribute of an object whose class was called with a number of NumPy; `Operation.__new__` sees the arguments.
NUMPY_GIVEN = "_was_given_numpy_numbers"

_MAKING: ContextVar[str | None] = ContextVar("the dialect whose code makes objects now", default=None)
making_dialect = _MAKING.get


class Overrides:
    """What dialects put in front of the core in this process; nothing at first.

    Attributes:
        dialect: The dialect that `install_as_keras` put in front last; what no dialect made follows it for attributes
            that the core does not have.
        tensors: What the core asks where it meets something other than plain tensors: an object with the methods of
            `dialects.tensorflow.boundary.Boundary`; None while no dialect has tensors of its own.
    """

    def __init__(self) -> None:
        self.dialect: str | None = None
        self.tensors: Any = None

    def plain(self, values: Any) -> Any:
        """Return values, in their nesting, without tensors of a dialect."""
        return values if self.tensors is None else self.tensors.plain(values)


OVERRIDES = Overrides()


@contextmanager
def making(dialect: str | None) -> Iterator[None]:
    """Have objects that are made meanwhile know that code of a dialect made them.

    Args:
        dialect: Its name; None for the core's own meanings.
    """
    token = _MAKING.set(dialect)
    try:
        yield
    finally:
        _MAKING.reset(token)


def dialect_of(instance: Any) -> str | None:
    """Return the name of the dialect whose code made an object; None for the core's own meanings."""
    found: str | None = instance.__dict__.get(DIALECT)
    return found


@functools.cache
def _methods(dialect: str) -> Mapping[Function, Function]:
    """Return what a dialect calls in place of functions of the core."""
    found: Mapping[Function, Function] = named("dialects.meanings.methods")(dialect)
    return found


def overridden(dialect: str, function: Function) -> Function:
    """Return what is called in place of a function of the core, for an object of a dialect."""
    return _methods(dialect).get(function, function)


class Overridable:
    """A method that has another meaning for objects of a dialect."""

    def __init__(self, function: Function) -> None:
        functools.update_wrapper(self, function)
        self.function = function

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self.function
        dialect = instance.__dict__.get(DIALECT)
        if dialect is None:
            return self.function.__get__(instance, owner)  # which `torch.compile` understands
        return types.MethodType(overridden(dialect, self.function), instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


def overridable(function: F) -> F:
    """Let a method have another meaning for objects of a dialect."""
    return Overridable(function)  # type: ignore[return-value]


class Addition:
    """An attribute that only dialects have, and that never hides a layer of the same name: ``layer.output_shape``."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is not None and self.name not in getattr(instance, "_modules", ()):
            dialect = instance.__dict__.get(DIALECT) or OVERRIDES.dialect
            find = _attributes(dialect).get(self.name) if dialect is not None else None
            if find is not None:
                return find(instance)
        name = getattr(owner, "__name__", "?")
        what = f"type object {name!r}" if instance is None else f"{name!r} object"
        raise AttributeError(f"{what} has no attribute {self.name!r}")


@functools.cache
def _attributes(dialect: str) -> Mapping[str, Callable[[Any], Any]]:
    """Return what finds the attributes that a dialect adds."""
    found: Mapping[str, Callable[[Any], Any]] = named("dialects.meanings.attributes")(dialect)
    return found


def old_name(layer: Any) -> str:
    """Return the name that a layer of a dialect gets by itself."""
    name: str = named("dialects.layer_names.automatic_name")(layer)
    return name


def given_name(name: Any) -> Any:
    """Return the name of a layer of a dialect that was given one: with ``_`` for ``/``, which Keras 3 does not take."""
    return name.replace("/", "_") if isinstance(name, str) else name


class NumpyConstructor:
    """A constructor, which gets Python numbers where its class is called with NumPy's: ``Dense(np.int64(3))``."""

    def __init__(self, function: Function) -> None:
        functools.update_wrapper(self, function)
        self.function = function

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self.function
        method = types.MethodType(self.function, instance)
        if instance.__dict__.pop(NUMPY_GIVEN, False):  # the constructors above this one get what it hands on
            return functools.partial(_with_plain_numbers, method)
        return method

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


def _with_plain_numbers(method: Function, *args: Any, **kwargs: Any) -> Any:
    return method(*plain(args), **plain(kwargs))


class CheckedConstructors:
    """Base of classes of the core whose constructors take NumPy's numbers and offer names for misspelt arguments."""

    # Whether constructors are wrapped so that errors of misspelt arguments offer names; one call more for each object.
    _offers_nearest = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        function = cls.__dict__.get("__init__")
        if isinstance(function, types.FunctionType) and is_own(cls):
            if cls._offers_nearest and function.__code__.co_argcount > 1:
                function = offering_nearest(function)
            cls.__init__ = NumpyConstructor(function)  # type: ignore[method-assign]


class TakesNumpyNumbers(CheckedConstructors):
    """Base of classes of the core whose constructors get Python numbers where they are called with NumPy's."""

    _misspelt_error: type[Exception] = TypeError  # as Python's own

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        self = super().__new__(cls)
        dialect = making_dialect()
        if dialect is not None:
            object.__setattr__(self, DIALECT, dialect)
        elif kwargs:
            refuse_misspelt(cls, kwargs, cls._misspelt_error)
        if holds_numpy(args) or holds_numpy(kwargs):
            object.__setattr__(self, NUMPY_GIVEN, True)
        return self
