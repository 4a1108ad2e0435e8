"""`LSTM`: long short-term memory over sequences."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.layers.rnn.lstm_cell import LSTMCell
from torchkeras_compat.layers.rnn.recurrent_layer import RecurrentLayer, cell_attribute


class LSTM(RecurrentLayer):
    """Long short-term memory over sequences; the formula is that of `LSTMCell`.

    Computes through ``layer.module``, a ``torch.nn.LSTM`` in ``layer.cell``, with its fused kernel, masked sequences
    included. Other activations, and ``recurrent_dropout`` while training, run a loop over the steps.

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
        activity_regularizer: Penalty of the output.
        kernel_constraint: Applied to the kernel after each update.
        recurrent_constraint: Applied to the recurrent kernel.
        bias_constraint: Applied to the bias.
        dropout: Fraction in [0, 1] of the inputs to drop while training, the same ones at every step.
        recurrent_dropout: Fraction in [0, 1] of the state to drop.
        seed: Int for a stream of dropout masks of its own; None for torch's global generator.
        return_sequences: Whether to return the output of every step, rather than of the last one.
        return_state: Whether to return the last states ``h`` and ``c`` after the output.
        go_backwards: Whether to start at the last step.
        stateful: Whether a call starts from the states in which the call before ended.
        unroll: Makes no difference.
        use_cudnn: ``"auto"`` for torch's fused kernel where it computes the formula, True to be refused where it does
            not, False for the loop over the steps.
        kwargs: ``zero_output_for_mask`` of `RNN`, ``implementation`` of `LSTMCell`, and the arguments of `Layer`.

    Input shape:
        ``(batch, steps, features)``; call arguments as those of `RNN`.
    Output shape:
        ``(batch, units)``, or ``(batch, steps, units)`` with ``return_sequences``; with ``return_state`` a tuple with
        two states ``(batch, units)`` behind it.

    Raises:
        ValueError: ``units`` is not a positive int, ``use_cudnn=True`` cannot be had, the width of the input differs
            from the one the layer was built for, or states do not fit.

    Example:
        >>> LSTM(3)(torch.zeros(2, 5, 4)).shape
        torch.Size([2, 3])

    Source: Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000.
    """

    _config_names = (
        "units",
        "activation",
        "recurrent_activation",
        "use_bias",
        "kernel_initializer",
        "recurrent_initializer",
        "bias_initializer",
        "unit_forget_bias",
        "kernel_regularizer",
        "recurrent_regularizer",
        "bias_regularizer",
        "activity_regularizer",
        "kernel_constraint",
        "recurrent_constraint",
        "bias_constraint",
        "dropout",
        "recurrent_dropout",
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
        unit_forget_bias: bool = True,
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
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        cell = LSTMCell(
            units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            implementation=kwargs.pop("implementation", 2),
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name="lstm_cell",
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
    unit_forget_bias = cell_attribute("unit_forget_bias")
