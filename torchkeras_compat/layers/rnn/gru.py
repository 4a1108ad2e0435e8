"""`GRU`: gated recurrent units over sequences."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.layers.rnn.gru_cell import GRUCell
from torchkeras_compat.layers.rnn.recurrent_layer import RecurrentLayer, cell_attribute


class GRU(RecurrentLayer):
    """Gated recurrent units over sequences; the formula is that of `GRUCell`.

    Computes through ``layer.module``, a ``torch.nn.GRU`` in ``layer.cell``, with its fused kernel, masked sequences
    included. Other activations, ``reset_after=False``, and ``recurrent_dropout`` while training run a loop over steps.

    Args:
        units: Size of the output and of the state, a positive int.
        activation: Activation of the new values.
        recurrent_activation: Activation of the gates.
        use_bias: Whether to add a bias.
        kernel_initializer: Initializer of the kernel, ``(features, 3 * units)``: gates z, r, new.
        recurrent_initializer: Initializer of the recurrent kernel, ``(units, 3 * units)``.
        bias_initializer: Initializer of the bias, ``(2, 3 * units)`` with ``reset_after``, else ``(3 * units,)``.
        kernel_regularizer: Penalty of the kernel, added to the loss.
        recurrent_regularizer: Penalty of the recurrent kernel.
        bias_regularizer: Penalty of the bias.
        activity_regularizer: Penalty of the output.
        kernel_constraint: Applied to the kernel after each update.
        recurrent_constraint: Applied to the recurrent kernel.
        bias_constraint: Applied to the bias.
        dropout: Fraction in [0, 1] of the inputs to drop while training, the same ones at every step.
        recurrent_dropout: Fraction in [0, 1] of the state to drop.
        seed: Int for a stream of dropout masks of its own; None for torch's global generator.
        return_sequences: Whether to return the output of every step, rather than of the last one.
        return_state: Whether to return the last state after the output.
        go_backwards: Whether to start at the last step.
        stateful: Whether a call starts from the states in which the call before ended.
        unroll: Makes no difference.
        reset_after: Whether the reset gate is applied after the recurrent kernel.
        use_cudnn: ``"auto"`` for torch's fused kernel where it computes the formula, True to be refused where it does
            not, False for the loop over the steps.
        kwargs: ``zero_output_for_mask`` of `RNN`, ``implementation`` of `GRUCell`, and the arguments of `Layer`.

    Input shape:
        ``(batch, steps, features)``; call arguments as those of `RNN`.
    Output shape:
        ``(batch, units)``, or ``(batch, steps, units)`` with ``return_sequences``; with ``return_state`` a tuple with
        the state ``(batch, units)`` behind it.

    Raises:
        ValueError: ``units`` is not a positive int, ``use_cudnn=True`` cannot be had, the width of the input differs
            from the one the layer was built for, or states do not fit.

    Example:
        >>> GRU(3)(torch.zeros(2, 5, 4)).shape
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
        "activity_regularizer",
        "kernel_constraint",
        "recurrent_constraint",
        "bias_constraint",
        "dropout",
        "recurrent_dropout",
        "reset_after",
        "seed",
    )

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
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        reset_after: bool = True,
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        cell = GRUCell(
            units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            reset_after=reset_after,
            seed=seed,
            implementation=kwargs.pop("implementation", 2),
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name="gru_cell",
        )
        super().__init__(
            cell,
            activity_regularizer,
            use_cudnn,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            **kwargs,
        )
        self.use_cudnn = use_cudnn

    recurrent_activation = cell_attribute("recurrent_activation")
    reset_after = cell_attribute("reset_after")
