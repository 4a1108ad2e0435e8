"""What a dialect hands out: classes and functions of the core that take the calls of an older Keras.

A facade of a class is a subclass of it whose calls make objects of the core's class, so that files, copies and pickles
hold nothing of a dialect; ``isinstance`` and ``issubclass`` ask for the core's class. Only subclasses that a user
writes have it among their bases, where it translates what their constructors hand on.
"""

from __future__ import annotations

import abc
import copyreg
import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from torchkeras_compat.dialects.dialect import MIXED, WITH_TENSORS, Dialect, dialect_named
from torchkeras_compat.dialects.in_place import changes_in_place
from torchkeras_compat.dialects.members import members_for
from torchkeras_compat.dialects.mixed import MixedTranslator, translator_of
from torchkeras_compat.dialects.originals import ORIGINAL
from torchkeras_compat.dialects.translation import Translator
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.overrides import making
from torchkeras_compat.pickled_functions import made_by
from torchkeras_compat.public_names import named

# Namespaces of functions of tensors, which in tf.keras give TensorFlow's.
_OF_TENSORS = frozenset(("activations", "backend", "losses", "metrics", "ops"))


@functools.cache
def facade_of(dialect: str, path: str, target: Any) -> Any:
    """Return what a dialect hands out for a class or function of the core: a facade, or the thing itself.

    Args:
        dialect: Name of the dialect.
        path: Public path by which its version knew it: ``"layers.Dense"``.
        target: What it is in the core.
    """
    found = dialect_named(dialect)
    if found.has_core_meanings:
        return target
    if inspect.isclass(target):
        return _facade_class(found, path, target)
    return _facade_function(found, path, target) if inspect.isfunction(target) else target


def _facade_function(dialect: Dialect, path: str, function: Callable[..., Any]) -> Callable[..., Any]:
    translating = translator_of(dialect, path, function)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with making(dialect.name):
            found = translating.translate(args, kwargs)
            return found.target(*found.args, **found.kwargs)

    if path.partition(".")[0] in _OF_TENSORS and dialect is not MIXED:
        way = "function_of_keras" if dialect.name in WITH_TENSORS else "function_of_both"
        call = named(f"dialects.tensorflow.boundary.{way}")(call)
    setattr(call, ORIGINAL, function)
    made_by(functools.partial(facade_of, dialect.name, path), function, call)
    return call


def _facade_class(dialect: Dialect, path: str, core: type) -> type:
    meta = _metaclass(type(core))
    translating = translator_of(dialect, path, core)
    members: dict[str, Any] = {
        **members_for(core),
        "__module__": core.__module__,
        "__qualname__": core.__qualname__,
        "__doc__": core.__doc__,
        ORIGINAL: core,
        "_translator": translating,
        "_facade_dialect": dialect.name,
        "__init__": _constructor(core, translating),
    }
    if path in ("models.Model", "Model"):
        functional = named("models.functional.Functional")
        members["_functional_class"] = (
            _facade_class(dialect, "models.Model", functional) if core is not functional else core
        )
    facade: type = meta(core.__name__, (core,), members)
    return facade


def _constructor(core: Any, translating: Translator | MixedTranslator) -> Callable[..., None]:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if args and args[0] is self:  # `super().__init__(self)`, which Keras 2 let pass
            args = args[1:]
        found = translating.translate(args, kwargs)
        target: Any = found.target
        if target is not core and not issubclass(core, target):
            raise TypeError(
                f"A subclass of {core.__name__} cannot have these arguments, which make a {target.__name__}."
                f" Subclass that. Received: {args} {kwargs}"
            )
        core.__init__(self, *found.args, **found.kwargs)

    return __init__


def members_meant(dialect: str, members: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return members of a class of the user as the core should have them: with the tensors of the dialect.

    Args:
        dialect: Name of the dialect in which the class is written.
        members: What the body of the class defines.
    """
    if dialect not in WITH_TENSORS:  # whose tensors `+=` does not change, wherever it stands
        members = {name: member for name, member in members.items() if changes_in_place(member)}
    if not members or dialect == MIXED.name:
        return {}
    found: Mapping[str, Any] = at_the_boundary("adopted_members")(members)
    return found


@functools.cache
def at_the_boundary(name: str) -> Any:
    """Return a function of `dialects.tensorflow.boundary`, with the tensors that it hands out ready for use."""
    named("dialects.tensorflow.tensor")
    return named(f"dialects.tensorflow.boundary.{name}")


# What the interpreter itself writes on a class that it makes.
_WRITTEN_BY_PYTHON = frozenset(("_abc_impl", "__abstractmethods__"))


@functools.cache
def _metaclass(kind: type) -> type:
    """Return the metaclass of facades of classes whose metaclass is ``kind``; an ``ABC`` may stand beside them."""
    bases = (kind,) if issubclass(kind, abc.ABCMeta) else (abc.ABCMeta,) if kind is type else (kind, abc.ABCMeta)

    class Facade(*bases):  # type: ignore[misc]  # which class it is, is known at run time only
        """The metaclass of what a dialect hands out for a class."""

        def __new__(mcs, name: str, bases: tuple[type, ...], members: dict[str, Any], **kwargs: Any) -> Any:
            if ORIGINAL not in members:
                dialect = next(base._facade_dialect for base in bases if isinstance(base, Facade))
                members = {**members, **members_meant(dialect, members)}
                if "get_updates" in members and any(base.__dict__.get(ORIGINAL) is Optimizer for base in bases):
                    bases = (named("legacy.optimizers.written_updates.WrittenUpdates"), *bases)
            return super().__new__(mcs, name, bases, members, **kwargs)

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            with making(cls._facade_dialect):
                if ORIGINAL in cls.__dict__:
                    found = cls._translator.translate(args, kwargs)
                    made = found.target(*found.args, **found.kwargs)
                else:
                    made = super().__call__(*args, **kwargs)
            if cls._facade_dialect in WITH_TENSORS:
                at_the_boundary("adopt")(made)
            return made

        def __instancecheck__(cls, instance: Any) -> bool:
            core = cls.__dict__.get(ORIGINAL)
            return super().__instancecheck__(instance) if core is None else isinstance(instance, core)

        def __subclasscheck__(cls, subclass: type) -> bool:
            core = cls.__dict__.get(ORIGINAL)
            if core is None:
                found: bool = super().__subclasscheck__(subclass)
                return found
            # By inheritance alone: an abstract class asks its subclasses, and so would come back here.
            inherits: bool = type.__subclasscheck__(core, subclass)
            return inherits

        def __setattr__(cls, name: str, value: Any) -> None:
            core = cls.__dict__.get(ORIGINAL)
            if core is None or name in cls.__dict__ or name in _WRITTEN_BY_PYTHON:
                super().__setattr__(name, value)
                return
            _BEFORE.setdefault((core, name), core.__dict__.get(name, _NOTHING))
            setattr(core, name, value)  # a method that the user's code replaces is that of all objects

        def __delattr__(cls, name: str) -> None:
            core = cls.__dict__.get(ORIGINAL)
            if core is None or name in cls.__dict__:
                super().__delattr__(name)
                return
            before = _BEFORE.pop((core, name), _NOTHING)
            if before is _NOTHING:
                delattr(core, name)
            else:
                setattr(core, name, before)

        def __eq__(cls, other: object) -> bool:
            core = cls.__dict__.get(ORIGINAL)
            return cls is other or (core is not None and getattr(other, "__dict__", {}).get(ORIGINAL, other) is core)

        def __hash__(cls) -> int:
            return hash(cls.__dict__.get(ORIGINAL)) if ORIGINAL in cls.__dict__ else super().__hash__()

    copyreg.pickle(Facade, _reduced)
    return Facade


# What classes of the core had before code replaced it through a facade: `mock.patch` takes it back by deleting.
_BEFORE: dict[tuple[type, str], Any] = {}
_NOTHING = object()


def _reduced(cls: Any) -> Any:
    """How a facade is pickled: as the core's class; a class of the user by its own name."""
    return (_same, (cls.__dict__[ORIGINAL],)) if ORIGINAL in cls.__dict__ else cls.__qualname__


def _same(cls: type) -> type:
    return cls
