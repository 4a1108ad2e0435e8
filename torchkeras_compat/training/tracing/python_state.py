"""What the code of others in a step can look at besides tensors: found once, and compared before later steps."""

from __future__ import annotations

import functools
import gc
import math
import types
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import CodeType, FunctionType
from typing import Any

import numpy as np
import torch
from torch import nn

from torchkeras_compat.random.seed_generator import SeedGenerator
from torchkeras_compat.training.tracing import python_kinds as kinds
from torchkeras_compat.training.tracing.allowed_calls import why_not_passed
from torchkeras_compat.training.tracing.foreign_code import ForeignCode
from torchkeras_compat.training.tracing.mentioned_names import MentionedNames
from torchkeras_compat.training.tracing.surroundings import summary
from torchkeras_compat.variables import Variable

_MISSING = object()
_FUNCTIONS = (
    *(types.BuiltinFunctionType, types.WrapperDescriptorType, types.MethodDescriptorType, np.ufunc),
    *(types.MethodWrapperType, types.ClassMethodDescriptorType, type(np.prod)),
)
_LISTING = (nn.ModuleList, nn.ModuleDict, nn.Sequential, nn.ParameterList, nn.ParameterDict)
_LARGEST_ARRAY = 1 << 16  # bytes
_LARGEST_CONTAINER = 1000  # items
_MOST = 20_000  # objects


class PythonState:
    """What the code of others can reach by the names that it mentions.

    From the functions that ran (their global variables, closures and defaults) and from their arguments it follows the
    names in their code, attribute by attribute and item by item. Numbers, strings, functions, classes and containers
    are noted, to be compared. What cannot be compared (a generator, a file, an object of a class written in C) refuses
    the recording.

    Args:
        foreign: The code that ran, and what it was given.
        inputs: The tensors of the batch: code that holds one of them itself may compare them.

    Attributes:
        refusal: Why nobody can tell what the code looks at; None if it is known.
        modules: The modules of torch that it reaches.
    """

    def __init__(self, foreign: ForeignCode, inputs: Sequence[torch.Tensor]) -> None:
        self.modules: list[nn.Module] = []
        self._items: list[tuple[Mapping[Any, Any], Any, Any]] = []
        self._absent: list[tuple[Mapping[Any, Any], frozenset[str]]] = []
        self._contents: list[tuple[Any, list[Any]]] = []
        self._attributes: list[tuple[Any, str, Any]] = []
        self._arrays: list[tuple[Any, Any]] = []
        self._forms: list[tuple[torch.Tensor, Any]] = []
        self._summaries: list[tuple[dict[str, Any], Any]] = []
        self._seen: dict[int, Any] = {}
        self._waiting: list[tuple[str, Any]] = []
        mentioned = MentionedNames(foreign)
        self.refusal = mentioned.refusal
        self._names, self._is_by_name = mentioned.names, mentioned.is_by_name
        for variables, names in mentioned.variables:
            self._absent.append((variables, frozenset(names - variables.keys())))
            for name in names & variables.keys():
                self._note(variables, name, name)
        found = _functions(foreign.lost)
        for code in foreign.lost:
            if all(function.__code__ is not code for function in found):
                self._refuse(f"`{code.co_qualname}` belongs to no function")
        for function in found:
            self._wait(function.__qualname__, function)
        for function, namespace, name in foreign.functions:
            self._wait(name or getattr(function, "__qualname__", "partial"), function)
            if namespace is not None:
                self._items.append((namespace, name, namespace[name]))
        for function in mentioned.passed:
            self._wait(function.__name__, function)
        for where, value in foreign.given:
            self._wait(where, value)
        while self._waiting and self.refusal is None:
            self._follow(*self._waiting.pop())
            if len(self._seen) > _MOST:
                self._refuse("code of yours can look at very many objects")
        self._tensors = {t.data_ptr() for t in self._seen.values() if isinstance(t, torch.Tensor)}
        self._waiting.clear()
        self._seen.clear()
        if not self.is_free_of(inputs):
            self._refuse("the batch is memory that something else holds too")

    def is_free_of(self, inputs: Sequence[torch.Tensor]) -> bool:
        """Return whether no tensor of a batch is one that the code can reach otherwise."""
        return not self._tensors or self._tensors.isdisjoint([t.data_ptr() for t in inputs])

    def hold(self) -> bool:
        """Return whether all of it is still the same. It costs about 0.1 microseconds for each name."""
        try:
            return (
                all(_is_same(mapping.get(key, _MISSING), value) for mapping, key, value in self._items)
                and all(names.isdisjoint(mapping) for mapping, names in self._absent)
                and all(_has(container, items) for container, items in self._contents)
                and all(_is_alike(getattr(thing, key, _MISSING), value) for thing, key, value in self._attributes)
                and all(_content(array) == content for array, content in self._arrays)
                and all(_form(tensor) == form for tensor, form in self._forms)
                and all(summary(state) == before for state, before in self._summaries)
            )
        except Exception:  # of a property, or of an emptied closure: no longer what it was
            return False

    def _refuse(self, reason: str) -> None:
        self.refusal = self.refusal or reason

    # -- where it starts -------------------------------------------------------------------------------------------

    def _enter(self, function: FunctionType) -> None:
        """Take the closure and the defaults of a function of the user."""
        where = function.__qualname__
        for name in ("__code__", "__defaults__", "__kwdefaults__"):
            self._attributes.append((function, name, getattr(function, name)))
        self._follow_names(where, function.__dict__, function.__dict__.keys() if self._is_by_name else frozenset())
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
            try:
                value = cell.cell_contents
            except ValueError:
                self._refuse(f"`{name}` of `{where}` has no value yet")
                continue
            self._attributes.append((cell, "cell_contents", value))
            self._wait(f"{name}` of `{where}", value)
        for value in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            self._wait(f"a default of `{where}", value)

    # -- what can be reached ---------------------------------------------------------------------------------------

    def _wait(self, where: str, value: Any) -> None:
        if not kinds.is_constant(value) and id(value) not in self._seen:
            self._seen[id(value)] = value
            self._waiting.append((where, value))

    def _note(self, mapping: Mapping[Any, Any], key: Any, where: str) -> None:
        """Compare an item of a mapping from now on, and follow it."""
        value = mapping[key]
        self._items.append((mapping, key, value))
        self._wait(where, value)

    def _follow(self, where: str, value: Any) -> None:
        """Take what the names of the code lead to from a value; refuse it where that is unknown."""
        if isinstance(value, torch.Tensor):
            self._forms.append((value, _form(value)))
            self._follow_names(where, value.__dict__)
        elif isinstance(value, Variable):
            if len(value.parameters) == 1 and value.value is value.parameters[0]:
                self._attributes.append((value, "value", value.value))
            self._follow_names(where, value.__dict__)
        elif isinstance(value, types.ModuleType):
            self._follow_python_module(where, value)
        elif isinstance(value, type):
            self._follow_class(where, value)
        elif isinstance(value, FunctionType):
            if not ForeignCode.is_known(value.__code__.co_filename, str(value.__globals__.get("__name__"))):
                self._enter(value)
            elif "registry" in value.__dict__:
                self._refuse(f"`{where}` chooses a function by `functools.singledispatch`")
        elif isinstance(value, _FUNCTIONS):
            if isinstance(value, types.BuiltinFunctionType):
                self.refusal = self.refusal or why_not_passed(value)
            owner = getattr(value, "__self__", None)
            if owner is not None and not isinstance(owner, types.ModuleType):
                self._wait(where, owner)
        elif isinstance(value, (types.MethodType, staticmethod, classmethod)):
            self._wait(where, value.__func__)
            self._wait(where, getattr(value, "__self__", None))
        elif isinstance(value, functools.partial):
            for part in (value.func, value.args, value.keywords):
                self._wait(where, part)
        elif isinstance(value, property):
            self._wait(where, value.fget)
        elif isinstance(value, functools.cached_property):
            self._wait(where, value.func)
        elif isinstance(value, kinds.DESCRIPTORS):
            pass
        elif type(value) is np.ndarray and not value.dtype.hasobject:
            if value.nbytes > _LARGEST_ARRAY:
                self._refuse(f"`{where}` is a large array, which may be written at any time")
            self._arrays.append((value, _content(value)))
        elif isinstance(value, nn.Module):
            self._follow_torch_module(where, value)
        elif isinstance(value, SeedGenerator) or type(value).__module__ == "typing":
            pass  # draws are recorded
        elif any(map(kinds.is_of_package, type(value).__mro__)) and not isinstance(value, kinds.CONTAINERS):
            self._follow_setting(where, value)
        else:
            self._follow_object(where, value)

    def _follow_names(self, where: str, state: Mapping[str, Any], more: AbstractSet[str] = frozenset()) -> None:
        """Compare what names of the code, and some more, lead to in a namespace, and that the others are not there."""
        for name in (self._names | more) & state.keys():
            self._note(state, name, f"{where}.{name}")
        self._absent.append((state, frozenset(self._names - state.keys())))

    def _follow_python_module(self, where: str, module: types.ModuleType) -> None:
        """Follow the names in a Python module; those of known libraries stay what they are."""
        state = vars(module)
        if not kinds.is_of_library(module.__name__):
            is_any = self._is_by_name and not kinds.is_standard(module.__name__)
            self._follow_names(where, state, {n for n in state if not n.startswith("__")} if is_any else frozenset())
            return
        for name in self._names & state.keys():
            if isinstance(state[name], types.ModuleType):
                self._wait(f"{where}.{name}", state[name])

    def _follow_class(self, where: str, kind: type) -> None:
        """Follow the names in a class of the user."""
        if issubclass(kind, torch.autograd.Function):
            self._refuse(f"`{where}` is an `autograd.Function`, whose code runs in other threads, too")
        for base in kind.__mro__:
            if kinds.is_of_user(base):
                self._follow_namespace(where, base)
            elif not kinds.is_known(base):
                self._refuse(f"`{where}` is the class `{kinds.full_name(base)}`, which may hide its state")
        if kinds.is_of_user(type(kind)):
            self._wait(where, type(kind))

    def _follow_namespace(self, where: str, base: type) -> None:
        state = base.__dict__
        # What Python looks up by itself, where it is something else than a function, which is looked at when it runs.
        special = {name for name in state if name.startswith("__")}
        more = {name for name in special - kinds.OF_CLASSES if not isinstance(state[name], FunctionType)}
        self._follow_names(where, state, more | (state.keys() - special) if self._is_by_name else more)

    def _follow_torch_module(self, where: str, module: nn.Module) -> None:
        """Follow submodules, weights and attributes of a module."""
        self.modules.append(module)
        state = module.__dict__
        stores = [state["_parameters"], state["_buffers"], state["_modules"]]
        more = {name for name in state if name not in kinds.own_state(module)} if self._is_by_name else set()
        if self._is_by_name or isinstance(module, _LISTING):
            more.update(*stores)
        self._follow_names(where, state, more)
        for store in stores:  # which `Surroundings` compares
            for name in (self._names | more) & store.keys():
                self._wait(f"{where}.{name}", store[name])
        self._follow_class_of(where, module)
        if isinstance(module, kinds.CONTAINERS):
            self._follow_items(where, module)

    def _follow_class_of(self, where: str, thing: Any) -> None:
        """Follow what an object has from its class: values of the user's classes, properties of known ones."""
        self._attributes.append((thing, "__class__", type(thing)))
        left = set(self._names)
        for base in type(thing).__mro__:
            for name in left & base.__dict__.keys():
                left.discard(name)
                if isinstance(base.__dict__[name], property) and not kinds.is_of_user(base):
                    self._compute(where, thing, name)
        self._wait(type(thing).__qualname__, type(thing))

    def _compute(self, where: str, thing: Any, name: str) -> None:
        """Note what a property of a known class says now."""
        if name in kinds.CHANGING_PROPERTIES:
            return  # which the code may not read
        try:
            value: Any = getattr(thing, name, _MISSING)
        except Exception:
            return  # and code that asks for it fails
        self._attributes.append((thing, name, value))
        for part in value if type(value) in (list, tuple) else (value,):
            self._wait(f"{where}.{name}", part)

    def _follow_setting(self, where: str, thing: Any) -> None:
        """Compare all attributes of a loss, an initializer, a policy."""
        if any(map(kinds.is_changing, type(thing).__mro__)):
            self._refuse(f"`{where}` is a `{type(thing).__qualname__}`, which changes in each step")
        state = getattr(thing, "__dict__", {})
        self._summaries.append((state, summary(state)))
        self._follow_names(where, state)
        self._follow_class_of(where, thing)

    def _follow_object(self, where: str, thing: Any) -> None:
        """Follow the items of a container and the attributes of an object of a class of the user."""
        kind = type(thing)
        if not all(kinds.is_of_user(base) or kinds.is_plain(base) for base in kind.__mro__):
            self._refuse(f"`{where}` is a `{kinds.full_name(kind)}`, which may change where nobody looks")
            return
        if isinstance(thing, kinds.CONTAINERS):
            self._follow_items(where, thing)
        state = getattr(thing, "__dict__", None)
        if state is not None:
            self._follow_names(where, state, state.keys() if self._is_by_name else frozenset())
        for base in kind.__mro__:
            for name, value in base.__dict__.items():
                is_slot = isinstance(value, types.MemberDescriptorType)
                if is_slot and (self._is_by_name or name in self._names):
                    self._compute(where, thing, name)
        if kinds.is_of_user(kind):
            self._follow_class_of(where, thing)

    def _follow_items(self, where: str, container: Any) -> None:
        if _size(container) > _LARGEST_CONTAINER:
            self._refuse(f"`{where}` is a large container, which may be written at any time")
            return
        items = list(_items(container))
        if not isinstance(container, (tuple, frozenset)):
            self._contents.append((container, items))
        for i, item in enumerate(items):
            self._wait(f"{where}[{i}]", item)


def _form(tensor: torch.Tensor) -> Any:
    return tensor.shape, tensor.dtype, tensor.requires_grad


def _content(array: Any) -> Any:
    return array.shape, array.dtype, array.tobytes()


def _functions(codes: Sequence[CodeType]) -> list[FunctionType]:
    """Return all functions of some code: a look at all objects there are, 25 ms."""
    if not codes:
        return []
    return [thing for thing in gc.get_referrers(*codes) if isinstance(thing, FunctionType)]


def _base(container: Any) -> Any:
    """The class of Python that lists the items of a container, past all that a subclass may do."""
    return next(kind for kind in kinds.CONTAINERS if isinstance(container, kind))


def _size(container: Any) -> int:
    return int(_base(container).__len__(container))


def _items(container: Any) -> Iterator[Any]:
    base = _base(container)
    if base in (dict, types.MappingProxyType):
        for key, value in base.items(container):
            yield key
            yield value
    else:
        yield from base.__iter__(container)


def _has(container: Any, items: list[Any]) -> bool:
    now = list(_items(container))
    return len(now) == len(items) and all(map(_is_same, now, items))


def _is_same(now: Any, before: Any) -> bool:
    """Whether a value is the one from before, or a number or string equal to it."""
    if now is before:
        return True
    kind = type(now)
    if kind is not type(before) or kind not in (int, float, str):
        return False
    return bool(now == before and (kind is not float or math.copysign(1, now) == math.copysign(1, before)))


def _is_alike(now: Any, before: Any) -> bool:
    """Whether what an attribute says is what it said before; a new list counts by its items."""
    if isinstance(now, (list, tuple, dict)) and type(now) is type(before):
        return len(now) == len(before) and all(map(_is_alike, _items(now), _items(before)))
    return _is_same(now, before)
