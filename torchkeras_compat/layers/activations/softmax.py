"""`Softmax` as a layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.logits import with_logits
from torchkeras_compat.ops.softmax_family import softmax


class Softmax(Layer):
    """``exp(x)`` divided by its sum over an axis; masked positions are 0 and do not count.

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

    _followed = frozenset({"axis"})

    softmax: nn.Softmax

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis if isinstance(axis, int) else tuple(axis)
        self.supports_masking = True
        self._skip_building()

    def _follow(self, name: str) -> None:
        super()._follow(name)
        if name == "axis" and isinstance(self.axis, int):
            self._keep_torch_module("softmax", nn.Softmax(self.axis))

    def call(self, inputs: torch.Tensor, mask: Any = None) -> torch.Tensor:
        """Compute the softmax.

        Args:
            inputs: Any floating point tensor.
            mask: True where a value counts, broadcasting to the inputs.

        Raises:
            ValueError: the mask does not broadcast to the inputs.
        """
        if mask is None:
            return self._softmax_of(inputs)
        if not isinstance(mask, torch.Tensor):
            mask = convert_to_tensor(mask)
        self._check_mask(inputs, mask)
        is_masked = torch.logical_not(mask)
        outputs = self._softmax_of(inputs.masked_fill(is_masked, torch.finfo(inputs.dtype).min / 2))
        return outputs.masked_fill(is_masked, 0.0)  # where everything is masked the softmax alone gives equal values

    def _softmax_of(self, x: torch.Tensor) -> torch.Tensor:
        if not isinstance(self.axis, int):
            outputs: torch.Tensor = softmax(x, self.axis)
            return outputs
        return with_logits(self.softmax(x), x, self.axis if self.axis < 0 else self.axis - x.ndim)

    @staticmethod
    def _check_mask(inputs: torch.Tensor, mask: torch.Tensor) -> None:
        received = f"Received: inputs.shape={tuple(inputs.shape)}, mask.shape={tuple(mask.shape)}"
        if mask.ndim > inputs.ndim:
            raise ValueError(f"The `mask` must not have more dimensions than `inputs`. {received}")
        if any(m not in (1, n) for m, n in zip(reversed(mask.shape), reversed(inputs.shape), strict=False)):
            raise ValueError(
                "The `mask` must be broadcastable to `inputs`: each of its axes has size 1 or that of the inputs."
                f" {received}"
            )

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        axes = (self.axis,) if isinstance(self.axis, int) else self.axis
        return input_shape if all(-len(input_shape) <= axis < len(input_shape) for axis in axes) else None

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}
