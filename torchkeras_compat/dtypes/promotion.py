"""The dtype of a result: Keras's promotion rules, which are JAX's with 32 bits for what Python numbers become.

A Python number is weak: ``int`` promotes to any integer type it meets and ``float`` to any float type, so that
``float16 * 2.0`` stays ``float16``.

Source: the type promotion lattice of JAX (jax.readthedocs.io, "JEP 9407").
"""

from __future__ import annotations

import functools
from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.dtypes.names import TORCH_DTYPES, standardize_dtype

_PROMOTES_TO = {
    "bool": ("int",),
    "int": ("uint8", "int8"),
    "uint8": ("uint16", "int16"),
    "uint16": ("uint32", "int32"),
    "uint32": ("uint64", "int64"),
    "uint64": ("float",),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float",),
    "float": ("bfloat16", "float16", "complex"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64", "complex64"),
    "float64": ("complex128",),
    "complex": ("complex64",),
    "complex64": ("complex128",),
    "complex128": (),
}
_IN_32_BITS = {"int64": "int32", "uint64": "uint32", "float64": "float32", "complex128": "complex64"}
_WEAK_NAMES = {int: "int", float: "float", complex: "complex", "int": "int", "float": "float"}


def _reachable(name: str) -> frozenset[str]:
    return frozenset((name,)).union(*(_reachable(higher) for higher in _PROMOTES_TO[name]))


_UPPER_BOUNDS = {name: _reachable(name) for name in _PROMOTES_TO}


@functools.lru_cache(maxsize=1024)
def _least_upper_bound(names: tuple[str, ...]) -> str:
    common = frozenset.intersection(*(_UPPER_BOUNDS[name] for name in names))
    return next(name for name in common if _UPPER_BOUNDS[name] == common)


def _lattice_name(dtype: Any) -> str:
    try:
        if dtype in _WEAK_NAMES:
            return _WEAK_NAMES[dtype]
    except TypeError:  # an unhashable dtype, for `standardize_dtype` to refuse
        pass
    name = standardize_dtype(dtype)
    if name.startswith("float8"):
        raise ValueError(
            "There is no implicit conversions from float8 dtypes to others. "
            f"Received: {name}. Cast it to another dtype first."
        )
    if name not in _PROMOTES_TO:
        raise ValueError(
            f"dtype={name!r} is not a valid dtype for Keras type promotion. Use one of {', '.join(TORCH_DTYPES)}."
        )
    return name


def result_type(*dtypes: Any) -> str:
    """Return the dtype of an operation on values of these dtypes, in at most 32 bits, as Keras does.

    Args:
        *dtypes: Names, torch or NumPy dtypes; ``int``, ``float`` and ``complex`` for Python numbers; None for
            :func:`~torchkeras_compat.config.floatx`. None at all: also ``floatx``.

    Raises:
        ValueError: one of them is unknown, a string type beside others, or an 8-bit float.

    Example:
        >>> result_type("int8", "uint8"), result_type("bfloat16", float), result_type("int32", float)
        ('int16', 'bfloat16', 'float32')

    Source: Keras API, backend.result_type; 64-bit results become 32-bit ones.
    """
    if not dtypes:
        return config.floatx()
    if all(dtype == "string" for dtype in dtypes):
        return "string"
    name = _least_upper_bound(tuple(map(_lattice_name, dtypes)))
    return _IN_32_BITS.get(name) or _strong_name(name)


def _strong_name(name: str) -> str:
    if name == "float":
        return config.floatx()
    return {"int": "int32", "complex": "complex64"}.get(name, name)


def common_dtype(*dtypes: torch.dtype | type) -> torch.dtype:
    """Return the torch dtype in which an op computes on operands of these dtypes; 64 bits stay 64 bits.

    Args:
        *dtypes: torch dtypes, and ``int``, ``float`` or ``complex`` for Python numbers.

    Raises:
        ValueError: one of them is an 8-bit float.

    Example:
        >>> common_dtype(torch.int64, int), common_dtype(torch.int64, float)
        (torch.int64, torch.float32)
    """
    return _common_dtype(dtypes, config.floatx())


# torch.compile looks the dtype up while tracing: nothing to trace in there. `device.current_device` says why so.
common_dtype._dynamo_marked_constant = True  # type: ignore[attr-defined]


@functools.lru_cache(maxsize=1024)
def _common_dtype(dtypes: tuple[torch.dtype | type, ...], floatx: str) -> torch.dtype:
    name = _least_upper_bound(tuple(map(_lattice_name, dtypes)))
    return TORCH_DTYPES[floatx if name == "float" else _strong_name(name)]
