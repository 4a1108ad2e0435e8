"""`keras.layers.merge._Merge` of Keras 2: the base of merging layers that users write by ``_merge_function``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers.merging.base import Merge


class CustomMerge(Merge):
    """Combines a list of tensors, made of one rank, by ``_merge_function`` of a subclass.

    Args:
        kwargs: Arguments of `Layer`.

    Raises:
        TypeError: when called: the subclass has no ``_merge_function``.

    Example:
        >>> class Halfway(CustomMerge):
        ...     def _merge_function(self, inputs):
        ...         return (inputs[0] + inputs[1]) / 2
        >>> Halfway()([torch.zeros(2), torch.ones(2)])
        tensor([0.5000, 0.5000])

    Source: Keras 2.3, layers/merge.
    """

    def _merge_function(self, inputs: Sequence[Any]) -> Any:
        """Return the one tensor; every subclass defines it."""
        raise TypeError(f"{type(self).__name__} must define `_merge_function(self, inputs)`.")

    def _combine(self, tensors: Sequence[torch.Tensor]) -> torch.Tensor:
        combined: torch.Tensor = self._merge_function(list(tensors))
        return combined
