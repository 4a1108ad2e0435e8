"""`Masking`: steps of nothing but one value are padding."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.ops.conversion import convert_to_tensor


class Masking(Layer):
    """Masks the steps of a sequence whose features all equal ``mask_value``, and sets them to 0.

    Args:
        mask_value: Value that stands for nothing.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, steps, features)``.
    Output shape:
        The same, with the mask ``(batch, steps)``.

    Example:
        >>> outputs = Masking()(torch.tensor([[[1.0], [0.0]]]))
        >>> outputs._keras_mask
        tensor([[ True, False]])

    Source: Keras API, layers/Masking.
    """

    _makes_masks = True

    def __init__(self, mask_value: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = getattr(mask_value, "tolist", lambda: mask_value)()
        self.supports_masking = True
        self._skip_building()

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Set masked steps to 0."""
        return inputs * torch.any(torch.ne(inputs, self.mask_value), -1, keepdim=True)

    def compute_mask(self, inputs: Any, mask: torch.Tensor | None = None) -> torch.Tensor:
        """Return which steps hold something else than ``mask_value``."""
        return torch.any(torch.ne(convert_to_tensor(inputs), self.mask_value), -1)

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mask_value": self.mask_value}
