"""How functions of `tf.*` are made: written on plain torch tensors, called with anything, recorded on KerasTensors.

Numbers, lists and NumPy arrays reach the function as they are, since TensorFlow gives them the dtype of the tensors
that they meet. Strings reach the functions that only move elements as integers, by :mod:`~.strings.codes`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, overload

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow import known_values
from torchkeras_compat.dialects.tensorflow.dtypes import with_plain_names
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.old_arguments import renamed
from torchkeras_compat.dialects.tensorflow.recording import RECORDING
from torchkeras_compat.dialects.tensorflow.strings.codes import call_on_codes, holds_text
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, is_text
from torchkeras_compat.dialects.tensorflow.tensor import Tensor, plain_of, unrecorded, wrap
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import record_function

F = TypeVar("F", bound=Callable[..., Any])

# Classes of tensors that torch does not know -> what calls a function with them; see `strings`, `ragged`.
HANDLERS: dict[type, Callable[..., Any]] = {StringTensor: call_on_codes}
_PLAIN = frozenset({int, float, bool, complex, str, bytes, type(None), torch.Tensor, torch.dtype, np.ndarray})
_SYMBOLIC, _WRAPPED, _HANDLED, _TEXT = 1, 2, 4, 8


@overload
def tensor_function(function: F) -> F: ...


@overload
def tensor_function(
    *,
    old: Mapping[str, str] = ...,
    strings: Sequence[str] = ...,
    compares: Sequence[str] = ...,
    ragged: str = ...,
    on_text: Callable[..., Any] = ...,
    spec: Callable[..., Any] = ...,
) -> Callable[[F], F]: ...


def tensor_function(
    function: Any = None,
    *,
    old: Mapping[str, str] | None = None,
    strings: Sequence[str] = (),
    compares: Sequence[str] = (),
    ragged: str = "",
    on_text: Callable[..., Any] | None = None,
    spec: Callable[..., Any] | None = None,
) -> Any:
    """Make a function of TensorFlow of one on plain torch tensors.

    Args:
        function: Gets torch tensors, on the meta device too, and whatever else was given.
        old: Names that arguments had in TensorFlow 1, and what they are called now.
        strings: Arguments that may hold strings, which the result then holds too.
        compares: Arguments that may hold strings, of which the result tells numbers.
        ragged: What a ragged argument means: ``"values"`` to compute on its values.
        on_text: What to call instead where an argument holds strings.
        spec: Function of the same arguments that returns KerasTensors, where sizes of the result depend on values.

    Example:
        >>> @tensor_function(old={"keep_dims": "keepdims"})
        ... def total(x, keepdims=False):
        ...     return x.sum(0, keepdim=keepdims)
        >>> total(torch.ones(2), keep_dims=True)
        <tf.Tensor: shape=(1,), dtype=float32, numpy=array([2.], dtype=float32)>
    """
    if function is None:
        return functools.partial(
            tensor_function, old=old, strings=strings, compares=compares, ragged=ragged, on_text=on_text, spec=spec
        )
    text = frozenset((*strings, *compares))
    output_spec = spec or functools.partial(known_values.infer, function)

    def compute(*args: Any, **kwargs: Any) -> Any:
        return _computed(function, args, kwargs)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if old and not old.keys().isdisjoint(kwargs):
            kwargs = renamed(kwargs, old)
        found = _scan(args) | (_scan(kwargs.values()) if kwargs else 0)
        if found & (_HANDLED | _TEXT) and on_text is not None and any(map(is_text, _leaves((args, kwargs)))):
            return on_text(*args, **kwargs)
        if found & _HANDLED or (text and found & _TEXT):
            handled = _handle(call, args, kwargs, text)
            if handled is not NotImplemented:
                return handled
        if found & _WRAPPED:
            args, kwargs = _opened(args), _opened(kwargs) if kwargs else kwargs
        if found & _SYMBOLIC:
            args, kwargs = with_plain_names(args), with_plain_names(kwargs)
            return record_function(function, args, kwargs, output_spec)
        if RECORDING.depth or not torch.is_grad_enabled():
            return wrap(_computed(function, args, kwargs))
        return wrap(unrecorded(compute, args, kwargs))

    call.is_tensor_function = True  # type: ignore[attr-defined]
    call.old_names = dict(old or {})  # type: ignore[attr-defined]
    call._output_spec = output_spec  # type: ignore[attr-defined]
    call.strings, call.compares, call.ragged = tuple(strings), tuple(compares), ragged  # type: ignore[attr-defined]
    return call


def _computed(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    try:
        return function(*args, **kwargs)
    except (RuntimeError, IndexError) as error:
        if type(error) not in (RuntimeError, IndexError):
            raise
        shapes = [tuple(x.shape) for x in _leaves((args, kwargs)) if isinstance(x, (torch.Tensor, np.ndarray))]
        raise InvalidArgumentError(
            f"`tf.{function.__name__}` with tensors of shapes {', '.join(map(str, shapes)) or 'of none'}: {error}"
        ) from error


def _scan(values: Any) -> int:
    """Tell what kinds of values lie in nested lists, as bits."""
    found = 0
    for x in values:
        kind = type(x)
        if kind is Tensor:
            found |= _WRAPPED
        elif kind in _PLAIN:
            if kind is str or kind is bytes or (kind is np.ndarray and x.dtype.kind in "OSU"):
                found |= _TEXT
        elif kind is KerasTensor:
            found |= _SYMBOLIC
        elif kind is list or kind is tuple:
            if (x and type(x[0]) is not int) or len(x) < 5:
                found |= _scan(x)
        elif kind is dict:
            found |= _scan(x.values())
        elif kind in HANDLERS:
            found |= _HANDLED
        elif isinstance(x, KerasTensor):
            found |= _SYMBOLIC
    return found


def _opened(x: Any) -> Any:
    """Return shells, in nested lists, tuples and dicts, as plain tensors."""
    kind = type(x)
    if kind is Tensor:
        return plain_of(x)
    if kind is tuple or kind is list:
        return kind([_opened(part) for part in x])
    if kind is dict:
        return {key: _opened(part) for key, part in x.items()}
    return x


def _leaves(x: Any) -> list[Any]:
    if isinstance(x, (list, tuple)):
        return [leaf for part in x for leaf in _leaves(part)]
    return [leaf for part in x.values() for leaf in _leaves(part)] if isinstance(x, dict) else [x]


def _handle(call: Any, args: Any, kwargs: Any, text: frozenset[str]) -> Any:
    """Let the handler of strings or ragged tensors call the function, where there is one."""
    leaves = _leaves((args, kwargs))
    for kind, handler in reversed(HANDLERS.items()):  # ragged tensors may hold strings
        if any(isinstance(x, kind) for x in leaves):
            return handler(call, args, kwargs)
    given = inspect.signature(call).bind(*args, **kwargs).arguments
    return call_on_codes(call, args, kwargs) if any(holds_text(given.get(name)) for name in text) else NotImplemented
