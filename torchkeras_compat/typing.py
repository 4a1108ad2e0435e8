"""Names for the types that are written most often."""

from __future__ import annotations

from typing import Any, TypeAlias

Shape: TypeAlias = tuple[int | None, ...]
"""Sizes of the axes, batch axis first; None for a size that is not known."""

Shapes: TypeAlias = Any
"""A shape, or shapes in the nesting of the inputs or outputs that they are of: lists, tuples, dicts."""

Tensors: TypeAlias = Any
"""A tensor, or tensors in nested lists, tuples and dicts; KerasTensors where a call is recorded."""

Masks: TypeAlias = Any
"""A mask, or masks in the nesting of the tensors that they are of; None where there is none."""

Config: TypeAlias = dict[str, Any]
"""What ``get_config`` returns: plain values by the names of the constructor's arguments."""
