"""`SimpleRNNCell`: one step of a fully connected recurrence."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from torchkeras_compat.layers.rnn.cell import RecurrentCell, recurrent_product


class SimpleRNNCell(RecurrentCell):
    """One step of a fully connected recurrence: ``h' = activation(inputs @ kernel + h @ recurrent_kernel + bias)``.

    The weights are those of ``self.rnn``, a ``torch.nn.RNN``, through which the layers that have this cell compute if
    the activation is tanh or relu.

    Args:
        units: Size of the output and of the state, a positive int.
        activation: Activation of the output.
        use_bias: Whether to add a bias.
        kernel_initializer: Initializer of the kernel, ``(features, units)``.
        recurrent_initializer: Initializer of the recurrent kernel, ``(units, units)``.
        bias_initializer: Initializer of the bias, ``(units,)``.
        kernel_regularizer: Penalty of the kernel, added to the loss.
        recurrent_regularizer: Penalty of the recurrent kernel.
        bias_regularizer: Penalty of the bias.
        kernel_constraint: Applied to the kernel after each update.
        recurrent_constraint: Applied to the recurrent kernel.
        bias_constraint: Applied to the bias.
        dropout: Fraction in [0, 1] of the inputs to drop while training, the same ones at every step.
        recurrent_dropout: Fraction in [0, 1] of the state to drop.
        seed: Int for a stream of dropout masks of its own; None for torch's global generator.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, features)``, and a state ``(batch, units)``.
    Output shape:
        ``(batch, units)``, and the new state, which equals it.

    Raises:
        ValueError: ``units`` is not a positive int.

    Example:
        >>> cell = SimpleRNNCell(3)
        >>> output, states = cell(torch.zeros(2, 4), cell.get_initial_state(2))
        >>> output.shape
        torch.Size([2, 3])

    Source: Elman 1990.
    """

    _config_names = (
        "units",
        "activation",
        "use_bias",
        "kernel_initializer",
        "recurrent_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "recurrent_regularizer",
        "bias_regularizer",
        "kernel_constraint",
        "recurrent_constraint",
        "bias_constraint",
        "dropout",
        "recurrent_dropout",
        "seed",
    )

    _module_name = "rnn"
    fused_kernel_needs = "activation='tanh' or 'relu'"

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units,
            activation,
            use_bias,
            kernel_initializer,
            recurrent_initializer,
            bias_initializer,
            kernel_regularizer,
            recurrent_regularizer,
            bias_regularizer,
            kernel_constraint,
            recurrent_constraint,
            bias_constraint,
            dropout,
            recurrent_dropout,
            seed,
            **kwargs,
        )

    def _make_module(self, features: int) -> nn.Module:
        nonlinearity = "relu" if self._activate is torch.relu else "tanh"
        return self._make_torch_module(
            "rnn", nn.RNN, features, self.units, nonlinearity=nonlinearity, bias=self.use_bias, batch_first=True
        )

    @property
    def has_fused_kernel(self) -> bool:
        return self._activate in (torch.tanh, torch.relu)

    def advance(
        self,
        projected: torch.Tensor,
        states: list[torch.Tensor],
        masks: list[torch.Tensor] | None,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
    ) -> list[torch.Tensor]:
        return [self._activate(projected + recurrent_product(states[0], masks, weight, bias))]
