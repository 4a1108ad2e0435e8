"""Operations: callables that are recorded when an argument is symbolic and run otherwise."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from torchkeras_compat.argument_names import known_arguments, refuse_misspelt, say_nearest
from torchkeras_compat.dtypes import identifiers as policies
from torchkeras_compat.dtypes.dtype_policy import DTypePolicy
from torchkeras_compat.errors import ConfigValueError
from torchkeras_compat.naming import auto_name, to_snake_case
from torchkeras_compat.overrides import DIALECT, NUMPY_GIVEN, making_dialect
from torchkeras_compat.plain_numbers import PLAIN, holds_numpy
from torchkeras_compat.plain_numbers import plain as plain_numbers
from torchkeras_compat.symbolic.automatic_config import automatic_config
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, any_symbolic
from torchkeras_compat.symbolic.node import Node
from torchkeras_compat.symbolic.recording import record
from torchkeras_compat.symbolic.shapes import infer_outputs

Function = Callable[..., Any]
F = TypeVar("F", bound=Function)


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

    takes_gradients = False  # of what was computed before it, in a run of the graph
    _arguments: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})
    # The recorded calls, see `recorded_calls`.
    _inbound_nodes: Sequence[Node] = ()
    # Number of the first call in the `input_layers` and `output_layers` of a config.
    _first_call_number: int = 0

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        self = super().__new__(cls)
        dialect = making_dialect()
        if dialect is not None:
            object.__setattr__(self, DIALECT, dialect)
        elif kwargs:
            owner: Any = cls
            known = known_arguments(owner)
            if known is not None and not kwargs.keys() <= known:
                refuse_misspelt(cls, kwargs, ValueError)
        for value in (*args, *kwargs.values()):
            if type(value) not in PLAIN and holds_numpy(value):
                object.__setattr__(self, NUMPY_GIVEN, True)
                args, kwargs = plain_numbers(args), plain_numbers(kwargs)
                break
        object.__setattr__(self, "_arguments", (args, kwargs))
        return self

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        self.name = check_name(name) if name is not None else auto_name(to_snake_case(type(self).__name__))
        self._dtype = dtype

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if any_symbolic(args, kwargs):
            return self.symbolic_call(*args, **kwargs)
        return self.call(*args, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs; every subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} must define `call(self, ...)`.")

    def quantized_call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the quantized form; of layers that have one.

        Raises:
            NotImplementedError: there is none.
        """
        raise NotImplementedError(f"{type(self).__name__} has no quantized form. Call it as it is.")

    def rematerialized_call(self, fn: Function, *args: Any, **kwargs: Any) -> Function:
        """Return what computes ``fn`` as a `RematScope` has it: of layers; here ``fn`` itself.

        Args:
            fn: The function.
            args: Its arguments.
            kwargs: The same, by name.
        """
        return fn

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
        """Return a new operation made from what ``get_config`` returned.

        As ``dtype`` the constructor gets the name of a plain policy, else the policy.

        Raises:
            TypeError: the constructor does not take the arguments.
            ConfigValueError: it refuses a value; a ValueError and a TypeError.
        """
        dtype = config.get("dtype")
        if isinstance(dtype, dict) and "class_name" in dtype:
            policy = policies.get(dtype)
            config = {**config, "dtype": policy.name if type(policy) is DTypePolicy else policy}
        try:
            return cls(**config)
        except TypeError as error:
            raise TypeError(
                f"{cls.__name__} could not be made from its config {config}: {error}. "
                "Either its constructor must accept these arguments, or the class must define `from_config`."
            ) from error
        except ValueError as error:
            if type(error) is not ValueError:
                raise  # its class says more
            raise ConfigValueError(f"{cls.__name__} could not be made from its config: {error}") from error

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

    @property
    def _unwraps_single_output(self) -> bool:
        """Whether calls return the tensor where they were recorded with a list of one."""
        return False

    def _only_node(self, what: str) -> Node:
        nodes = self._inbound_nodes
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


class FunctionCall(Operation):
    """The operation behind one recorded call of a function.

    Args:
        function: Code on real or meta tensors.
        name: Name, unique by default.
        output_spec: Function of the same signature that returns KerasTensors, where meta tensors cannot tell.
    """

    def __init__(self, function: Function, name: str | None = None, output_spec: Function | None = None) -> None:
        super().__init__(name=name or auto_name(to_snake_case(getattr(function, "__name__", "function").strip("_"))))
        self.function = function
        self.output_spec = output_spec

    def call(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        return infer_outputs(self.call, args, kwargs) if self.output_spec is None else self.output_spec(*args, **kwargs)

    def __getstate__(self) -> dict[str, Any]:
        # Functions are pickled by their name, under which their module holds the recording one.
        function = self.function
        public = getattr(sys.modules.get(getattr(function, "__module__", "")), getattr(function, "__name__", ""), None)
        is_wrapped = getattr(public, "__wrapped__", None) is function
        state = {k: v for k, v in self.__dict__.items() if k not in ("_arguments", "_inbound_nodes", "output_spec")}
        return {**state, "function": public if is_wrapped else function}

    def __setstate__(self, state: dict[str, Any]) -> None:
        function = state["function"]
        spec = getattr(function, "_output_spec", None)
        self.__dict__.update(state, function=getattr(function, "__wrapped__", function), output_spec=spec)

    def __repr__(self) -> str:
        return f"<FunctionCall {self.name}>"


def record_function(
    function: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    output_spec: Function | None = None,
    name: str | None = None,
) -> Any:
    """Record a call of a plain function whose arguments hold KerasTensors."""
    outputs = output_spec(*args, **kwargs) if output_spec else infer_outputs(function, args, kwargs)
    if not any(isinstance(x, KerasTensor) for x in _flat(outputs)):
        return outputs
    return record(FunctionCall(function, name, output_spec), args, kwargs, outputs)


def _flat(outputs: Any) -> list[Any]:
    if isinstance(outputs, (list, tuple)):
        return [leaf for x in outputs for leaf in _flat(x)]
    if isinstance(outputs, dict):
        return [leaf for x in outputs.values() for leaf in _flat(x)]
    return [outputs]


def operation(function: F | None = None, *, output_spec: Function | None = None) -> Any:
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
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            say_nearest(error, function)
            raise

    dispatch._output_spec = output_spec  # type: ignore[attr-defined]
    dispatch._is_operation = dispatch  # type: ignore[attr-defined]  # a copy of the attribute, by `wraps`, says another
    return dispatch


def plain(function: Function) -> Function:
    """Return the code behind an operation, for callers whose arguments are never symbolic; others as they are."""
    return function.__wrapped__ if getattr(function, "_is_operation", None) is function else function


KerasTensor._record_function = staticmethod(record_function)
