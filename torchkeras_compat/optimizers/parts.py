"""Parameters in parts, one updated after the other: what an update needs for a moment is then small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.optimizers.scaling import Number

# Elements. Of twenty tensors of together 0.66 million, updates in one piece took 1 to 7 times as long: what they
# compute in between leaves the cache, and the allocator returns its memory to the system at every step.
LARGEST_ON_CPU = 2**18
LARGEST_TO_COPY = 2**24


def parts_of(tensors: Sequence[torch.Tensor], owners: Sequence[int], largest: int) -> list[slice]:
    """Return slices of a list of parameters that hold about ``largest`` elements each, or one weight.

    Args:
        tensors: Parameters.
        owners: Numbers of the weights that they are parts of; a weight stays in one part.
        largest: Elements of a part.
    """
    parts: list[slice] = []
    start, elements = 0, 0
    for i, tensor in enumerate(tensors):
        size = tensor.numel()
        if i > start and elements + size > largest and owners[i] != owners[i - 1]:
            parts.append(slice(start, i))
            start, elements = i, 0
        elements += size
    parts.append(slice(start, len(tensors)))
    return parts


class UpdateInParts:
    """Mixin of `Optimizer`: on the CPU, where no kernel does all in one pass, one part is updated after the other."""

    _tensors: list[torch.Tensor]
    _owners: list[int]
    _update: Any
    _updates_in_parts = True  # whether `_update` may be called for some parameters after the others

    def _is_fused(self, first: torch.Tensor) -> bool:
        """Return whether one kernel makes the update, which may be left out on the device; ``first`` is a parameter."""
        return False

    def _find_parts(self) -> None:
        """Decide in which parts the parameters are updated; None for all at once."""
        self._parts: list[slice] | None = None
        tensors = self._tensors
        if self._updates_in_parts and tensors and tensors[0].device.type == "cpu" and not self._is_fused(tensors[0]):
            parts = parts_of(tensors, self._owners, LARGEST_ON_CPU)
            self._parts = parts if len(parts) > 1 else None

    def _update_by_parts(
        self,
        tensors: list[torch.Tensor],
        gradients: list[torch.Tensor],
        moments: dict[str, list[torch.Tensor]],
        numbers: tuple[Number, ...],
        present: list[int] | None,
    ) -> None:
        parts = self._parts
        if present is not None:
            parts = parts_of(tensors, [self._owners[i] for i in present], LARGEST_ON_CPU)
        for part in parts or ():
            self._update(tensors[part], gradients[part], {n: m[part] for n, m in moments.items()}, numbers)
