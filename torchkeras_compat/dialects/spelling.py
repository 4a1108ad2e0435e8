"""Old arguments understood: classes and functions that also take the spellings of the tables."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

from torchkeras_compat.dialects import keras1, keras2, tf_keras
from torchkeras_compat.overrides import OVERRIDES, Overridable
from torchkeras_compat.own_code import is_own
from torchkeras_compat.public_names import named

ARGUMENTS = {**keras1.ARGUMENTS, **keras2.ARGUMENTS}
VALUES = {**keras1.VALUES, **keras2.VALUES}
DROPPED = {**keras1.DROPPED, **keras2.DROPPED}
CONVERSIONS = keras2.CONVERSIONS
# Of a model, whose arguments have old spellings or which mean something else.
METHODS = ("fit", "compile", "evaluate", "predict", "_names_of_metrics")

Meaning = str | None | Callable[[dict[str, Any]], None]  # of an old argument: new name, dropped, or what converts it


class Patches:
    """The overrides of the core until :meth:`undo`: no class of the core is changed."""

    def __init__(self) -> None:
        self._opened: list[Callable] = []
        self._done: set[type] = set()

    def stand_before(self, owner: type, name: str, wrap: Callable[[Callable], Callable]) -> None:
        """Have what ``wrap`` makes of a method called in its place, for a class and for those that inherit it.

        Args:
            owner: Class of the core, whose method need not be its own.
            name: Of the method.
            wrap: Function of the method as the core wrote it.
        """
        method = next((vars(cls)[name] for cls in owner.__mro__ if name in vars(cls)), None)
        if isinstance(method, Overridable) and method.function not in OVERRIDES.replacements:
            OVERRIDES.replacements[method.function] = wrap(method.function)
            self._opened.append(method.function)

    def undo(self) -> None:
        """Take the overrides away."""
        for function in self._opened:
            del OVERRIDES.replacements[function]
        if self._opened:
            OVERRIDES.added.clear()
        self._opened.clear()
        self._done.clear()

    def accept_old_arguments(self, cls: type) -> None:
        """Let the constructor of a class take old arguments."""
        if cls not in self._done:
            self._done.add(cls)
            self._accept_old_constructor_arguments(cls, _constructor_parameters(cls))

    def _accept_old_constructor_arguments(self, cls: type, parameters: Iterable[str]) -> None:
        old = old_arguments(parameters, ARGUMENTS)
        if old:
            for name in ("__new__", "__init__"):  # `__new__` sees the arguments first
                self.stand_before(cls, name, functools.partial(_translating, old=old))

    def accept_old_methods(self, cls: type) -> None:
        """Give models the methods of Keras 1 and 2, and their own methods the old arguments."""
        for name in METHODS:
            self.stand_before(cls, name, _method_accepting_old_arguments)
        OVERRIDES.added.update(keras2.NEW_METHODS)
        # `Model(input=a, output=b)` makes a Functional, whose constructor gets the arguments as they were given.
        for owner in (cls, named("models.functional.Functional")):
            self._accept_old_constructor_arguments(owner, ("inputs", "outputs"))


def accepting_old_arguments(function: Callable[..., Any], *, tensorflow: bool = False) -> Callable[..., Any]:
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


def _method_accepting_old_arguments(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method of models that takes old arguments, and does what the dialect adds to it."""
    old = old_arguments(_parameters(method), ARGUMENTS)
    wrapper = keras2.WRAPPED_METHODS.get(method.__name__)
    return _translating(method if wrapper is None else _around(method, wrapper), old)


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
        if init is None or not is_own(base):
            continue
        parameters = inspect.signature(init).parameters.values()
        names.extend(p.name for p in parameters)
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return names
