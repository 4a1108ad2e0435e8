"""`LSTMCell`: one step of a long short-term memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from torchkeras_compat import activations, initializers
from torchkeras_compat.layers.rnn.cell import RecurrentCell, recurrent_product, torch_function


class LSTMCell(RecurrentCell):
    """One step of an LSTM: ``c' = f * c + i * activation(...)``, ``h' = o * activation(c')``.

    The gates ``i``, ``f`` and ``o`` are ``recurrent_activation(inputs @ kernel + h @ recurrent_kernel + bias)``. The
    weights are those of ``self.lstm``, a ``torch.nn.LSTM``, through which the layers that have this cell compute.

    Args:
        units: Size of the output and of both states, a positive int.
        activation: Activation of the new values and of the output.
        recurrent_activation: Activation of the gates.
        use_bias: Whether to add a bias.
        kernel_initializer: Initializer of the kernel, ``(features, 4 * units)``: gates i, f, new, o.
        recurrent_initializer: Initializer of the recurrent kernel, ``(units, 4 * units)``.
        bias_initializer: Initializer of the bias, ``(4 * units,)``.
        unit_forget_bias: Whether the bias of the forget gate starts at one.
        kernel_regularizer: Penalty of the kernel, added to the loss.
        recurrent_regularizer: Penalty of the recurrent kernel.
        bias_regularizer: Penalty of the bias.
        kernel_constraint: Applied to the kernel after each update.
        recurrent_constraint: Applied to the recurrent kernel.
        bias_constraint: Applied to the bias.
        dropout: Fraction in [0, 1] of the inputs to drop while training, the same ones at every step.
        recurrent_dropout: Fraction in [0, 1] of the state to drop.
        seed: Int for a stream of dropout masks of its own; None for torch's global generator.
        kwargs: Arguments of `Layer`; ``implementation=1`` draws a dropout mask for each gate, as ``recurrent_dropout``
            always does.

    Input shape:
        ``(batch, features)``, and two states ``(batch, units)``.
    Output shape:
        ``(batch, units)``, and the two new states, the first of which it equals.

    Raises:
        ValueError: ``units`` is not a positive int, or ``implementation`` is unknown.

    Example:
        >>> cell = LSTMCell(3)
        >>> output, states = cell(torch.zeros(2, 4), cell.get_initial_state(2))
        >>> output.shape, len(states)
        (torch.Size([2, 3]), 2)

    Source: Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000.
    """

    _config_names = (
        "units",
        "activation",
        "recurrent_activation",
        "use_bias",
        "unit_forget_bias",
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

    _gate_count = 4
    _state_count = 2
    _module_name = "lstm"
    _keras_gate_order = (0, 1, 2, 3)
    fused_kernel_needs = "activation='tanh' and recurrent_activation='sigmoid'"

    lstm: nn.LSTM
    _activate_gates: Callable[[torch.Tensor], torch.Tensor]

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
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
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias
        self.__dict__["_activate_gates"] = torch_function(self.recurrent_activation)

    def _make_module(self, features: int) -> nn.Module:
        return self._make_torch_module("lstm", nn.LSTM, features, self.units, bias=self.use_bias, batch_first=True)

    @property
    def has_fused_kernel(self) -> bool:
        return self._activate is torch.tanh and self._activate_gates is torch.sigmoid

    def _initial_bias(self) -> Any:
        return with_open_forget_gate(self.bias_initializer) if self.unit_forget_bias else self.bias_initializer

    def advance(
        self,
        projected: torch.Tensor,
        states: list[torch.Tensor],
        masks: list[torch.Tensor] | None,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
    ) -> list[torch.Tensor]:
        h, c = states
        activate, gate = self._activate, self._activate_gates
        i, f, new, o = (projected + recurrent_product(h, masks, weight, bias)).chunk(4, -1)
        c = gate(f) * c + gate(i) * activate(new)
        return [gate(o) * activate(c), c]


def with_open_forget_gate(initializer: Any) -> Any:
    """Return the initializer of a bias whose second quarter is one: Jozefowicz et al. 2015."""

    def initialize(shape: tuple[int, ...], dtype: Any = None) -> torch.Tensor:
        units = shape[0] // 4
        ones = initializers.get("ones")((units,), dtype=dtype)
        return torch.cat((initializer((units,), dtype=dtype), ones, initializer((2 * units,), dtype=dtype)))

    return initialize
