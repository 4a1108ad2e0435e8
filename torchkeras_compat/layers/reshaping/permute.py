"""`Permute`: the axes of a sample in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.reshaping.base import Rearrangement


class Permute(Rearrangement):
    """Puts the axes of each sample in another order.

    Args:
        dims: Axis of the input for each axis of the output, counted from 1; the batch axis stays.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, ...)``, with as many further axes as ``dims``.
    Output shape:
        The same axes in the order of ``dims``.

    Raises:
        ValueError: ``dims`` is not a permutation of 1 to its length.

    Example:
        >>> Permute((2, 1))(torch.zeros(5, 3, 4)).shape
        torch.Size([5, 4, 3])

    Source: Keras API, layers/Permute.
    """

    _fixed = frozenset({"dims"})

    _order: tuple[int, ...]

    def __init__(self, dims: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                "Invalid permutation argument `dims` for Permute Layer. The set of indices in `dims` must be "
                f"consecutive and start from 1. Received dims={dims}"
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)
        self._order = (0, *self.dims)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Permute the axes."""
        return inputs.permute(self._order)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        return tuple(input_shape[i] for i in self._order)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dims": self.dims}
