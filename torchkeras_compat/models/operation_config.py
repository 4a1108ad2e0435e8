"""Recorded functions of `ops` in files: Keras stores an operation as a class, its settings apart from its inputs."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras_compat import kinds, public_names
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.models.operation_signatures import (
    function_named,
    is_beside_ops,
    joined_call,
    operation_name,
    renamed_settings,
    split_call,
    takes_name,
    with_arrays,
)
from torchkeras_compat.own_code import is_own
from torchkeras_compat.saving.file_limits import current_limits, too_much
from torchkeras_compat.saving.memory_budget import MemoryBudget
from torchkeras_compat.saving.old_files import OLD_FUNCTION
from torchkeras_compat.serialization import serialize_config
from torchkeras_compat.symbolic.operation import FunctionCall
from torchkeras_compat.symbolic.shapes import infer_outputs

_BYTES_TO_FIND_SHAPES = 2**24
# Functions with as many outputs as an argument, or the length of an axis, says.
_OF_PARTS = frozenset("array_split dsplit hsplit split unstack vsplit".split())
_Calls = list[tuple[Any, dict[str, Any]]]


def operation_class(operation: Any) -> str:
    """Return Keras's name of the class of an operation."""
    return operation_name(operation.function)[0] if isinstance(operation, FunctionCall) else type(operation).__name__


def operation_config(operation: FunctionCall, calls: _Calls) -> tuple[dict[str, Any], _Calls]:
    """Return the config of an operation, and the arguments of its calls without what the config holds.

    Args:
        operation: Recorded function.
        calls: Positional and keyword arguments of its calls.

    Raises:
        ValueError: the function is none of `ops`, nor one of an old dialect that files may name.
    """
    function = operation.function
    if not (_is_of_ops(function) or is_beside_ops(function)):
        old = _of_old_dialect(operation, calls)
        if isinstance(old, dict):
            return old, calls
        function, calls = old
    if function.__name__ == "get_item":
        function, calls = _indexing(function, calls)
    cls, module = operation_name(function)
    config: dict[str, Any] = {"name": operation.name} if takes_name(function) else {}
    left: list[tuple[Any, dict[str, Any]]] = []
    for args, kwargs in calls:
        inputs, named, settings = split_call(function, args, kwargs)
        config.update({k: v for k, v in settings.items() if k != "name"})
        inputs = with_arrays(function, inputs)
        left.append(([list(x) if isinstance(x, tuple) else x for x in inputs], named))
    entry = {"module": module, "class_name": cls, "config": serialize_config(config), "registered_name": cls}
    return entry, left


def _indexing(function: Callable[..., Any], calls: _Calls) -> tuple[Callable[..., Any], _Calls]:
    """Return calls of ``get_item`` as files hold them: `take` for the indices of one axis, else with a list of keys.

    Keras has no indices of arrays in ``get_item``, and reads a key that is a list as the tuple that it was.
    """
    found: _Calls = []
    for args, kwargs in calls:
        [x, key], *_ = split_call(function, args, kwargs)
        keys = list(key) if isinstance(key, tuple) else [key]
        indices = [i for i, k in enumerate(keys) if isinstance(k, (list, np.ndarray))]
        others = [k for i, k in enumerate(keys) if i not in indices and k is not Ellipsis]
        if len(indices) == len(calls) == 1 and all(k == slice(None) for k in others):
            array = np.asarray(keys[indices[0]])
            if array.ndim == 1 and array.dtype.kind in "iu":
                axis = indices[0] - (len(keys) if Ellipsis in keys[: indices[0]] else 0)
                return public_names.named("ops.take").__wrapped__, [((x, array), {"axis": axis})]
        found.append(((x, key if isinstance(key, int) else keys), {}))
    return function, found


def _is_of_ops(function: Callable[..., Any]) -> bool:
    return str(getattr(function, "__module__", "")).startswith("torchkeras_compat.ops.")


def _of_old_dialect(operation: FunctionCall, calls: _Calls) -> dict[str, Any] | tuple[Callable[..., Any], _Calls]:
    """Return the function of `ops` that a function of an old dialect means, with its calls; else an entry of its own.

    Raises:
        ValueError: no file can name the function.
    """
    function = operation.function
    path = public_names.named("dialects.saved_functions.path_of")(function) if is_own(function) else None
    if path is None:
        raise ValueError(
            f"The model calls {getattr(function, '__module__', None)}.{getattr(function, '__name__', function)} on"
            f" symbolic tensors (operation '{operation.name}'), which no config can name. Use the function of `ops`, or"
            " put the call into a `Layer`."
        )
    core_call = public_names.named("dialects.core_calls.core_call")
    found = [core_call(path, function, args, kwargs) for args, kwargs in calls]
    if found and None not in found:
        return getattr(found[0][0], "__wrapped__", found[0][0]), [call[1:] for call in found]
    config = {"name": operation.name, "function": path}
    return {"module": kinds.OLD_FUNCTIONS, "class_name": OLD_FUNCTION, "config": config, "registered_name": None}


class OpFromConfig(FunctionCall):
    """The operation of a file, with the settings that are stored with it.

    Args:
        class_name: Keras's name of the class.
        config: Its settings.

    Raises:
        FileSafetyError: the operation takes functions.
        ValueError: there is no such operation.
    """

    def __init__(self, class_name: str, config: dict[str, Any]) -> None:
        function = function_named(class_name)
        raw = getattr(function, "__wrapped__", function)
        super().__init__(raw, config.get("name"), getattr(function, "_output_spec", None))
        settings = {k: deserialize_as((), v) for k, v in config.items() if k != "name"}
        self.settings = renamed_settings(function, settings)

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Record one call, the settings among its arguments."""
        positional, named = joined_call(self.function, self.settings, args, kwargs)
        if self.function.__name__ == "get_item":  # files hold tuples as lists
            positional = [tuple(x) if isinstance(x, list) else x for x in positional]
        _check_parts(self.function, positional, named)
        return super().symbolic_call(*positional, **named)


def _check_parts(function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> None:
    """Refuse a call that has more outputs than a file may have calls.

    Raises:
        FileLimitError: it has.
    """
    if function.__name__ not in _OF_PARTS:
        return
    given = inspect.signature(function).bind(*args, **kwargs).arguments
    size = given.get("indices_or_sections", given.get("num"))
    sizes = [x for x in getattr(given.get("x"), "shape", ()) if x] if size is None else [size]
    allowed = current_limits().calls
    if any(isinstance(x, int) and x > allowed for x in sizes):
        raise too_much(f"A call of `{function.__name__}` has {max(sizes)} outputs", "calls", allowed)


def check_operation(class_name: str) -> None:
    """Refuse an operation that a file may not name.

    Raises:
        FileSafetyError: the operation takes functions.
        ValueError: there is no such operation.
    """
    function_named(class_name)


def old_function(config: Any) -> FunctionCall:
    """Return the operation of a function of an old dialect, of a config that :func:`operation_config` returned.

    Raises:
        FileSafetyError: the function is none that files may name.
    """
    path = config.get("function") if isinstance(config, dict) else None
    function, spec = public_names.named("dialects.saved_functions.function_at")(path)

    def within_memory(*args: Any, **kwargs: Any) -> Any:
        """Find the outputs, for which small values may be computed: sizes of axes, and what follows from these."""
        limits = dataclasses.replace(current_limits(), bytes_without_weights=_BYTES_TO_FIND_SHAPES)
        with MemoryBudget(str(path), None, limits):
            return infer_outputs(function, args, kwargs) if spec is None else spec(*args, **kwargs)

    call = _OldCall(function, config.get("name"), within_memory)
    call.path = str(path)
    return call


class _OldCall(FunctionCall):
    """The operation of a function of an old dialect, of a file."""

    path = ""

    def get_config(self) -> dict[str, Any]:
        """Return its name, and that of the function."""
        return {"name": self.name, "function": self.path}

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Record one call, in which constants have the dtypes that they had when it was saved."""
        with_dtypes = public_names.named("dialects.old_files.constants.with_dtypes")
        args, kwargs = with_dtypes(self.function, args, kwargs)
        return super().symbolic_call(*args, **kwargs)
