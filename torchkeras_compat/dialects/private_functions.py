"""Functions that lie below ``keras.src`` in Keras, have a plain meaning, and are taken by packages built on Keras 3."""

from __future__ import annotations

import functools
import importlib
import os
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import torch
from torch import nn

from torchkeras_compat.data.class_weight import ClassWeights
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_Function = TypeVar("_Function", bound=Callable[..., Any])
_GLOBAL = threading.local()
_GRAIN = [os.path.join("grain", "_src", "python", folder) for folder in ("dataset", "data_loader")]


def in_safe_mode() -> bool:
    """Return True: nothing that is loaded here runs code from a file, whatever ``safe_mode`` says."""
    return True


def in_grain_data_pipeline() -> bool:
    """Return whether the caller runs inside a pipeline of the library grain."""
    if "grain" not in sys.modules:
        return False
    frame = sys._getframe()
    while frame is not None:
        if any(folder in frame.f_code.co_filename for folder in _GRAIN):
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


def in_tf_graph() -> bool:
    """Return False: there is no TensorFlow graph here."""
    return False


def no_automatic_dependency_tracking(function: _Function) -> _Function:
    """Return a method whose assignments to ``self`` stay as they are: no list is wrapped, no layer registered.

    Args:
        function: Method of a layer; a function of something else is called as it is.
    """

    @functools.wraps(function)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(self, nn.Module) or hasattr(type(self), "_tracks_nothing"):
            return function(self, *args, **kwargs)
        cls = type(self)
        object.__setattr__(self, "__class__", _without_tracking(cls))  # type: ignore[arg-type]
        try:
            return function(self, *args, **kwargs)
        finally:
            object.__setattr__(self, "__class__", cls)

    return method  # type: ignore[return-value]


@functools.cache
def _without_tracking(cls: type) -> type:
    """Return a subclass whose instances keep what is assigned to them, and nothing more."""
    return type(cls.__name__, (cls,), {"__setattr__": object.__setattr__, "_tracks_nothing": True})


def standardize_shape(shape: Any) -> tuple[int | None, ...]:
    """Return a shape as a tuple of ints and None.

    Raises:
        ValueError: it is none, or a size is negative or no int.

    Example:
        >>> standardize_shape([None, 3])
        (None, 3)
    """
    if shape is None:
        raise ValueError("Undefined shapes are not supported. Received: shape=None. Pass the sizes, None for any.")
    if isinstance(shape, str) or not isinstance(shape, Iterable):
        raise ValueError(f"Cannot convert '{shape}' to a shape. Pass a tuple of sizes, such as (None, 3).")
    sizes: list[int | None] = []
    for size in shape:
        if size is None or isinstance(size, torch.SymInt):
            sizes.append(None)
            continue
        if isinstance(size, (str, float)) or not hasattr(size, "__int__") or int(size) < 0:
            raise ValueError(
                f"Cannot convert '{tuple(shape)}' to a shape. Found invalid dimension '{size}' of type '{type(size)}'."
                " Sizes are ints from 0, or None."
            )
        sizes.append(int(size))
    return tuple(sizes)


def any_symbolic_tensors(args: Any = None, kwargs: Any = None) -> bool:
    """Return whether a KerasTensor lies in nested arguments."""
    leaves, _ = torch.utils._pytree.tree_flatten((args, kwargs))
    return any(isinstance(leaf, KerasTensor) for leaf in leaves)


def class_weight_to_sample_weights(y: Any, class_weight: dict[int, float]) -> torch.Tensor:
    """Return the weight of each sample from the weights of the classes.

    Args:
        y: Integer class labels ``(batch,)`` or ``(batch, 1)``, or one-hot rows ``(batch, classes)``.
        class_weight: Labels and weights; a class that it lacks weighs 1.

    Raises:
        ValueError: a label or weight is invalid.
    """
    return ClassWeights(class_weight)(convert_to_tensor(y))


def get_global_attribute(name: str, default: Any = None, set_to_default: bool = False) -> Any:
    """Return a value that :func:`set_global_attribute` stored in this thread, else ``default``."""
    found = getattr(_GLOBAL, name, None)
    if found is None:
        found = default
        if set_to_default and default is not None:
            set_global_attribute(name, default)
    return found


def set_global_attribute(name: str, value: Any) -> None:
    """Store a value for this thread."""
    setattr(_GLOBAL, name, value)


def to_list(x: Any) -> list[Any]:
    """Return a list as it is, anything else as the one item of a list."""
    return x if isinstance(x, list) else [x]


def pythonify_logs(logs: dict[str, Any] | None) -> dict[str, Any]:
    """Return logs with numbers as floats, those of nested dicts beside them; sorted by name."""
    found: dict[str, Any] = {}
    for name, value in sorted((logs or {}).items()):
        if isinstance(value, dict):
            found.update(pythonify_logs(value))
        else:
            try:
                found[name] = float(value)
            except (TypeError, ValueError):
                found[name] = value
    return found


def default(method: _Function) -> _Function:
    """Mark a method as the one of the base class."""
    method._is_default = True  # type: ignore[attr-defined]
    return method


def is_default(method: Any) -> bool:
    """Return whether a method is marked as the one of the base class."""
    return getattr(method, "_is_default", False)


def standardize_tuple(value: Any, n: int, name: str, allow_zero: bool = False) -> tuple[int, ...]:
    """Return an int ``n`` times, or ``n`` ints as a tuple.

    Raises:
        ValueError: there are other than ``n``, or one is not a positive int.

    Example:
        >>> standardize_tuple(3, 2, "kernel_size")
        (3, 3)
    """
    values = (value,) * n if isinstance(value, int) else tuple(value) if isinstance(value, Iterable) else ()
    least = 0 if allow_zero else 1
    if len(values) != n or any(not hasattr(v, "__index__") or v < least for v in values):
        raise ValueError(
            f"The `{name}` argument must be an int or a tuple of {n} ints from {least}. Received {name}={value}."
        )
    return tuple(int(v) for v in values)


def count_params(weights: Iterable[Any]) -> int:
    """Return the number of values in weights."""
    return sum(int(torch.Size(weight.shape).numel()) for weight in weights)


class keras_export:
    """Decorator that Keras marks its public names with; here it leaves them as they are.

    Args:
        path: Public path or paths.
    """

    def __init__(self, path: str | list[str]) -> None:
        self.path = path

    def __call__(self, symbol: Any) -> Any:
        """Return ``symbol``."""
        return symbol


class LazyModule:
    """A library that is imported when something of it is asked for.

    Args:
        name: Name of the module.
        pip_name: Name of its distribution, for the message.
        import_error_msg: Message where it is not installed.
    """

    def __init__(self, name: str, pip_name: str | None = None, import_error_msg: str | None = None) -> None:
        self.name = name
        self.pip_name = pip_name or name
        self.import_error_msg = import_error_msg or (
            f"This requires the {name} module. You can install it via `pip install {self.pip_name}`"
        )
        self._module: Any = None

    @property
    def available(self) -> bool:
        """Whether it can be imported."""
        try:
            self._load()
        except ImportError:
            return False
        return True

    def _load(self) -> Any:
        if self._module is None:
            try:
                self._module = importlib.import_module(self.name)
            except ImportError as error:
                raise ImportError(self.import_error_msg) from error
        return self._module

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._load(), name)

    def __repr__(self) -> str:
        return f"LazyModule({self.name})"
