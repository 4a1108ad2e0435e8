"""`GRUCell`: one step of a gated recurrent unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from torchkeras_compat import activations
from torchkeras_compat.layers.rnn.cell import RecurrentCell, recurrent_product, torch_function
from torchkeras_compat.layers.rnn.layouts import GRUBias, GRUBiases, GRUKernel


class GRUCell(RecurrentCell):
    """One step of a GRU: ``h' = z * h + (1 - z) * activation(...)``.

    The gates ``z`` (update) and ``r`` (reset) are
    ``recurrent_activation(inputs @ kernel + h @ recurrent_kernel + bias)``. With ``reset_after`` the new values see
    ``r * (h @ recurrent_kernel + bias)``, without it ``(r * h) @ recurrent_kernel``. The weights are those of
    ``self.gru``, a ``torch.nn.GRU`` with the gates in its own order, through which the layers that have this cell
    compute if ``reset_after`` is set.

    Args:
        units: Size of the output and of the state, a positive int.
        activation: Activation of the new values.
        recurrent_activation: Activation of the gates.
        use_bias: Whether to add a bias.
        kernel_initializer: Initializer of the kernel, ``(features, 3 * units)``: gates z, r, new.
        recurrent_initializer: Initializer of the recurrent kernel, ``(units, 3 * units)``.
        bias_initializer: Initializer of the bias, ``(2, 3 * units)`` (of the inputs, of the state) with
            ``reset_after``, else ``(3 * units,)``.
        kernel_regularizer: Penalty of the kernel, added to the loss.
        recurrent_regularizer: Penalty of the recurrent kernel.
        bias_regularizer: Penalty of the bias.
        kernel_constraint: Applied to the kernel after each update.
        recurrent_constraint: Applied to the recurrent kernel.
        bias_constraint: Applied to the bias.
        dropout: Fraction in [0, 1] of the inputs to drop while training, the same ones at every step.
        recurrent_dropout: Fraction in [0, 1] of the state to drop where the gates and new values see it.
        reset_after: Whether the reset gate is applied after the recurrent kernel.
        seed: Int for a stream of dropout masks of its own; None for torch's global generator.
        kwargs: Arguments of `Layer`; ``implementation=1`` draws a dropout mask for each gate, as ``recurrent_dropout``
            always does.

    Input shape:
        ``(batch, features)``, and a state ``(batch, units)``.
    Output shape:
        ``(batch, units)``, and the new state, which equals it.

    Raises:
        ValueError: ``units`` is not a positive int, or ``implementation`` is unknown.

    Example:
        >>> cell = GRUCell(3)
        >>> output, states = cell(torch.zeros(2, 4), cell.get_initial_state(2))
        >>> output.shape
        torch.Size([2, 3])

    Source: Cho et al. 2014, version 1 and, for ``reset_after``, version 3 of arXiv:1406.1078.
    """

    _config_names = (
        "units",
        "activation",
        "recurrent_activation",
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
        "reset_after",
        "seed",
    )

    _gate_count = 3
    _module_name = "gru"
    _keras_gate_order = (1, 0, 2)
    _kernel_layout = GRUKernel()
    fused_kernel_needs = "activation='tanh', recurrent_activation='sigmoid' and reset_after=True"

    gru: nn.GRU
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
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        reset_after: bool = True,
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
        self.reset_after = reset_after
        self.__dict__["_activate_gates"] = torch_function(self.recurrent_activation)
        self._bias_names = ("bias_ih_l0", "bias_hh_l0") if reset_after else ("bias_ih_l0",)
        self._bias_layout = GRUBiases() if reset_after else GRUBias()

    def _make_module(self, features: int) -> nn.Module:
        return self._make_torch_module("gru", nn.GRU, features, self.units, bias=self.use_bias, batch_first=True)

    @property
    def has_fused_kernel(self) -> bool:
        return self.reset_after and self._activate is torch.tanh and self._activate_gates is torch.sigmoid

    def advance(
        self,
        projected: torch.Tensor,
        states: list[torch.Tensor],
        masks: list[torch.Tensor] | None,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
    ) -> list[torch.Tensor]:
        h, gate = states[0], self._activate_gates
        split = [2 * self.units, self.units]
        of_gates, of_new = projected.split_with_sizes(split, -1)
        if self.reset_after:
            recurrent, recurrent_new = recurrent_product(h, masks, weight, bias).split_with_sizes(split, -1)
            reset, update = gate(of_gates + recurrent).chunk(2, -1)
            new = self._activate(of_new + reset * recurrent_new)
        else:
            weight, weight_new = weight.split_with_sizes(split)
            reset, update = gate(of_gates + recurrent_product(h, masks and masks[:2], weight, None)).chunk(2, -1)
            seen = h if masks is None else h * masks[2]
            new = self._activate(of_new + F.linear(reset * seen, weight_new))
        return [update * h + (1 - update) * new]
