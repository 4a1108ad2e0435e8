"""`ConvLSTM1D`, `ConvLSTM2D`, `ConvLSTM3D`: LSTMs over sequences of maps, whose products are convolutions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchkeras_compat import regularizers
from torchkeras_compat.layers.layer.call_plan import CallPlan
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.rnn.conv_lstm_cell import ConvLSTMCell, Sizes
from torchkeras_compat.layers.rnn.recurrent_layer import cell_attribute
from torchkeras_compat.layers.rnn.rnn import RNN


class ConvLSTM(RNN):
    """Base of `ConvLSTM1D`, `ConvLSTM2D` and `ConvLSTM3D`; the arguments are described there."""

    _checks_spec_before_build = True
    _may_leave_graphs = False

    rank: int
    cell: ConvLSTMCell

    def __init__(
        self,
        filters: int,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Sizes = 1,
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
        **kwargs: Any,
    ) -> None:
        cell = ConvLSTMCell(
            self.rank,
            filters,
            kernel_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
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
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name="conv_lstm_cell",
        )
        super().__init__(
            cell,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self._state_axis = cell._channel_axis
        self.input_spec = InputSpec(ndim=self.rank + 3)

    filters = cell_attribute("filters")
    kernel_size = cell_attribute("kernel_size")
    strides = cell_attribute("strides")
    padding = cell_attribute("padding")
    data_format = cell_attribute("data_format")
    dilation_rate = cell_attribute("dilation_rate")
    activation = cell_attribute("activation")
    recurrent_activation = cell_attribute("recurrent_activation")
    use_bias = cell_attribute("use_bias")
    kernel_initializer = cell_attribute("kernel_initializer")
    recurrent_initializer = cell_attribute("recurrent_initializer")
    bias_initializer = cell_attribute("bias_initializer")
    unit_forget_bias = cell_attribute("unit_forget_bias")
    kernel_regularizer = cell_attribute("kernel_regularizer")
    recurrent_regularizer = cell_attribute("recurrent_regularizer")
    bias_regularizer = cell_attribute("bias_regularizer")
    kernel_constraint = cell_attribute("kernel_constraint")
    recurrent_constraint = cell_attribute("recurrent_constraint")
    bias_constraint = cell_attribute("bias_constraint")
    dropout = cell_attribute("dropout")
    recurrent_dropout = cell_attribute("recurrent_dropout")

    def build(self, sequences_shape: Sequence[int | None], initial_state_shape: Any = None) -> None:
        super().build(sequences_shape, initial_state_shape)
        axis = self._state_axis if self._state_axis < 0 else self._state_axis + 1  # behind that of time
        self.input_spec = InputSpec(ndim=self.rank + 3, axes={axis: sequences_shape[axis]})

    def _state_shapes(self, sequences_shape: Sequence[int | None]) -> list[Any]:
        shape = self.cell.compute_output_shape((sequences_shape[0], *sequences_shape[2:]))
        if self.stateful and None in shape:
            raise ValueError(
                f"A stateful {type(self).__name__} needs to know the sizes of its inputs. Received the shape"
                f" {tuple(sequences_shape)}. Give `Input(batch_shape=...)` all sizes but that of time."
            )
        return [shape, shape]

    def compute_output_shape(self, sequences_shape: Sequence[int | None], initial_state_shape: Any = None) -> Any:
        """Return the shape of the output, with those of both states behind it for ``return_state``.

        Raises:
            ValueError: the windows are larger than the inputs.
        """
        batch, steps, *sizes = sequences_shape
        state = self.cell.compute_output_shape((batch, *sizes))
        output = (batch, steps, *state[1:]) if self.return_sequences else state
        return (output, state, state) if self.return_state else output

    def _make_call_plan(self) -> CallPlan:
        plan = super()._make_call_plan()
        if type(self).call is RNN.call:
            plan.is_composite = False  # the cell is asked for its formula, never called
        return plan

    def get_config(self) -> dict[str, Any]:
        config = self._rnn_config()
        for name, value in self.cell.get_config().items():
            if name not in ("name", "trainable", "dtype"):
                config[name] = value
            if name == "bias_regularizer":  # Keras lists it here
                config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a new layer made from what ``get_config`` returned."""
        return cls(**config)


class ConvLSTM1D(ConvLSTM):
    """Long short-term memory over sequences of maps with one axis, whose products are convolutions.

    The formula is that of `LSTM` with a convolution in place of each product: see `ConvLSTMCell`. Computes through
    ``cell.input_conv``, for all steps at once, and ``cell.recurrent_conv``, both ``torch.nn.Conv1d``.

    Args:
        filters: Number of channels of the output and of both states, a positive int.
        kernel_size: Size of the windows, an int or one int for each spatial axis.
        strides: Steps between the windows of the inputs.
        padding: Of the inputs: ``"valid"`` for none, or ``"same"`` for outputs of ``ceil(size / strides)``. The state
            keeps its sizes.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.
        dilation_rate: Steps between the elements of a window of the inputs; with strides of 1 only.
        activation: Activation of the new values and of the output.
        recurrent_activation: Activation of the gates.
        use_bias: Whether to add a bias.
        kernel_initializer: Initializer of the kernel.
        recurrent_initializer: Initializer of the recurrent kernel.
        bias_initializer: Initializer of the bias.
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
        return_state: Whether to return both last states after the output.
        go_backwards: Whether to start at the last step.
        stateful: Whether a call starts from the states in which the call before ended.
        kwargs: Arguments of `Layer`, and ``unroll`` and ``zero_output_for_mask`` of `RNN`.

    Call arguments:
        sequences: ``(batch, steps, size, channels)``.
        initial_state: The two states to start from.
        mask: ``(batch, steps)``; a step where it is False leaves the states as they are.
        training: Whether to apply dropout.

    Input shape:
        ``(batch, steps, size, channels)``, or ``(batch, steps, channels, size)`` for channels first.
    Output shape:
        ``(batch, new_size, filters)``, or ``(batch, steps, new_size, filters)`` with ``return_sequences``, or channels
        first; with ``return_state`` a tuple with the states behind it.

    Raises:
        ValueError: an argument is none of the above, or the inputs do not fit.

    Example:
        >>> ConvLSTM1D(3, 2, return_sequences=True)(torch.zeros(2, 5, 8, 1)).shape
        torch.Size([2, 5, 7, 3])

    Source: Keras API, layers/ConvLSTM1D. Shi et al. 2015, "Convolutional LSTM Network".
    """

    rank = 1


class ConvLSTM2D(ConvLSTM):
    """Long short-term memory over sequences of images, whose products are convolutions.

    Computes through ``cell.input_conv`` and ``cell.recurrent_conv``, both ``torch.nn.Conv2d``. The arguments are those
    of `ConvLSTM1D`.

    Input shape:
        ``(batch, steps, height, width, channels)``, or ``(batch, steps, channels, height, width)`` for channels first.
    Output shape:
        ``(batch, new_height, new_width, filters)``, or ``(batch, steps, new_height, new_width, filters)`` with
        ``return_sequences``, or channels first; with ``return_state`` a tuple with the states behind it.

    Raises:
        ValueError: an argument is none of those of `ConvLSTM1D`, or the inputs do not fit.

    Example:
        >>> ConvLSTM2D(3, 3, padding="same")(torch.zeros(2, 5, 8, 8, 1)).shape
        torch.Size([2, 8, 8, 3])

    Source: Keras API, layers/ConvLSTM2D. Shi et al. 2015, "Convolutional LSTM Network".
    """

    rank = 2


class ConvLSTM3D(ConvLSTM):
    """Long short-term memory over sequences of volumes, whose products are convolutions.

    Computes through ``cell.input_conv`` and ``cell.recurrent_conv``, both ``torch.nn.Conv3d``. The arguments are those
    of `ConvLSTM1D`.

    Input shape:
        ``(batch, steps, depth, height, width, channels)``, or ``(batch, steps, channels, depth, height, width)``.
    Output shape:
        ``(batch, new_depth, new_height, new_width, filters)``, with ``steps`` behind ``batch`` for
        ``return_sequences``, or channels first; with ``return_state`` a tuple with the states behind it.

    Raises:
        ValueError: an argument is none of those of `ConvLSTM1D`, or the inputs do not fit.

    Example:
        >>> ConvLSTM3D(2, 2)(torch.zeros(1, 3, 4, 5, 6, 1)).shape
        torch.Size([1, 3, 4, 5, 2])

    Source: Keras API, layers/ConvLSTM3D. Shi et al. 2015, "Convolutional LSTM Network".
    """

    rank = 3
