"""What the layers with a scale `gamma` and an offset `beta` have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat import constraints, initializers, regularizers
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.normalization.arguments import check_number
from torchkeras_compat.layouts import IDENTITY, Layout
from torchkeras_compat.variables import Variable

# The arguments of these layers, as in Keras's configs.
AFFINE_SWITCHES = ("epsilon", "center", "scale")
AFFINE_WEIGHTS = (
    "beta_initializer",
    "gamma_initializer",
    "beta_regularizer",
    "gamma_regularizer",
    "beta_constraint",
    "gamma_constraint",
)


class AffineNormalization(Layer):
    """Base of the layers that normalize, multiply by ``gamma`` and add ``beta``.

    Args:
        epsilon: Added to the variance.
        center: Whether there is a ``beta``.
        scale: Whether there is a ``gamma``.
        beta_initializer: Initializer of ``beta``.
        gamma_initializer: Initializer of ``gamma``.
        beta_regularizer: Penalty of ``beta``, added to the loss.
        gamma_regularizer: Penalty of ``gamma``.
        beta_constraint: Applied to ``beta`` after each update.
        gamma_constraint: Applied to ``gamma`` after each update.
        kwargs: Arguments of `Layer`.

    Raises:
        TypeError: ``epsilon`` is not a number.
    """

    _takes_integers = False

    gamma: Variable | None
    beta: Variable | None
    _epsilon: float

    def __init__(
        self,
        epsilon: float,
        center: bool,
        scale: bool,
        beta_initializer: Any,
        gamma_initializer: Any,
        beta_regularizer: Any,
        gamma_regularizer: Any,
        beta_constraint: Any,
        gamma_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.epsilon = check_number("epsilon", epsilon, type(self).__name__)
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.gamma = None
        self.beta = None
        self.supports_masking = True

    @property
    def epsilon(self) -> float:
        """What is added to the variance."""
        return self._epsilon

    @epsilon.setter
    def epsilon(self, value: float) -> None:
        self._epsilon = value
        for name in self._torch_module_names:
            module: Any = self._modules[name]
            if hasattr(module, "eps"):
                module.eps = value

    def _add_affine_views(self, module: nn.Module, layout: Layout = IDENTITY) -> None:
        """Make ``gamma`` and ``beta`` the weight and bias of a torch module."""
        if self.scale:
            self.gamma = self._add_weight_view(
                "gamma",
                [(module, "weight")],
                self.gamma_initializer,
                layout,
                self.gamma_regularizer,
                self.gamma_constraint,
            )
        elif self.center:
            _make_constant(module, "weight", 1.0)
        if self.center:
            self.beta = self._add_weight_view(
                "beta", [(module, "bias")], self.beta_initializer, layout, self.beta_regularizer, self.beta_constraint
            )
        elif self.scale:
            _make_constant(module, "bias", 0.0)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return ``input_shape``: normalization keeps it."""
        return tuple(input_shape)


def _make_constant(module: nn.Module, name: str, value: float) -> None:
    """Put a constant in place of a parameter: some of torch's kernels take both weight and bias, or neither."""
    parameter = module._parameters.pop(name)
    if parameter is not None:
        module.register_buffer(name, torch.full_like(parameter, value, requires_grad=False), persistent=False)
