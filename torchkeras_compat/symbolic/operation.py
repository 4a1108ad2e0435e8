"""Operations: callables that are recorded when an argument is symbolic and run otherwise."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from torchkeras_compat.naming import auto_name, to_snake_case
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, any_symbolic
from torchkeras_compat.symbolic.module_calls import calling_frame, module_call
from torchkeras_compat.symbolic.node import Node
from torchkeras_compat.symbolic.shapes import infer_outputs

F = TypeVar("F", bound=Callable)


class Operation:
    """Base of everything that a functional model can hold as a node.

    Subclasses define ``call``, and ``compute_output_spec`` where running ``call`` on meta tensors cannot tell the
    shape.

    Args:
        name: Name, unique by default. It must not contain ``/``.

    Raises:
        ValueError: ``name`` is not a string without ``/``.

    Example:
        >>> class Double(Operation):
        ...     def call(self, x):
        ...         return 2 * x
        >>> Double()(4), Double()(KerasTensor((None, 3))).shape
        (8, (None, 3))
    """

    _arguments: tuple[tuple, dict[str, Any]] = ((), {})

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        self = super().__new__(cls)
        object.__setattr__(self, "_arguments", (args, kwargs))
        return self

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = check_name(name) if name is not None else auto_name(to_snake_case(type(self).__name__))
        self._dtype = dtype

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if any_symbolic(args, kwargs):
            return self.symbolic_call(*args, **kwargs)
        return self.call(*args, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs; every subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} must define `call(self, ...)`.")

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Record one call and return symbolic outputs."""
        return record(self, args, kwargs, self.compute_output_spec(*args, **kwargs))

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return KerasTensors of the shapes and dtypes that ``call`` would give."""
        return infer_outputs(self.call, args, kwargs)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, taken from the call of the constructor.

        Raises:
            NotImplementedError: an argument is not a plain value, so the class must define ``get_config`` itself.
        """
        return automatic_config(self, {"name": self.name})

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Return a new operation made from what ``get_config`` returned."""
        try:
            return cls(**config)
        except TypeError as error:
            raise TypeError(
                f"{cls.__name__} could not be made from its config {config}: {error}. "
                "Either its constructor must accept these arguments, or the class must define `from_config`."
            ) from error

    @property
    def input(self) -> Any:
        """Symbolic input of the operation's only call."""
        node = self._only_node("input")
        return unwrap(node.args) if node.args and not node.kwargs else unwrap(node.explicit_inputs)

    @property
    def output(self) -> Any:
        """Symbolic output of the operation's only call."""
        outputs = self._only_node("output").outputs
        return list(outputs) if isinstance(outputs, tuple) else outputs

    def _only_node(self, what: str) -> Node:
        nodes = getattr(self, "_inbound_nodes", None)
        if not nodes:
            raise AttributeError(
                f"The {type(self).__name__} '{self.name}' has never been called on a KerasTensor, so it has no defined"
                f" {what}."
            )
        return nodes[0]


def unwrap(args: Sequence[Any]) -> Any:
    """Return the single element of a one-element sequence, else the sequence as a list."""
    return args[0] if len(args) == 1 else list(args)


def check_name(name: Any) -> str:
    """Return ``name``, or raise a ValueError if it is not a string without ``/``."""
    if not isinstance(name, str) or "/" in name:
        raise ValueError(
            f"Argument `name` must be a string and cannot contain character `/`. Received: name={name!r} (of type"
            f" {type(name)})"
        )
    return name


def automatic_config(obj: Any, base: dict[str, Any]) -> dict[str, Any]:
    """Return ``base`` and the arguments the constructor of ``obj`` was called with.

    Raises:
        NotImplementedError: an argument is not a plain value.
    """
    args, kwargs = obj._arguments
    signature = list(inspect.signature(type(obj).__init__).parameters.values())[1:]
    parameters = [p.name for p in signature if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    if len(args) > len(parameters):
        raise NotImplementedError(
            f"The constructor of {type(obj).__name__} takes any number of arguments, so its config cannot be taken from"
            " the constructor call. Define `get_config(self)` in the class."
        )
    defaults = {p.name: p.default for p in signature if p.default is not p.empty and p.name not in (*base, "dtype")}
    given = {**defaults, **dict(zip(parameters, args, strict=False)), **kwargs}
    for name, value in given.items():
        if not _is_plain(value):
            raise NotImplementedError(
                f"{type(obj).__name__} was made with {name}={value!r}, which is not a plain value, so its config cannot"
                " be taken from the constructor call. Define `get_config(self)` in the class: return a dict of the"
                " constructor's arguments, starting from `super().get_config()`."
            )
    accepts_all = any(p.kind is p.VAR_KEYWORD for p in signature)
    kept = {k: v for k, v in base.items() if accepts_all or k in parameters}
    return {**kept, **{k: v for k, v in given.items() if k not in kept}}


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(_is_plain(v) for v in value.values())
    return value is None or isinstance(value, (str, int, float, bool, complex, bytes)) or hasattr(value, "get_config")


class FunctionCall(Operation):
    """The operation behind one recorded call of a function."""

    def __init__(self, function: Callable, name: str | None = None) -> None:
        super().__init__(name=name or auto_name(to_snake_case(getattr(function, "__name__", "function").strip("_"))))
        self.function = function

    def call(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def __getstate__(self) -> dict[str, Any]:
        # Functions are pickled by their name, under which their module holds the recording one.
        function = self.function
        public = getattr(sys.modules.get(getattr(function, "__module__", "")), getattr(function, "__name__", ""), None)
        is_wrapped = getattr(public, "__wrapped__", None) is function
        state = {k: v for k, v in self.__dict__.items() if k not in ("_arguments", "_inbound_nodes")}
        return {**state, "function": public if is_wrapped else function}

    def __setstate__(self, state: dict[str, Any]) -> None:
        function = state["function"]
        self.__dict__.update(state, function=getattr(function, "__wrapped__", function))

    def __repr__(self) -> str:
        return f"<FunctionCall {self.name}>"


def record(
    operation: Any, args: tuple, kwargs: dict[str, Any], outputs: Any, implied: dict[str, Any] | None = None
) -> Any:
    """Record one call of ``operation``.

    Returns:
        ``outputs``, which now point to the call. Inside a plain torch module the recorded call is that of the module,
        see `module_calls`, and the outputs are those of an equal call.
    """
    frame = calling_frame()
    if frame is not None:
        call, begun = module_call(frame)
        if begun is not None:
            _note(*begun)
        if not call.is_tracing:
            return call.next_result()
        call.results.append(outputs)
    _note(operation, args, kwargs, outputs, implied)
    return outputs


def _note(
    operation: Any, args: tuple, kwargs: dict[str, Any], outputs: Any, implied: dict[str, Any] | None = None
) -> None:
    node = Node(operation, args, kwargs, implied or {}, outputs)
    recorded_calls(operation).append(node)


def recorded_calls(operation: Any) -> list[Node]:
    """Return the list of the recorded calls of an operation; changes to it count."""
    calls: list[Node] = operation.__dict__.setdefault("_inbound_nodes", [])
    return calls


def record_function(
    function: Callable,
    args: tuple,
    kwargs: dict[str, Any],
    output_spec: Callable | None = None,
    name: str | None = None,
) -> Any:
    """Record a call of a plain function whose arguments hold KerasTensors."""
    outputs = output_spec(*args, **kwargs) if output_spec else infer_outputs(function, args, kwargs)
    if not any(isinstance(x, KerasTensor) for x in _flat(outputs)):
        return outputs
    return record(FunctionCall(function, name), args, kwargs, outputs)


def _flat(outputs: Any) -> list[Any]:
    if isinstance(outputs, (list, tuple)):
        return [leaf for x in outputs for leaf in _flat(x)]
    if isinstance(outputs, dict):
        return [leaf for x in outputs.values() for leaf in _flat(x)]
    return [outputs]


def operation(function: F | None = None, *, output_spec: Callable | None = None) -> Any:
    """Make a function of ``ops`` that records itself when an argument is a KerasTensor.

    Args:
        function: Code on real or meta tensors, which converts its tensor arguments first.
        output_spec: Function of the same signature that returns KerasTensors, where meta tensors cannot tell.

    Example:
        >>> @operation
        ... def double(x):
        ...     return x + x
        >>> double(KerasTensor((None, 3))).shape
        (None, 3)
    """
    if function is None:
        return functools.partial(operation, output_spec=output_spec)

    @functools.wraps(function)
    def dispatch(*args: Any, **kwargs: Any) -> Any:
        for x in args:
            kind = type(x)
            if kind is KerasTensor or ((kind is list or kind is tuple or kind is dict) and any_symbolic((x,))):
                return record_function(function, args, kwargs, output_spec)
        if kwargs and any_symbolic((), kwargs):
            return record_function(function, args, kwargs, output_spec)
        return function(*args, **kwargs)

    return dispatch
