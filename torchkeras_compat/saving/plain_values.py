"""Tensors, numbers, strings, lists and dicts as bytes that name no code: a JSON text, and the tensors behind it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch

from torchkeras_compat.errors import FileContentError

_ALIGNMENT = 16
_PART_BYTES = 1 << 20
_HEAD = 8  # bytes of the length of the text
_DEEPEST = 100
_DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in vars(torch).values()
    if isinstance(dtype, torch.dtype)
    and re.fullmatch(r"(bool|((u?int|complex|b?float)(8|16|32|64|128)(_.*)?))", str(dtype)[6:])
}


class PlainValues:
    """A structure of plain values, ready to be written.

    Args:
        value: Tensors, arrays, numbers, strings, None, and lists, tuples and dicts of these.

    Attributes:
        size: Number of bytes.

    Raises:
        TypeError: it holds something else.

    Example:
        >>> values = PlainValues({"epoch": 3, "weights": [torch.ones(2)]})
        >>> whole = b"".join(bytes(part) for part in values.parts())
        >>> read_plain_values(lambda start, stop: np.frombuffer(whole[start:stop], "uint8").copy(), values.size)
        {'epoch': 3, 'weights': [tensor([1., 1.])]}
    """

    def __init__(self, value: Any) -> None:
        self._tensors: list[torch.Tensor] = []
        self._end = 0
        text = json.dumps(self._described(value, "")).encode()
        start = _aligned(_HEAD + len(text))
        self._text = len(text).to_bytes(_HEAD, "little") + text.ljust(start - _HEAD)
        self.size = start + self._end

    def parts(self) -> Iterator[np.ndarray]:
        """Yield the bytes, in order, in parts of a handy size: there is no second copy of all of them."""
        waiting, size = [np.frombuffer(self._text, "uint8")], len(self._text)
        for tensor in self._tensors:
            whole = np.zeros(_aligned(tensor.numel() * tensor.element_size()), "uint8")
            if tensor.numel():
                whole[: tensor.numel() * tensor.element_size()] = tensor.reshape(-1).view(torch.uint8).numpy()
            if waiting and size + len(whole) > _PART_BYTES:
                yield np.concatenate(waiting)
                waiting, size = [], 0
            waiting.append(whole)
            size += len(whole)
        yield waiting[0] if len(waiting) == 1 else np.concatenate(waiting)

    def _described(self, value: Any, place: str) -> Any:
        if isinstance(value, np.generic):
            value = value.item()
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else {"float": repr(float(value))}
        if isinstance(value, torch.Tensor) and value.layout is torch.strided and _name(value.dtype) in _DTYPES:
            return {"tensor": self._kept(value.detach())}
        if isinstance(value, np.ndarray) and value.dtype.kind in "fiubc":
            return {"array": self._kept(torch.from_numpy(np.ascontiguousarray(value)))}
        if isinstance(value, Mapping):
            pairs = [(k, v, f"{place}[{k!r}]") for k, v in value.items()]
            return {"dict": [[self._described(k, at), self._described(v, at)] for k, v, at in pairs]}
        if isinstance(value, (list, tuple)):
            kind = "tuple" if isinstance(value, tuple) else "list"
            return {kind: [self._described(v, f"{place}[{i}]") for i, v in enumerate(value)]}
        raise TypeError(
            f"Only tensors, arrays, numbers, strings, lists, tuples and dicts can be stored. Received {type(value)}"
            f" at state{place}. Return it from `state_dict` in one of these forms."
        )

    def _kept(self, tensor: torch.Tensor) -> list[Any]:
        tensor = tensor.cpu().resolve_conj().resolve_neg().contiguous()
        start = self._end
        self._tensors.append(tensor)
        self._end += _aligned(tensor.numel() * tensor.element_size())
        return [_name(tensor.dtype), list(tensor.shape), start]


def read_plain_values(read: Callable[[int, int], np.ndarray], size: int) -> Any:
    """Return what was given to :class:`PlainValues`.

    Nothing is allocated that is larger than the bytes that are there.

    Args:
        read: Takes a start and a stop, returns these bytes as an array of its own.
        size: Number of bytes that there are.

    Raises:
        FileContentError: the bytes are not such values.
    """
    if size < _HEAD:
        raise FileContentError(f"The values have {size} bytes, which is too few.")
    length = int.from_bytes(read(0, _HEAD).tobytes(), "little")
    if length > size - _HEAD:
        raise FileContentError(f"The values claim a text of {length} bytes, and have {size} in all.")
    try:
        described = json.loads(read(_HEAD, _HEAD + length).tobytes())
    except (ValueError, RecursionError) as error:
        raise FileContentError(f"The values are not described by JSON: {error}.") from None
    return _Reader(read, _aligned(_HEAD + length), size).made(described)


class _Reader:
    """Makes values from their description; tensors lie one after the other, so that none is made twice."""

    def __init__(self, read: Callable[[int, int], np.ndarray], start: int, size: int) -> None:
        self.read = read
        self.start = start
        self.size = size
        self.end = 0

    def made(self, described: Any, depth: int = 0) -> Any:
        if described is None or isinstance(described, (bool, int, float, str)):
            return described
        if depth > _DEEPEST or not isinstance(described, dict) or len(described) != 1:
            raise FileContentError(f"The values are described in a form that is not known, or deeper than {_DEEPEST}.")
        ((kind, content),) = described.items()
        if kind == "float" and content in ("nan", "inf", "-inf"):
            return float(content)
        if kind in ("tensor", "array"):
            tensor = self._tensor(content)
            return tensor if kind == "tensor" else tensor.numpy()
        if isinstance(content, list):
            if kind in ("list", "tuple"):
                values = [self.made(v, depth + 1) for v in content]
                return values if kind == "list" else tuple(values)
            if kind == "dict" and all(isinstance(pair, list) and len(pair) == 2 for pair in content):
                try:
                    return {self.made(k, depth + 1): self.made(v, depth + 1) for k, v in content}
                except TypeError:
                    raise FileContentError("The values have a key that cannot be one.") from None
        raise FileContentError(f"The values hold something described as {str(kind)[:40]!r}, which is not known.")

    def _tensor(self, content: Any) -> torch.Tensor:
        try:
            name, shape, start = content
            dtype = _DTYPES[name]
            fits = start == self.end and all(type(n) is int and n >= 0 for n in shape)
            size = math.prod(shape) * dtype.itemsize
        except (ValueError, TypeError, KeyError):
            raise FileContentError(f"The values hold a tensor described as {str(content)[:80]}.") from None
        place = self.start + self.end
        if not fits or size > self.size - place:
            raise FileContentError(
                f"The values hold a tensor of {name} and shape {shape} in bytes that do not fit: {size} bytes at"
                f" {place} of {self.size}."
            )
        self.end += _aligned(size)
        if size == 0:
            return torch.empty(shape, dtype=dtype)
        return torch.from_numpy(self.read(place, place + size)).view(dtype).reshape(shape)


def _aligned(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
