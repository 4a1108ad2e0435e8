"""`RepeatVector`: one vector for many steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.layer import Layer


class RepeatVector(Layer):
    """Repeats each vector ``n`` times, as the steps of a sequence.

    Args:
        n: Number of steps, a positive int.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, features)``.
    Output shape:
        ``(batch, n, features)``.

    Raises:
        TypeError: ``n`` is not an int.
        ValueError: ``n`` is not positive.

    Example:
        >>> RepeatVector(3)(torch.zeros(2, 4)).shape
        torch.Size([2, 3, 4])

    Source: Keras API, layers/RepeatVector.
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(n, bool) or not isinstance(n, int):
            raise TypeError(f"Expected an integer value for `n`, got {type(n)}.")
        if n < 1:
            raise ValueError(f"`n` of RepeatVector should be a positive integer. Received: n={n}")
        self.n = n
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Repeat the inputs."""
        return inputs.unsqueeze(1).expand(-1, self.n, -1)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        return (input_shape[0], self.n, input_shape[1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "n": self.n}
