"""Between strings and numbers: parsed, written, hashed."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.old_arguments import old_arguments
from torchkeras_compat.dialects.tensorflow.operands import integer, tensor
from torchkeras_compat.dialects.tensorflow.strings.flat_values import of_flat_values
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, as_bytes
from torchkeras_compat.dialects.tensorflow.tensor import unwrap, wrap
from torchkeras_compat.layers.preprocessing.byte_strings import pack
from torchkeras_compat.layers.preprocessing.fingerprints import fingerprint64, remainder, siphash64


@old_arguments(string_tensor="input")
@of_flat_values
def to_number(input: Any, out_type: Any = "float32", name: str | None = None) -> Any:
    """Return the numbers that strings write, as float32, float64, int32 or int64.

    Raises:
        InvalidArgumentError: a string is not a number of the dtype.

    Example:
        >>> to_number(["1.5", "-2"]).numpy().tolist()
        [1.5, -2.0]
    """
    dtype = as_dtype(out_type)
    if dtype.name not in ("float32", "float64", "int32", "int64"):
        raise TypeError(f"`out_type` must be float32, float64, int32 or int64. Received: {dtype.name}")
    texts = as_bytes(input)
    parse: Any = float if dtype.is_floating else int
    numbers = []
    for text in texts.reshape(-1):
        try:
            if b"_" in text:
                raise ValueError
            number = parse(text.decode("ascii").strip())
            if not dtype.is_floating and not dtype.min <= number <= dtype.max:
                raise ValueError
        except ValueError as error:
            raise InvalidArgumentError(f"StringToNumberOp could not correctly convert string: {text!r:.60}") from error
        numbers.append(number)
    return wrap(torch.tensor(numbers, dtype=dtype.torch_dtype).reshape(texts.shape))


@of_flat_values
def as_string(
    input: Any,
    precision: int = -1,
    scientific: bool = False,
    shortest: bool = False,
    width: int = -1,
    fill: str = "",
    name: str | None = None,
) -> StringTensor:
    """Return numbers written as strings.

    Args:
        input: Numbers or booleans.
        precision: Digits behind the point; -1 for six.
        scientific: Whether to write an exponent.
        shortest: Whether to write the shorter of both ways.
        width: Least number of characters.
        fill: What to fill up with: a space, ``"0"``, ``"+"``, or ``"-"`` to fill at the end.
        name: Not used.

    Raises:
        InvalidArgumentError: options contradict each other or the dtype.

    Example:
        >>> as_string([1.5, 2.0], precision=2).numpy().tolist()
        [b'1.50', b'2.00']
    """
    array = tensor(unwrap(input)).detach().cpu().numpy()
    if scientific and shortest:
        raise InvalidArgumentError("Only one of `scientific` and `shortest` can be set.")
    if len(fill) > 1:
        raise InvalidArgumentError(f"`fill` is one character. Received: {fill!r}")
    flag = fill if fill in ("0", "+", "-", " ") else ""
    size = "" if width < 0 else str(width)
    if array.dtype.kind in "fc":
        kind = "e" if scientific else "g" if shortest else "f"
        pattern = f"%{flag}{size}{'' if precision < 0 else f'.{precision}'}{kind}"
    elif array.dtype.kind in "iu":
        pattern = f"%{flag}{size}d"
    else:
        pattern = f"%{flag}{size}s"
    found = np.empty(array.size, object)
    for i, number in enumerate(array.reshape(-1).tolist()):
        text = str(number).lower() if isinstance(number, bool) else number
        if isinstance(number, complex):
            found[i] = f"({pattern % number.real},{pattern % number.imag})".encode()
        else:
            found[i] = (pattern % text).encode()
    return StringTensor(found.reshape(array.shape))


@of_flat_values
def to_hash_bucket_fast(input: Any, num_buckets: Any, name: str | None = None) -> Any:
    """Return the fingerprint of each string by FarmHash, modulo ``num_buckets``, as int64.

    Raises:
        InvalidArgumentError: ``num_buckets`` is not positive.

    Example:
        >>> to_hash_bucket_fast(["Hello", "TensorFlow"], 3).numpy().tolist()
        [0, 2]
    """
    texts = as_bytes(input)
    return _bucket(fingerprint64(*pack(texts.reshape(-1).tolist())), num_buckets, texts.shape)


@of_flat_values
def to_hash_bucket_strong(input: Any, num_buckets: Any, key: Any, name: str | None = None) -> Any:
    """Return the hash of each string by SipHash under a key, modulo ``num_buckets``, as int64.

    Raises:
        InvalidArgumentError: ``num_buckets`` is not positive, or the key has not two integers.
    """
    if not isinstance(key, (list, tuple)) or len(key) != 2:
        raise InvalidArgumentError(f"Key must have 2 elements. Received: {key!r}")
    texts = as_bytes(input)
    hashes = siphash64(*pack(texts.reshape(-1).tolist()), (int(key[0]), int(key[1])))
    return _bucket(hashes, num_buckets, texts.shape)


@old_arguments(string_tensor="input")
@of_flat_values
def to_hash_bucket(input: Any, num_buckets: Any, name: str | None = None) -> Any:
    """Return the hash of each string, by the hash function of TensorFlow's own, modulo ``num_buckets``, as int64.

    Raises:
        InvalidArgumentError: ``num_buckets`` is not positive.

    Source: Appleby's MurmurHash64A with TensorFlow's seed.
    """
    texts = as_bytes(input)
    count = _positive(num_buckets)
    numbers = [_murmur(text) % count for text in texts.reshape(-1)]
    return wrap(torch.tensor(numbers, dtype=torch.int64).reshape(texts.shape))


def _bucket(hashes: torch.Tensor, num_buckets: Any, shape: tuple[int, ...]) -> Any:
    return wrap(remainder(hashes, _positive(num_buckets)).reshape(shape))


def _positive(num_buckets: Any) -> int:
    count = integer(num_buckets, "num_buckets")
    if count < 1:
        raise InvalidArgumentError(f"`num_buckets` must be positive. Received: {count}")
    return count


_MASK = 2**64 - 1
_FACTOR = 0xC6A4A7935BD1E995
_SEED = 0xDECAFCAFFE


def _murmur(text: bytes) -> int:
    state = _SEED ^ (len(text) * _FACTOR & _MASK)
    whole = len(text) - len(text) % 8
    for start in range(0, whole, 8):
        k = int.from_bytes(text[start : start + 8], "little") * _FACTOR & _MASK
        k = (k ^ (k >> 47)) * _FACTOR & _MASK
        state = (state ^ k) * _FACTOR & _MASK
    if whole < len(text):
        state = (state ^ int.from_bytes(text[whole:], "little")) * _FACTOR & _MASK
    state = (state ^ (state >> 47)) * _FACTOR & _MASK
    return state ^ (state >> 47)
