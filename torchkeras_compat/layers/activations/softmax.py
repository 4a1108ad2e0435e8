"""`Softmax` as a layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.base import Layer
from torchkeras_compat.ops.softmax_family import softmax


class Softmax(Layer):
    """``exp(x)`` divided by its sum over an axis; masked positions get none of it.

    Computes through ``self.softmax``, a ``torch.nn.Softmax``, for one axis.

    Args:
        axis: The axis, or several that are taken together.
        kwargs: Arguments of `Layer`.

    Example:
        >>> Softmax()(torch.zeros(1, 2), mask=torch.tensor([[True, False]]))
        tensor([[1., 0.]])

    Source: Keras API, layers/Softmax.
    """

    _takes_integers = False

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis if isinstance(axis, int) else list(axis)
        self.supports_masking = True
        if isinstance(axis, int):
            self._hold_plain("softmax", nn.Softmax(axis))
        self._skip_building()

    def call(self, inputs: torch.Tensor, mask: Any = None) -> torch.Tensor:
        """Compute the softmax.

        Args:
            inputs: Any floating point tensor.
            mask: True where a value counts, broadcasting to the inputs.

        Raises:
            ValueError: the mask does not broadcast.
        """
        if mask is not None:
            try:
                inputs = inputs.masked_fill(torch.logical_not(mask), torch.finfo(inputs.dtype).min / 2)
            except RuntimeError as error:
                raise ValueError(
                    "The `mask` must be broadcastable to `inputs`. Each mask dimension must be 1 or match the "
                    f"corresponding input dimension. Received: inputs.shape={tuple(inputs.shape)}, "
                    f"mask.shape={tuple(mask.shape)}"
                ) from error
        return self.softmax(inputs) if isinstance(self.axis, int) else softmax(inputs, tuple(self.axis))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}
