"""`LayerNormalization`: mean 0 and variance 1 within each sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.layer.config_items import config_items
from torchkeras_compat.layers.normalization.affine import AFFINE_SWITCHES, AFFINE_WEIGHTS, AffineNormalization
from torchkeras_compat.layers.normalization.arguments import check_axes, known_sizes, spec_of_axes
from torchkeras_compat.layers.normalization.axis_order import TrailingAxes, weight_layout
from torchkeras_compat.layers.normalization.precision import in_float32, is_half, keep_wide_inputs
from torchkeras_compat.user_warnings import warn_user


class LayerNormalization(AffineNormalization):
    """Normalizes over axes of each sample: ``(x - mean) / sqrt(variance + epsilon) * gamma + beta``.

    Computes through ``self.norm``, a ``torch.nn.LayerNorm``, in float32 if the layer has half precision.

    Args:
        axis: Axis or axes to normalize over; ``gamma`` and ``beta`` have their sizes, in ascending order of the axes as
            they are written: for ``[1, -1]`` that of the last axis comes first.
        epsilon: Added to the variance.
        center: Whether there is an offset ``beta``.
        scale: Whether there is a factor ``gamma``.
        beta_initializer: Initializer of ``beta``.
        gamma_initializer: Initializer of ``gamma``.
        beta_regularizer: Penalty of ``beta``, added to the loss.
        gamma_regularizer: Penalty of ``gamma``.
        beta_constraint: Applied to ``beta`` after each update.
        gamma_constraint: Applied to ``gamma`` after each update.
        kwargs: Arguments of `Layer`; ``rms_scaling``, deprecated, gives ``x / sqrt(variance + epsilon) * gamma``.

    Input shape:
        ``(batch, ...)``, floating point.
    Output shape:
        That of the input.

    Raises:
        TypeError: ``axis`` is neither an int nor a list or tuple of ints; ``epsilon`` is not a number.
        ValueError: the input has no such axis, or its size is unknown or another than at first.

    Example:
        >>> LayerNormalization()(torch.tensor([[1.0, 3.0]])).round(decimals=2).tolist()
        [[-1.0, 1.0]]

    Source: Ba et al. 2016, eq. 4. Unlike torch's, ``epsilon`` is 1e-3.
    """

    axis: int | list[int]
    norm: nn.LayerNorm
    _order: TrailingAxes
    _is_half: bool
    _sizes: tuple[int, ...]  # of `axis` in torch's order, where there is no torch module

    def __init__(
        self,
        axis: Any = -1,
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
        rms_scaling = bool(kwargs.pop("rms_scaling", False))
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
        self.axis = check_axes(axis, "Expected an int or a list/tuple of ints for the argument 'axis'.")
        self.rms_scaling = rms_scaling
        if rms_scaling:
            warn_user(
                "`rms_scaling=True` is deprecated: it divides by the standard deviation, not by the root mean square."
                " Use `RMSNormalization` instead."
            )
        keep_wide_inputs(self)

    def build(self, input_shape: Sequence[int | None]) -> None:
        self.axis = [self.axis] if isinstance(self.axis, int) else sorted(self.axis)
        owner = f"LayerNormalization '{self.name}'"
        order = TrailingAxes(self.axis, len(input_shape), owner)
        sizes = known_sizes(order.axes, input_shape, owner)
        self._order = order
        self._is_half = is_half(self)
        self.input_spec = spec_of_axes(self.axis, input_shape)
        keras_shape = known_sizes(self.axis, input_shape, owner)
        if self.rms_scaling:
            self._build_rms_scaling(sizes, keras_shape)
        else:
            self._make_torch_module(
                "norm", nn.LayerNorm, sizes, eps=self.epsilon, elementwise_affine=self.scale or self.center
            )
            self._add_affine_views(self.norm, weight_layout(keras_shape, sizes))

    def _build_rms_scaling(self, sizes: tuple[int, ...], keras_shape: tuple[int, ...]) -> None:
        self._sizes = sizes
        self.gamma = self.add_weight(
            keras_shape,
            self.gamma_initializer,
            regularizer=self.gamma_regularizer,
            constraint=self.gamma_constraint,
            name="gamma",
        )

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Normalize."""
        order = self._order.at_rank(inputs.ndim)
        x = order.apply(inputs)
        if self.rms_scaling:
            x = self._divide_by_deviation(x)
        elif self._is_half:
            x = in_float32(self.norm, x, self._compute_torch_dtype)
        else:
            x = self.norm(x)
        return order.undo(x)

    def _divide_by_deviation(self, x: torch.Tensor) -> torch.Tensor:
        x = x.float() if self._is_half else x
        gamma = self.gamma.value.to(x.dtype).view(self._sizes)  # type: ignore[union-attr]
        variance = x.var(dim=tuple(range(-gamma.ndim, 0)), correction=0, keepdim=True)
        return (x * torch.rsqrt(variance + self.epsilon) * gamma).to(self._compute_torch_dtype)

    def get_config(self) -> dict[str, Any]:
        names = ("axis", *AFFINE_SWITCHES, "rms_scaling", *AFFINE_WEIGHTS)
        return {**super().get_config(), **config_items(self, names)}
