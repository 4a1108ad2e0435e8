"""`GroupNormalization`: mean 0 and variance 1 within groups of channels of each sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers.layer.config_items import config_items
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.normalization.affine import AFFINE_SWITCHES, AFFINE_WEIGHTS, AffineNormalization
from torchkeras_compat.layers.normalization.arguments import normalized_axes
from torchkeras_compat.layers.normalization.axis_order import AxisOrder
from torchkeras_compat.layers.normalization.group_norm import GroupNorm
from torchkeras_compat.layers.normalization.precision import in_float32, is_half, keep_wide_inputs


class GroupNormalization(AffineNormalization):
    """Normalizes groups of channels of each sample: ``(x - mean) / sqrt(variance + epsilon) * gamma + beta``.

    Mean and variance are those of all values of a sample in the channels of a group. Computes through ``self.norm``, a
    ``torch.nn.GroupNorm``, in float32 if the layer has half precision.

    Args:
        groups: Number of groups, a divisor of the number of channels; -1 for one group a channel.
        axis: Axis of the channels.
        epsilon: Added to the variance.
        center: Whether there is an offset ``beta``.
        scale: Whether there is a factor ``gamma``.
        beta_initializer: Initializer of ``beta``.
        gamma_initializer: Initializer of ``gamma``.
        beta_regularizer: Penalty of ``beta``, added to the loss.
        gamma_regularizer: Penalty of ``gamma``.
        beta_constraint: Applied to ``beta`` after each update.
        gamma_constraint: Applied to ``gamma`` after each update.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, ..., channels)`` for ``axis=-1``, floating point.
    Output shape:
        That of the input.

    Raises:
        TypeError: ``axis`` is not an int, or ``epsilon`` not a number.
        ValueError: ``groups`` is neither a positive int nor -1, or no divisor of the number of channels; the input has
            no such axis, or its size is unknown or another than at first.

    Example:
        >>> GroupNormalization(groups=2)(torch.tensor([[1.0, 3.0, 0.0, 4.0]])).round(decimals=2).tolist()
        [[-1.0, 1.0, -1.0, 1.0]]

    Source: Wu and He 2018, eq. 1 and 7. Unlike torch's, ``epsilon`` is 1e-3.
    """

    norm: GroupNorm
    _order: AxisOrder
    _is_half: bool

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **kwargs,
        )
        if isinstance(groups, bool) or not isinstance(groups, int) or (groups < 1 and groups != -1):
            raise ValueError(
                "Invalid value for argument `groups`: expected a positive int, or -1 for one group a channel. Received:"
                f" groups={groups!r}"
            )
        if isinstance(axis, bool) or not isinstance(axis, int):
            raise TypeError(f"`axis` of GroupNormalization must be an int. Received: axis={axis!r}")
        self.groups = groups
        self.axis = axis
        keep_wide_inputs(self)

    def build(self, input_shape: Sequence[int | None]) -> None:
        rank = len(input_shape)
        (axis,) = normalized_axes(self.axis, rank, f"GroupNormalization '{self.name}'")
        channels = input_shape[axis]
        if channels is None:
            raise ValueError(
                f"Axis {self.axis} of input tensor should have a defined dimension but the layer received an input with"
                f" shape {tuple(input_shape)}."
            )
        if rank < 2:
            raise ValueError(
                f"GroupNormalization '{self.name}' needs inputs with a batch axis. Received shape {tuple(input_shape)}."
            )
        if self.groups == -1:
            self.groups = channels
        if channels < self.groups:
            raise ValueError(
                f"Number of groups ({self.groups}) cannot be more than the number of channels ({channels})."
            )
        if channels % self.groups:
            raise ValueError(
                f"Number of groups ({self.groups}) must be a multiple of the number of channels ({channels}), or rather"
                " a divisor of it."
            )
        self._order = AxisOrder.moved(axis, 1, rank)
        self._is_half = is_half(self)
        self._make_torch_module(
            "norm", GroupNorm, self.groups, channels, eps=self.epsilon, affine=self.scale or self.center
        )
        self._add_affine_views(self.norm)
        self.input_spec = InputSpec(ndim=rank, axes={axis: channels})

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Normalize."""
        x = self._order.apply(inputs)
        x = in_float32(self.norm, x, self._compute_torch_dtype) if self._is_half else self.norm(x)
        return self._order.undo(x)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **config_items(self, ("groups", "axis", *AFFINE_SWITCHES, *AFFINE_WEIGHTS))}
