"""Shapes in the nestings that layers take and give, and the KerasTensors of such shapes."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def as_shape(value: Any) -> Any:
    """Return a shape as a file stores it (lists) as tuples, in lists and dicts where it is nested."""
    if isinstance(value, dict):
        return {k: as_shape(v) for k, v in value.items()}
    if _is_nested(value):
        return [as_shape(v) for v in value]
    return tuple(value) if isinstance(value, list) else value


def symbolic(shape: Any, dtype: Any = "float32") -> Any:
    """Return KerasTensors of the shapes in a nested structure."""
    if isinstance(shape, dict):
        return {k: symbolic(v, dtype) for k, v in shape.items()}
    if _is_nested(shape):
        parts = (symbolic(s, dtype) for s in shape)
        return tuple(parts) if isinstance(shape, tuple) else list(parts)
    return None if shape is None else KerasTensor(shape, dtype)


def _is_nested(shape: Any) -> bool:
    return isinstance(shape, (list, tuple)) and any(isinstance(s, (list, tuple, dict)) for s in shape)
