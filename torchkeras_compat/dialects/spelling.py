"""Old arguments understood: classes and functions that also take the spellings of the tables."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

from torchkeras_compat.dialects import keras1, keras2, tf_keras
from torchkeras_compat.dialects.public import public

ARGUMENTS = {**keras1.ARGUMENTS, **keras2.ARGUMENTS}
VALUES = {**keras1.VALUES, **keras2.VALUES}
DROPPED = {**keras1.DROPPED, **keras2.DROPPED}
CONVERSIONS = keras2.CONVERSIONS
METHODS = ("fit", "compile", "evaluate", "predict")  # of a model, whose arguments have old spellings

Meaning = str | None | Callable[[dict[str, Any]], None]  # of an old argument: new name, dropped, or what converts it

_ABSENT = object()


class Patches:
    """Attributes set on classes, which :meth:`undo` sets back."""

    def __init__(self) -> None:
        self._before: list[tuple[type, str, Any]] = []
        self._done: set[type] = set()

    def set(self, owner: type, name: str, value: Any) -> None:
        """Set ``owner.name`` until :meth:`undo`."""
        self._before.append((owner, name, owner.__dict__.get(name, _ABSENT)))
        setattr(owner, name, value)

    def undo(self) -> None:
        """Set back everything, the last first."""
        while self._before:
            owner, name, value = self._before.pop()
            if value is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, value)
        self._done.clear()

    def teach_class(self, cls: type) -> None:
        """Let the constructor of a class take old arguments."""
        if cls in self._done:
            return
        self._done.add(cls)
        self._teach_constructor(cls, _constructor_parameters(cls))

    def _teach_constructor(self, cls: type, parameters: Iterable[str]) -> None:
        old = old_arguments(parameters, ARGUMENTS)
        if not old:
            return
        if cls.__new__ is not object.__new__:  # it sees the arguments first
            self.set(cls, "__new__", staticmethod(_translating(cls.__new__, old)))
        self.set(cls, "__init__", _translating(cls.__init__, old))  # type: ignore[misc]

    def teach_model(self, cls: type) -> None:
        """Give the model class the methods of Keras 1 and 2, and its own their old arguments."""
        for name in METHODS:
            method = getattr(cls, name)
            old = old_arguments(_parameters(method), ARGUMENTS)
            if name in keras2.WRAPPED_METHODS:
                method = _around(method, keras2.WRAPPED_METHODS[name])
            self.set(cls, name, _translating(method, old))
        for name, method in keras2.NEW_METHODS.items():
            self.set(cls, name, method)
        # `Model(input=a, output=b)` makes a Functional, whose constructor gets the arguments as they were given.
        for owner in (cls, public("models.functional.Functional")):
            self._teach_constructor(owner, ("inputs", "outputs"))


def taught_function(function: Callable[..., Any], *, tensorflow: bool = False) -> Callable[..., Any]:
    """Return a function that also takes old arguments; the function itself if it has none."""
    table = tf_keras.ARGUMENTS if tensorflow else ARGUMENTS
    try:
        old = old_arguments(_parameters(function), table)
    except (TypeError, ValueError):  # no signature to be had
        return function
    return _translating(function, old) if old else function


def old_arguments(parameters: Iterable[str], table: dict[str, tuple[str, ...]]) -> dict[str, Meaning]:
    """Return the old arguments that fit a signature: their new names, None for dropped ones, or what converts them.

    Example:
        >>> old_arguments(["units", "use_bias"], ARGUMENTS)["output_dim"]
        'units'
    """
    known = set(parameters)
    old: dict[str, Meaning] = {}
    for name, choices in table.items():
        new = next((choice for choice in choices if choice in known), None)
        if new is not None:
            old[name] = new
    old.update({name: None for name, (needed, _) in DROPPED.items() if needed in known})
    old.update({name: convert for name, (needed, convert) in CONVERSIONS.items() if needed in known})
    return {name: meaning for name, meaning in old.items() if name not in known}


def translate(arguments: dict[str, Any], old: dict[str, Meaning], what: str) -> dict[str, Any]:
    """Return keyword arguments in the spelling of Keras 3.

    Raises:
        TypeError: an argument is given in both spellings.
    """
    result = {}
    conversions = []
    for name, value in arguments.items():
        new = old.get(name, name)
        if callable(new):
            conversions.append(new)
            new = name
        if new is None:
            continue
        if new != name and new in arguments:
            raise TypeError(
                f"{what} received {name!r} and {new!r}, which is the same in newer Keras. Give one of them."
            )
        is_old_value = new != name and isinstance(value, str)
        result[new] = VALUES.get(new, {}).get(value, value) if is_old_value else value
    for convert in conversions:
        convert(result)
    return result


def _translating(function: Callable[..., Any], old: dict[str, Meaning]) -> Callable[..., Any]:
    what = getattr(function, "__qualname__", "function").removesuffix(".__init__")

    @functools.wraps(function)
    def with_old_spellings(*args: Any, **arguments: Any) -> Any:
        if arguments and not old.keys().isdisjoint(arguments):
            arguments = translate(arguments, old, what)
        return function(*args, **arguments)

    return with_old_spellings


def _around(method: Callable[..., Any], wrapper: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def wrapped(self: Any, *args: Any, **arguments: Any) -> Any:
        return wrapper(method, self, *args, **arguments)

    return wrapped


def _parameters(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


def _constructor_parameters(cls: type) -> list[str]:
    """Names that a constructor takes, those of its base classes included as far as it passes ``**kwargs`` on."""
    # `Model` becomes `Functional` when it is given these.
    names: list[str] = ["inputs", "outputs"] if cls.__name__ == "Model" else []
    for base in cls.__mro__:
        init = base.__dict__.get("__init__")
        if init is None or base.__module__.partition(".")[0] != "torchkeras_compat":
            continue
        parameters = inspect.signature(init).parameters.values()
        names.extend(p.name for p in parameters)
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return names
