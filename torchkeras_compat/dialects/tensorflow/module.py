"""`tf.Module`: an object that finds the variables in its attributes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from torch import nn

from torchkeras_compat import naming, variables
from torchkeras_compat.dialects.tensorflow.scopes import name_scope

Function = Callable[..., Any]


class Module:
    """Base of objects with variables: in attributes, lists, tuples and dicts, and in modules and layers in them.

    Args:
        name: Name, a Python identifier; None for the name of the class.

    Raises:
        ValueError: the name is not an identifier.

    Example:
        >>> from torchkeras_compat.dialects.tensorflow.variable import Variable
        >>> class Line(Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.slope, self.offset = Variable(1.0), Variable(0.0, trainable=False)
        >>> len(Line().variables), len(Line().trainable_variables)
        (2, 1)
    """

    def __init__(self, name: str | None = None) -> None:
        found = naming.to_snake_case(type(self).__name__) if name is None else name
        if not found.isidentifier():
            raise ValueError(f"{found!r} is not a valid module name. Module names must be valid Python identifiers.")
        self._name = found

    @property
    def name(self) -> str:
        """Name of the module."""
        return self.__dict__.get("_name") or naming.to_snake_case(type(self).__name__)

    @property
    def name_scope(self) -> name_scope:
        """The scope in which :meth:`with_name_scope` runs methods."""
        return name_scope(self.name)

    @property
    def variables(self) -> tuple[Any, ...]:
        """All variables: its own by the names of the attributes, then those of modules below."""
        return tuple(_found(self))

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        """The variables that are trained."""
        return tuple(v for v in _found(self) if v.trainable)

    @property
    def non_trainable_variables(self) -> tuple[Any, ...]:
        """The variables that are not trained."""
        return tuple(v for v in _found(self) if not v.trainable)

    @property
    def submodules(self) -> tuple[Any, ...]:
        """The modules and layers below, each once."""
        return tuple(_below(self, set()))

    @classmethod
    def with_name_scope(cls, method: Function) -> Function:
        """Make a method run in the module's name scope."""

        @functools.wraps(method)
        def scoped(self: Any, *args: Any, **kwargs: Any) -> Any:
            with self.name_scope:
                return method(self, *args, **kwargs)

        return scoped


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key in sorted(value, key=str):
            yield from _leaves(value[key])
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _leaves(part)
    else:
        yield value


def _attributes(module: Module) -> Iterator[Any]:
    for name in sorted(vars(module)):
        yield from _leaves(vars(module)[name])


def _below(module: Any, seen: set[int]) -> Iterator[Any]:
    """Yield the modules below one, each once, whatever holds whatever."""
    if not isinstance(module, Module):
        for child in getattr(module, "_flatten_layers", lambda **_: ())(include_self=False):
            if id(child) not in seen:
                seen.add(id(child))
                yield child
        return
    seen.add(id(module))
    found = [v for v in _attributes(module) if isinstance(v, (Module, nn.Module)) and id(v) not in seen]
    for child in found:
        if id(child) not in seen:
            seen.add(id(child))
            yield child
    for child in found:
        yield from _below(child, seen)


def _found(module: Module) -> list[Any]:
    found: dict[int, Any] = {}
    for owner in (module, *_below(module, set())):
        own = _attributes(owner) if isinstance(owner, Module) else getattr(owner, "variables", ())
        for value in own:
            if isinstance(value, variables.Variable):
                found.setdefault(id(value), value)
    return list(found.values())
