"""Names for the types that are written most often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import torch

    from torchkeras_compat.symbolic.keras_tensor import KerasTensor

Shape: TypeAlias = tuple[int | None, ...]
"""Sizes of the axes, batch axis first; None for a size that is not known."""

Shapes: TypeAlias = "Shape | Sequence[Shapes] | Mapping[str, Shapes] | None"
"""A shape, or shapes in the nesting of the inputs or outputs that they are of: lists, tuples, dicts."""

Tensors: TypeAlias = "torch.Tensor | KerasTensor | Sequence[Tensors] | Mapping[str, Tensors] | None"
"""A tensor, or tensors in nested lists, tuples and dicts; KerasTensors where a call is recorded, None where an optional
input is not given."""

Masks: TypeAlias = "torch.Tensor | KerasTensor | Sequence[Masks] | Mapping[str, Masks] | None"
"""A mask, or masks in the nesting of the tensors that they are of; None where there is none."""

Config: TypeAlias = dict[str, Any]
"""What ``get_config`` returns: plain values by the names of the constructor's arguments."""
