"""Keras's names of dtypes and torch's dtypes, both ways."""

from __future__ import annotations

import contextlib
import functools
from typing import Any

import numpy as np
import torch

from torchkeras_compat import config
from torchkeras_compat.errors import nearest

# Where it is installed, NumPy knows "bfloat16" once this is imported, as it does in a program that imports Keras.
with contextlib.suppress(ImportError):
    import ml_dtypes  # noqa: F401

TORCH_DTYPES: dict[str, torch.dtype] = {
    name: getattr(torch, name)
    for name in (
        "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 bfloat16 float16 float32 float64 "
        "complex64 complex128 float8_e4m3fn float8_e5m2"
    ).split()
}
# torch computes with hardly any of these: as in Keras on torch, the next wider signed integers stand for them.
COMPUTED_DTYPES = {**TORCH_DTYPES, "uint16": torch.int32, "uint32": torch.int64}
_NAMES = {dtype: name for name, dtype in TORCH_DTYPES.items()}
_PYTHON_TYPES = {bool: "bool", int: "int32", float: "float32", str: "string"}


def standardize_dtype(dtype: Any = None) -> str:
    """Return Keras's name of a dtype given as a name, torch dtype, NumPy dtype or Python type.

    Args:
        dtype: What to name; None for :func:`~torchkeras_compat.config.floatx`.

    Raises:
        ValueError: ``dtype`` is none of the dtypes that Keras knows.

    Example:
        >>> standardize_dtype(torch.float16), standardize_dtype("half"), standardize_dtype(int)
        ('float16', 'float16', 'int32')
    """
    if dtype is None:
        return config.floatx()
    if isinstance(dtype, torch.dtype):
        name = _NAMES.get(dtype)
    else:
        name = dtype if isinstance(dtype, str) and dtype in TORCH_DTYPES else None
    return name or _name_of(dtype)


@functools.lru_cache(maxsize=256)
def _name_of(dtype: Any) -> str:
    if dtype in _PYTHON_TYPES:
        return _PYTHON_TYPES[dtype]
    name = (
        dtype
        if isinstance(dtype, str)
        else getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or str(dtype)
    )
    name = name.removeprefix("torch.")
    name = {
        "half": "float16",
        "double": "float64",
        "float": "float32",
        "int": "int32",
        "long": "int64",
        "str": "string",
    }.get(name, name)
    if name in TORCH_DTYPES or name == "string":
        return name
    raise ValueError(f"Invalid dtype: {dtype!r}. Known dtypes: {', '.join(TORCH_DTYPES)}.{nearest(name, TORCH_DTYPES)}")


def to_torch_dtype(dtype: Any = None) -> torch.dtype:
    """Return the torch dtype of whatever :func:`standardize_dtype` accepts.

    ``"uint16"`` is int32 and ``"uint32"`` int64, as in Keras on torch, which computes with hardly any of these.

    Raises:
        ValueError: the dtype is unknown, or has no torch counterpart (``"string"``).

    Example:
        >>> to_torch_dtype("float32")
        torch.float32
    """
    if isinstance(dtype, torch.dtype):
        return dtype
    name = standardize_dtype(dtype)
    if name not in COMPUTED_DTYPES:
        raise ValueError(f"dtype {name!r} has no torch counterpart. Encode strings as integers first.")
    return COMPUTED_DTYPES[name]


def stored_torch_dtype(dtype: Any) -> torch.dtype:
    """Return the torch dtype of this very name, as of tensors in files and of views of bytes.

    Raises:
        ValueError: the dtype is unknown, or has no torch counterpart (``"string"``).

    Example:
        >>> stored_torch_dtype("uint16"), to_torch_dtype("uint16")
        (torch.uint16, torch.int32)
    """
    computed = to_torch_dtype(dtype)
    return TORCH_DTYPES[standardize_dtype(dtype)] if not isinstance(dtype, torch.dtype) else computed


def is_float_dtype(dtype: Any) -> bool:
    """Return whether ``dtype`` is a real floating point type.

    Example:
        >>> is_float_dtype("bfloat16"), is_float_dtype("int8")
        (True, False)
    """
    name = standardize_dtype(dtype)
    return name.startswith("float") or name == "bfloat16"


def is_int_dtype(dtype: Any) -> bool:
    """Return whether ``dtype`` is a signed or unsigned integer type.

    Example:
        >>> is_int_dtype("uint8"), is_int_dtype("bool")
        (True, False)
    """
    return standardize_dtype(dtype).startswith(("int", "uint"))


def numpy_dtype(dtype: Any) -> np.dtype:
    """Return the NumPy dtype that holds values of ``dtype``; bfloat16 and float8 widen to float32."""
    name = standardize_dtype(dtype)
    return np.dtype("float32" if name == "bfloat16" or name.startswith("float8") else name)
