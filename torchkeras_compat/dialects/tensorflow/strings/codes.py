"""Functions that only move or compare elements, called on strings: on numbers that stand for them.

Equal strings get equal numbers, and the numbers are in the order of the strings; 0 stands for the empty one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, as_bytes, is_text
from torchkeras_compat.dialects.tensorflow.tensor import unwrap

_LISTS = ("values", "data")  # arguments that hold a list of tensors


def call_on_codes(call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what a function of ``tf.*`` gives for strings.

    Args:
        call: A function made by ``tensor_function``, which says what arguments may hold strings.
        args: Its arguments.
        kwargs: The same, by name.

    Raises:
        InvalidArgumentError: it takes no strings.
    """
    function: Any = call
    roles = (*function.strings, *function.compares)
    bound = inspect.signature(function.__wrapped__).bind(*args, **kwargs)
    given = {name: value for name, value in bound.arguments.items() if name in roles}
    if not any(holds_text(value) for value in given.values()):
        raise InvalidArgumentError(f"`tf.{function.__name__}` does not take strings. Use functions of `tf.strings`.")
    words: list[bytes] = [b""]
    for value in given.values():
        _collect(value, words)
    vocabulary = sorted(set(words))
    numbers = {word: i for i, word in enumerate(vocabulary)}
    for name, value in given.items():
        bound.arguments[name] = _encoded(value, numbers, keeps_list=name in _LISTS)
    result = call(*bound.args, **bound.kwargs)
    if not function.strings:
        return result
    if isinstance(result, tuple) and hasattr(result, "_fields"):  # the elements, and where they stand
        return type(result)(_decoded(result[0], vocabulary), *result[1:])
    return _decoded(result, vocabulary)


def holds_text(x: Any) -> bool:
    """Return whether strings lie in nested lists."""
    if isinstance(x, (list, tuple)):
        return any(holds_text(part) for part in x)
    return is_text(x)


def _collect(x: Any, words: list[bytes]) -> None:
    if isinstance(x, (list, tuple)):
        for part in x:
            _collect(part, words)
    elif is_text(x):
        words.extend(as_bytes(x).reshape(-1).tolist())


def _encoded(x: Any, numbers: dict[bytes, int], keeps_list: bool) -> Any:
    if isinstance(x, (list, tuple)) and (keeps_list or not holds_text(x)):
        return [_encoded(part, numbers, False) for part in x]
    if not holds_text(x):
        return x
    array = as_bytes(x)
    codes = [numbers[text] for text in array.reshape(-1).tolist()]
    return torch.tensor(codes, dtype=torch.int64, device="cpu").reshape(array.shape)


def _decoded(x: Any, vocabulary: list[bytes]) -> Any:
    if isinstance(x, torch.Tensor):
        words = np.empty(len(vocabulary), object)
        words[:] = vocabulary
        return StringTensor(words[unwrap(x).cpu().numpy()])
    return [_decoded(part, vocabulary) for part in x] if isinstance(x, (list, tuple)) else x
