"""An old call made into a call of the core: the order, names, values and defaults of its version of Keras."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from torchkeras_compat.dialects.adapters.table import ADAPTERS
from torchkeras_compat.dialects.arguments import CONVERSIONS, DROPPED, RENAMED, UNSAID, VALUES, Target
from torchkeras_compat.dialects.dialect import DIALECTS, KERAS2, Dialect, from_here_on
from torchkeras_compat.dialects.old_signatures import COMPUTED, REQUIRED, OldSignature
from torchkeras_compat.dialects.originals import original
from torchkeras_compat.dialects.versions import having
from torchkeras_compat.own_code import is_own
from torchkeras_compat.public_names import named, public_module
from torchkeras_compat.user_warnings import warn_user

# Arguments whose defaults differ in their spelling only, or which every version finds out by itself.
_DEFAULTS_LEFT_ALONE = frozenset("name batch_size dtype input_shape sparse reduction ragged seed trainable".split())


# Convolutions of Keras 2 whose sizes, given by place, are those of a kernel.
_SEPARATE_SIZES = {
    **{f"layers.{name}": 2 for name in ("Conv2D", "Convolution2D", "SeparableConv2D", "Conv2DTranspose")},
    **{f"layers.{name}": 3 for name in ("Conv3D", "Convolution3D")},
}
# Arguments for which None meant the default.
_NONE_WAS_THE_DEFAULT = frozenset({"epsilon"})


class OldCall(NamedTuple):
    """A call made into one of the core.

    Args:
        target: What is called.
        args: What is given by place.
        kwargs: What is given by name.
    """

    target: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Translator:
    """How calls of one public name are made into calls of the core.

    Args:
        dialect: The dialect of the calls.
        path: Public path: ``"layers.Dense"``, ``"models.Model.fit"``.
        target: Class, function, or function of a method, of the core.
        is_method: Whether the first parameter is ``self``, which calls do not give.
    """

    def __init__(self, dialect: Dialect, path: str, target: Callable[..., Any], is_method: bool = False) -> None:
        self.dialect = dialect
        self.path = path
        self.target = target
        self.what = path.rpartition(".")[2]
        self.is_legacy = target.__module__.startswith("torchkeras_compat.legacy.")  # which has signatures of its own
        self.signatures = _signatures(dialect, path)
        parameters, self.takes_any = accepted(target)
        self.takes_varargs = _takes_varargs(target)
        self.parameters = parameters[1:] if is_method else parameters
        self.known = frozenset(self.parameters)
        self.renamed = _renamed(self.known, self.signatures)
        self.dropped = {row.old: row for row in DROPPED if row.beside in self.known and row.old not in self.known}
        self.conversions = {
            old: convert
            for old, (beside, convert) in CONVERSIONS.items()
            if beside in self.known and old not in self.known
        }
        self._old_names = self.renamed.keys() | self.dropped.keys()
        self.adapter = ADAPTERS.get(path) or ADAPTERS.get(_public_path(target))
        own = dialect.signature(path)
        self.defaults = {} if own is None else self._changed_defaults(own)

    def takes(self, count: int, names: Collection[str]) -> bool:
        """Return whether this version took so many arguments by place, and these by name."""
        own = self.dialect.signature(self.path)
        if own is None:
            return False
        rows = (*RENAMED, *DROPPED)
        had = {row.old for row in rows if row.old in self._old_names and self.dialect in having(row.versions)}
        had |= own.defaults.keys() | self.conversions.keys() | ANYWHERE
        return count <= own.positional and had.issuperset(names)

    def translate(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> OldCall:
        """Return the call of the core that means what an old call meant.

        Raises:
            TypeError: an argument is given twice, in two spellings or by place and by name.
            ValueError: a dropped argument has a value that meant something.
        """
        args, by_name = original(args), original(dict(kwargs))
        if self.is_legacy and self.adapter is None:
            return self._legacy_call(args, by_name)
        given, rest = self._by_name(args, by_name)
        target = self.target
        if self.adapter is not None:
            adapted = self.adapter(given, self.dialect.name)
            if isinstance(adapted, tuple):
                return OldCall(named(adapted[0]), rest, adapted[1])
            given = adapted
        arguments = self._renamed_arguments(given)
        for name, value in self.defaults.items():
            arguments.setdefault(name, value)
        return OldCall(target, rest, arguments)

    def _legacy_call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> OldCall:
        """Return the call of what several versions had: by the order and names of this one, where it has others."""
        own = self.dialect.signature(self.path)
        if own is None:
            return OldCall(self.target, args, kwargs)
        order = list(own.defaults)[: own.positional]
        if order[: len(args)] != self.parameters[: len(args)] and len(args) <= len(order) and not own.has_varargs:
            by_place = dict(zip(order, args, strict=False))
            twice = by_place.keys() & kwargs.keys()
            if twice:
                raise TypeError(f"{self.what} got multiple values for argument {min(twice)!r}.")
            args, kwargs = (), {**by_place, **kwargs}
        new = {name: name if name in self.known else self.renamed.get(name, name) for name in kwargs}
        return OldCall(self.target, args, {new[name]: value for name, value in kwargs.items()})

    def _by_name(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[dict[str, Any], tuple[Any, ...]]:
        """Return all arguments by their old names, and those that only the core's own order can name."""
        if not args:
            return kwargs, args
        args = self._with_one_size(args)
        orders = [list(s.defaults)[: s.positional] for s in self.signatures]
        fitting = [order[: len(args)] for order in (*orders, self.parameters) if len(order) >= len(args)]
        names = next((names for names in fitting if kwargs.keys().isdisjoint(names)), None)
        if names is None or not self.signatures:
            if fitting and self.signatures:
                twice = next(name for name in fitting[0] if name in kwargs)
                raise TypeError(f"{self.what} got multiple values for argument {twice!r}.")
            return kwargs, args
        return {**dict(zip(names, args, strict=True)), **kwargs}, ()

    def _with_one_size(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return arguments with the kernel size in one: Keras 1 and 2 took ``Conv2D(8, 3, 3)`` as a kernel of 3 x 3."""
        axes = _SEPARATE_SIZES.get(self.path, 0) if self.dialect is KERAS2 else 0
        sizes = args[1 : axes + 1]
        if axes and len(sizes) == axes and all(isinstance(size, int) for size in sizes):
            return (args[0], tuple(sizes), *args[axes + 1 :])
        return args

    def _renamed_arguments(self, given: Mapping[str, Any]) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        conversions = []
        for name, value in given.items():
            if name in self.conversions:
                conversions.append(self.conversions[name])
            elif name in self.dropped:
                self._check_dropped(name, value)
                continue
            new = name if name in self.known else self.renamed.get(name, name)
            if new in arguments or (new != name and new in given):
                raise TypeError(
                    f"{self.what} received {name!r} and {new!r}, which is the same in newer Keras. Give one of them."
                )
            if value is None and new in _NONE_WAS_THE_DEFAULT:
                continue
            arguments[new] = value_of_today(new, value)
        for convert in conversions:
            convert(arguments)
        return arguments

    def _check_dropped(self, name: str, value: Any) -> None:
        row = self.dropped[name]
        if row.values is not None and not any(value is v or value == v for v in row.values):
            if row.warns:
                warn_user(f"`{name}={value!r}` of {self.what}, of Keras {row.versions}, has no effect here: {row.why}.")
                return
            raise ValueError(
                f"`{name}={value!r}` of {self.what}, of Keras {row.versions}, is not supported here: {row.why}."
                " Leave it out."
            )

    def _changed_defaults(self, signature: OldSignature) -> dict[str, Any]:
        """Return the defaults of a version that are not the core's, by the core's names."""
        changed = {}
        now = _defaults(self.target)
        for old, value in signature.defaults.items():
            new = old if old in self.known else self.renamed.get(old)
            if new is None or new in _DEFAULTS_LEFT_ALONE or value is None or value in (REQUIRED, COMPUTED):
                continue
            value = value_of_today(new, value)
            if new in now and value is not None and not _same(value, now[new]):
                changed[new] = value
        for dialects, path, said in UNSAID:
            if path == self.path and self.dialect.name in dialects:
                changed.update(said)
        return changed


def value_of_today(name: str, value: Any) -> Any:
    """Return a value by its name of today, for an argument by its name of today.

    Example:
        >>> value_of_today("data_format", "th")
        'channels_first'
    """
    if isinstance(value, str):
        for end, values in VALUES.items():
            if name.endswith(end):
                value = values.get(value, value)
                return named(value) if isinstance(value, Target) else value
    return value


def _signatures(dialect: Dialect, path: str) -> list[OldSignature]:
    """Return the signatures that say what stands where: from this version on, else of the one before."""
    order = list(DIALECTS.values())
    before = reversed(order[: order.index(dialect)])
    for dialects in (from_here_on(dialect.name), before):
        found = [signature for d in dialects if (signature := d.signature(path)) is not None]
        found = [signature for signature in found if not signature.has_varargs]
        if found:
            return found
    return []


def _public_path(target: Any) -> str:
    """Return the path below ``keras`` of a class or function of the core."""
    space = (public_module(target) or "").partition(".")[2]
    return f"{space}.{target.__name__}" if space else str(target.__name__)


@functools.cache
def translator(dialect: Dialect, path: str, target: Callable[..., Any], is_method: bool = False) -> Translator:
    """Return the translator of a public name, made once."""
    return Translator(dialect, path, target, is_method)


def accepted(target: Callable[..., Any]) -> tuple[list[str], bool]:
    """Return the names of the parameters that a function or constructor takes, and whether it takes any others.

    Those that a constructor hands on to the classes above are its own, too.
    """
    if not isinstance(target, type):
        parameters = list(inspect.signature(target).parameters.values())
        return [p.name for p in parameters if p.kind not in _VARIADIC], any(p.kind is p.VAR_KEYWORD for p in parameters)
    # `Model` becomes `Functional` when it is given these.
    names: list[str] = ["inputs", "outputs"] if target.__name__ == "Model" else []
    for base in target.__mro__:
        init = base.__dict__.get("__init__")
        if init is None or not is_own(base):
            continue
        parameters = list(inspect.signature(init).parameters.values())[1:]
        names.extend(p.name for p in parameters if p.kind not in _VARIADIC and p.name not in names)
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            return names, False
    return names, True


# What constructors took among their keyword arguments.
ANYWHERE = frozenset(
    "input_shape input_dim input_length batch_input_shape batch_size batch_shape name dtype trainable".split()
)


def _takes_varargs(target: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(target).parameters.values()
    except (TypeError, ValueError):
        return True
    return any(p.kind is p.VAR_POSITIONAL for p in parameters)


_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _defaults(target: Callable[..., Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    inits = (
        [base.__dict__["__init__"] for base in target.__mro__ if "__init__" in base.__dict__]
        if isinstance(target, type)
        else [target]
    )
    for init in inits:
        try:
            parameters = list(inspect.signature(init).parameters.values())
        except (TypeError, ValueError):
            break
        for p in parameters:
            if p.default is not p.empty:
                found.setdefault(p.name, p.default)
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return found


def _renamed(known: frozenset[str], signatures: list[OldSignature]) -> dict[str, str]:
    """Return the new names of the old arguments that a class or function may have had."""
    found: dict[str, str] = {}
    had = {name for signature in signatures for name in signature.defaults}
    for row in RENAMED:
        new = next((name for name in row.new if name in known), None)
        if new is not None and row.old not in known and row.old not in found:
            if row.old in _AMBIGUOUS and row.old not in had:
                continue
            found[row.old] = new
    return found


# Short names, which mean something only where a signature has them.
_AMBIGUOUS = frozenset({"a", "y", "m", "l", "axes", "classes", "theta", "length", "input_shape"})


def _same(old: Any, new: Any) -> bool:
    """Return whether two defaults mean the same: ``(2, 2)`` and 2, ``"linear"`` and None."""
    if old == new and isinstance(old, bool) == isinstance(new, bool):
        return True
    if isinstance(old, (tuple, list)) and isinstance(new, int) and not isinstance(new, bool):
        return all(_same(part, new) for part in old)
    if isinstance(new, (tuple, list)) and isinstance(old, int):
        return all(_same(part, old) for part in new)
    if isinstance(old, (tuple, list)) and isinstance(new, (tuple, list)):
        return list(old) == list(new)
    return (old == "linear" and new is None) or (
        isinstance(old, str) and isinstance(new, str) and _plain(old) == _plain(new)
    )


def _plain(name: str) -> str:
    return name.lower().replace("_", "").removeprefix("random")
