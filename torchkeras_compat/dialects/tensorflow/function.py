"""`tf.function`: a function runs as it is written, or compiled by torch where that is asked for."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.creation import constant
from torchkeras_compat.dialects.tensorflow.shells import unwrap, wrap
from torchkeras_compat.ops.conversion import convert_to_tensor as as_tensor
from torchkeras_compat.symbolic.keras_tensor import any_symbolic
from torchkeras_compat.tree import map_structure
from torchkeras_compat.user_warnings import warn_user

Callee = Callable[..., Any]


class Function:
    """A function that `tf.function` made. It runs at each call, so that what it prints is printed each time.

    Args:
        python_function: The function.
        input_signature: A `TensorSpec` for each argument; None for any.
        jit_compile: Whether torch.compile compiles it.

    Example:
        >>> double = function(lambda x: x + x)
        >>> double(np.ones(1, "float32"))
        <tf.Tensor: shape=(1,), dtype=float32, numpy=array([2.], dtype=float32)>
    """

    def __init__(self, python_function: Callee, input_signature: Any = None, jit_compile: bool | None = None) -> None:
        functools.update_wrapper(self, python_function)
        self.python_function = python_function
        self.input_signature = None if input_signature is None else tuple(input_signature)
        self._compiled = _compiled(python_function) if jit_compile else None
        self._calls = 0

    @property
    def function_spec(self) -> inspect.Signature:
        """The signature of the function."""
        return inspect.signature(self.python_function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._run(None, args, kwargs)

    def _run(self, owner: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the function, of an object if it is a method."""
        self._calls += 1
        first = () if owner is None else (owner,)
        if any_symbolic(args, kwargs):
            return self.python_function(*first, *args, **kwargs)
        args = tuple(_argument(x) for x in args)
        kwargs = {name: _argument(x) for name, x in kwargs.items()}
        if self.input_signature is not None:
            args = self._checked(args)
        call = self.python_function if self._compiled is None else self._compiled
        return _results(call(*first, *args, **kwargs))

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else Method(self, instance)

    def _checked(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the arguments in the dtypes of the signature.

        Raises:
            TypeError: there are more than specifications, or one does not fit.
        """
        assert self.input_signature is not None
        if len(args) > len(self.input_signature):
            raise TypeError(
                f"{self.python_function.__name__} has an input_signature of {len(self.input_signature)} arguments. "
                f"Received: {len(args)}"
            )
        return tuple(_fitted(x, spec) for x, spec in zip(args, self.input_signature, strict=False))

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """Return the function for arguments of these shapes and dtypes: tensors or `TensorSpec`."""
        return ConcreteFunction(self, None, args, kwargs)

    def experimental_get_tracing_count(self) -> int:
        """Return 1 once it was called: nothing is traced here."""
        return min(self._calls, 1)

    def __deepcopy__(self, memo: Any) -> Function:
        return self

    def __reduce__(self) -> Any:
        return self.python_function.__qualname__  # pickled by its name, as functions are


class Method:
    """A :class:`Function` as a method of one object."""

    def __init__(self, function: Function, owner: Any) -> None:
        functools.update_wrapper(self, function.python_function)
        self.__func__ = function
        self.__self__ = owner
        self.__wrapped__ = function.python_function.__get__(owner)

    @property
    def python_function(self) -> Callee:
        """The method as it was written."""
        bound: Callee = self.__wrapped__
        return bound

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__func__._run(self.__self__, args, kwargs)

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """Return the method for arguments of these shapes and dtypes."""
        return ConcreteFunction(self.__func__, self.__self__, args, kwargs)


class ConcreteFunction:
    """A function for arguments of known shapes and dtypes.

    Args:
        function: The function.
        owner: Object whose method it is, or None.
        args: Tensors or specifications.
        kwargs: The same, by name.
    """

    def __init__(self, function: Function, owner: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._function = function
        self._owner = owner
        self.structured_input_signature = (args or tuple(function.input_signature or ()), kwargs)
        self.name = function.python_function.__name__

    @property
    def inputs(self) -> list[Any]:
        """The specifications of the arguments."""
        args, kwargs = self.structured_input_signature
        return [*args, *kwargs.values()]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function._run(self._owner, args, kwargs)


def _argument(x: Any) -> Any:
    """Return arrays and plain tensors, in nested structures, as tensors of this dialect."""
    if isinstance(x, np.ndarray):
        return wrap(as_tensor(x)) if x.dtype.kind in "biufc" else x
    return wrap(x) if isinstance(x, (torch.Tensor, list, tuple, dict)) else x


def _results(x: Any) -> Any:
    """Return numbers and arrays, in nested structures, as tensors, as what a graph of TensorFlow returns."""

    def one(leaf: Any) -> Any:
        if isinstance(leaf, (bool, int, float, np.number, np.ndarray)) and not torch.compiler.is_compiling():
            return constant(leaf)
        return wrap(leaf)

    return map_structure(one, x)


def _fitted(x: Any, spec: Any) -> Any:
    if not hasattr(spec, "shape") or (isinstance(x, (list, tuple, dict)) and not hasattr(spec, "dtype")):
        return x
    found = wrap(as_tensor(unwrap(x), spec.dtype.torch_dtype if not hasattr(x, "dtype") else None))
    if not spec.is_compatible_with(found):
        raise TypeError(
            f"The argument does not fit the input_signature. Expected {spec}, received a tensor of shape "
            f"{tuple(found.shape)} and dtype {found.dtype.name}. Cast or reshape it."
        )
    return found


def _compiled(python_function: Callee) -> Callee:
    """Return the function compiled by torch, and as it is, after a warning, where that fails."""
    compiled = torch.compile(_of_plain(python_function))
    state = {"fails": False}

    @functools.wraps(python_function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not state["fails"]:
            try:
                return wrap(compiled(*unwrap(args), **unwrap(kwargs)))
            except Exception as error:
                from torch._dynamo.exc import TorchDynamoException  # 1 s of imports, made by torch.compile already

                if not isinstance(error, TorchDynamoException):
                    raise
                state["fails"] = True
                reason = " ".join(str(error).split("\n\n")[0].split())[:300]
                warn_user(
                    f"jit_compile=True: torch.compile failed ({type(error).__name__}: {reason}), so "
                    f"{python_function.__name__} runs as it is written. Leave jit_compile out."
                )
        return python_function(*args, **kwargs)

    return call


def _of_plain(python_function: Callee) -> Callee:
    def call(*args: Any, **kwargs: Any) -> Any:
        return unwrap(python_function(*args, **kwargs))

    return call


def function(
    func: Callee | None = None,
    input_signature: Sequence[Any] | None = None,
    autograph: bool = True,
    jit_compile: bool | None = None,
    reduce_retracing: bool = False,
    experimental_implements: Any = None,
    experimental_autograph_options: Any = None,
    experimental_attributes: Any = None,
    experimental_relax_shapes: Any = None,
    experimental_compile: bool | None = None,
    experimental_follow_type_hints: Any = None,
) -> Any:
    """Make a function that takes and gives tensors; a decorator, with or without arguments.

    It runs as it is written, with Python's own ``if`` and ``for``; nothing is traced.

    Args:
        func: The function, or method; None to decorate.
        input_signature: A `TensorSpec` for each argument, which calls are checked against.
        autograph: Kept for TensorFlow's signature, as what follows but for ``jit_compile``.
        jit_compile: Whether torch.compile compiles it.
        experimental_compile: Older name of ``jit_compile``.

    Raises:
        TypeError: ``func`` is not callable.

    Example:
        >>> @function(jit_compile=False)
        ... def add(x, y):
        ...     return x + y
        >>> add(constant(1), 2)
        <tf.Tensor: shape=(), dtype=int32, numpy=3>
    """
    compiles = jit_compile if jit_compile is not None else experimental_compile
    if func is None:
        return lambda decorated: function(decorated, input_signature, jit_compile=compiles)
    if isinstance(func, Function):
        return func
    if not callable(func):
        raise TypeError(f"tf.function takes a function. Received: {func!r}")
    return Function(func, input_signature, compiles)
