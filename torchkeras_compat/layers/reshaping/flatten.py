"""`Flatten`: all axes but the batch become one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat.config import standardize_data_format
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.reshaping.base import Rearrangement


class Flatten(Rearrangement):
    """Makes one axis of all but the batch axis.

    Computes through ``self.flatten``, a ``torch.nn.Flatten``.

    Args:
        data_format: ``"channels_first"`` moves the channels to the end first, so that the order of the values is that
            of channels last; ``"channels_last"``, or None for the global setting.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, ...)``.
    Output shape:
        ``(batch, product of the rest)``.

    Raises:
        ValueError: ``data_format`` is unknown.

    Example:
        >>> Flatten()(torch.zeros(2, 3, 4)).shape
        torch.Size([2, 12])

    Source: Keras API, layers/Flatten.
    """

    flatten: nn.Flatten
    _moves_channels: bool

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)
        self._moves_channels = self.data_format == "channels_first"
        self._keep_torch_module("flatten", nn.Flatten())

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Flatten the inputs."""
        if inputs.ndim < 2:
            return inputs.unsqueeze(-1)
        if inputs.ndim == 2:
            return inputs.view_as(inputs)  # torch gives the tensor itself back, and with it its mask
        outputs: torch.Tensor = self.flatten(inputs.movedim(1, -1) if self._moves_channels else inputs)
        return outputs

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        rest = list(input_shape[1:])
        return (input_shape[0], None if None in rest else math.prod(rest))  # type: ignore[arg-type]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format}
