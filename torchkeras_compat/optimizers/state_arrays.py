"""A structure of tensors, numbers, lists and dicts as arrays by key, for files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from torchkeras_compat.errors import FileContentError

_STRUCTURE, _ARRAY = "structure", "array_{}"
_CONTAINERS = {"list": list, "tuple": tuple}


def to_arrays(value: Any) -> dict[str, np.ndarray]:
    """Return arrays for a structure of tensors, numbers, strings, None, lists, tuples and dicts with names as keys.

    Raises:
        ValueError: something else is in it.

    Example:
        >>> arrays = to_arrays({"step": 3, "moments": [torch.zeros(2), None]})
        >>> sorted(arrays)
        ['array_0', 'structure']
        >>> from_arrays(arrays)
        {'step': 3, 'moments': [tensor([0., 0.]), None]}
    """
    arrays: dict[str, np.ndarray] = {}
    structure = _described(value, arrays)
    return {**arrays, _STRUCTURE: np.frombuffer(json.dumps(structure).encode(), dtype=np.uint8)}


def from_arrays(arrays: Mapping[str, Any]) -> Any:
    """Return the structure that :func:`to_arrays` made arrays of; tensors lie on the CPU.

    Raises:
        FileContentError: the arrays are not such ones.
    """
    try:
        return _made(json.loads(np.asarray(arrays[_STRUCTURE]).tobytes()), arrays)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileContentError(f"The state of the optimizer in the file is broken: {error!r}") from error


def has_structure(arrays: Mapping[str, Any]) -> bool:
    """Return whether :func:`to_arrays` made these arrays."""
    return _STRUCTURE in arrays


def _described(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, torch.Tensor):
        key = _ARRAY.format(len(arrays))
        dtype = str(value.dtype).removeprefix("torch.")
        # NumPy has no bfloat16; float32 holds every value of it.
        value = value.detach().cpu()
        arrays[key] = (value.float() if dtype == "bfloat16" else value).numpy()
        return {"tensor": key, "dtype": dtype}
    if isinstance(value, Mapping) and all(isinstance(k, str) for k in value):
        return {"dict": {k: _described(v, arrays) for k, v in value.items()}}
    if type(value) in (list, tuple):
        return {type(value).__name__: [_described(v, arrays) for v in value]}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ValueError(
        "Files hold tensors, numbers, strings, lists, tuples and dicts. The state of the optimizer has also"
        f" {value!r:.80} of type {type(value).__name__}."
    )


def _made(described: Any, arrays: Mapping[str, Any]) -> Any:
    if not isinstance(described, dict):
        return described
    if "tensor" in described:
        return torch.from_numpy(np.array(arrays[described["tensor"]])).to(getattr(torch, described["dtype"]))
    ((kind, parts),) = described.items()
    if kind == "dict":
        return {k: _made(v, arrays) for k, v in parts.items()}
    return _CONTAINERS[kind](_made(v, arrays) for v in parts)
