"""`Reshape`: another shape for the same values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers.reshaping.base import Rearrangement


class Reshape(Rearrangement):
    """Gives each sample another shape.

    Args:
        target_shape: Shape of a sample, without the batch axis; one entry may be -1, to be worked out.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, ...)``.
    Output shape:
        ``(batch, *target_shape)``.

    Raises:
        ValueError: the number of values differs, or more than one entry is -1.

    Example:
        >>> Reshape((-1, 2))(torch.zeros(3, 6)).shape
        torch.Size([3, 3, 2])

    Source: Keras API, layers/Reshape.
    """

    def __init__(self, target_shape: Sequence[int] | int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        target = (target_shape,) if isinstance(target_shape, int) else tuple(target_shape)
        if target.count(-1) > 1:
            raise ValueError(
                "There must be at most one unknown dimension (-1) in `target_shape`. Received: "
                f"target_shape={target_shape}"
            )
        if any(not isinstance(size, int) or size < -1 for size in target):
            raise ValueError(
                "Each entry of `target_shape` must be a non-negative integer or -1. Received: "
                f"target_shape={target_shape}"
            )
        self.target_shape = target
        self._skip_building()

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Reshape the inputs."""
        return inputs.reshape(inputs.shape[0], *self.target_shape)

    def _raise_for_input(self, x: torch.Tensor) -> None:
        self.compute_output_shape(tuple(x.shape))
        super()._raise_for_input(x)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output.

        Raises:
            ValueError: the number of values differs.
        """
        known = [size for size in input_shape[1:] if size is not None]
        number = math.prod(known)
        fixed = math.prod(size for size in self.target_shape if size != -1)
        if len(known) < len(input_shape) - 1:
            return (input_shape[0], *(None if size == -1 else size for size in self.target_shape))
        if (number != fixed) if -1 not in self.target_shape else (fixed == 0 or number % fixed):
            raise ValueError(
                "The total size of the tensor must be unchanged. Received: "
                f"input_shape={tuple(input_shape[1:])}, target_shape={self.target_shape}"
            )
        return (input_shape[0], *(number // fixed if size == -1 else size for size in self.target_shape))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "target_shape": self.target_shape}
