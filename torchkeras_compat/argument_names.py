"""Misspelt arguments: the nearest names that a constructor or function takes, found where a call fails."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

from torchkeras_compat.errors import nearest
from torchkeras_compat.own_code import is_own

F = TypeVar("F", bound=Callable[..., Any])

# Arguments that constructors take out of their keyword arguments, in spellings of older versions or of files.
_TAKEN_OUT = frozenset(
    "input_shape input_dim batch_input_shape batch_shape batch_size input_length weights rms_scaling alpha oov_method"
    " vocabulary_size implementation inputs outputs trainable dtype name".split()
)
_UNEXPECTED = re.compile(r"(\w+)\(\) got an unexpected keyword argument '(\w+)'$")


@functools.lru_cache(maxsize=1024)
def known_arguments(cls: Any) -> frozenset[str] | None:
    """Return the names that the constructor of a class takes, those that it hands on included.

    None where a class of the user says what its constructor does with them.
    """
    names: set[str] = set(_TAKEN_OUT)
    for base in cls.__mro__:
        if "__init__" not in base.__dict__ or base is object:
            continue
        if base.__module__.startswith("torch."):
            continue
        if not is_own(base):
            return None
        parameters = inspect.signature(base.__dict__["__init__"]).parameters.values()
        names.update(p.name for p in parameters)
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return frozenset(names)


def refuse_misspelt(cls: type, given: Mapping[str, Any], error: type[Exception]) -> None:
    """Raise the error that offers the nearest name, if an argument that a class does not take looks like one.

    Raises:
        Exception: of the type ``error``: there is such an argument.
    """
    known = known_arguments(cls)
    if known is None:
        return
    for name in given:
        if name not in known:
            hint = nearest(name, known - given.keys() - {"self", "args", "kwargs"}, 0.75)
            if hint:
                raise error(
                    f"Unrecognized keyword arguments passed to {cls.__name__}: {name}={given[name]!r:.60}.{hint}"
                )


def offering_nearest(function: F) -> F:
    """Let the TypeError of a call with a misspelt argument offer the nearest names that a function takes."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            say_nearest(error, function)
            raise

    return call  # type: ignore[return-value]


def say_nearest(error: TypeError, function: Callable[..., Any]) -> None:
    """Add the nearest names to the text of Python's error about an argument that a function does not take.

    Args:
        error: What a call raised; an error of another kind, or of a call further in, stays as it is.
        function: The function that was called.
    """
    found = _UNEXPECTED.search(str(error)) if len(error.args) == 1 else None
    if found is None or found[1] != function.__name__:
        return
    parameters = [p for p in inspect.signature(function).parameters if p not in ("self", "args", "kwargs")]
    hint = nearest(found[2], parameters) or f" It takes: {', '.join(parameters)}."
    error.args = (f"{error.args[0]}.{hint}",)


def refuse_unknown(function: str, given: Mapping[str, Any], names: list[str]) -> NoReturn:
    """Raise the error for keyword arguments that a function with ``**kwargs`` does not take.

    Raises:
        ValueError: always.
    """
    raise ValueError(f"Arguments not recognized: {dict(given)}.{nearest(next(iter(given)), names)} See `{function}`.")
