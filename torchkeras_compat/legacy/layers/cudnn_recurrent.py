"""`CuDNNLSTM` and `CuDNNGRU` of Keras 2: the layers that took only what a fused kernel computes."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.layers.rnn.gru import GRU
from torchkeras_compat.layers.rnn.lstm import LSTM

# Settings of today's layers that these did not have, and the value of each.
_FIXED = {"activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True, "reset_after": True}
_ABSENT = {"dropout": 0.0, "recurrent_dropout": 0.0, "unroll": False}


def _checked(name: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return further arguments, without those that say what is so anyway: configs of today's layers hold them."""
    for key, value in {**_FIXED, **_ABSENT}.items():
        if key in kwargs and kwargs.pop(key) != value:
            raise ValueError(f"{name} has {key}={value!r} and no other. Use `{name.removeprefix('CuDNN')}`.")
    return kwargs


class CuDNNLSTM(LSTM):
    """An `LSTM` with the arguments that its fused kernel computes: on CUDA with cuDNN, elsewhere with torch's kernel.

    Its weights are those of `LSTM`.

    Args:
        units: Size of the output and of both states, a positive int.
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
        return_sequences: Whether to return the output of every step.
        return_state: Whether to return the last states after the output.
        stateful: Whether a call starts from the states in which the call before ended.
        kwargs: ``go_backwards``, and the arguments of `Layer`.

    Raises:
        ValueError: another activation, a dropout or ``unroll`` is asked for.

    Example:
        >>> CuDNNLSTM(3)(torch.zeros(2, 5, 4)).shape
        torch.Size([2, 3])

    Source: Keras 2.3 API, layers/CuDNNLSTM.
    """

    def __init__(
        self,
        units: int,
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
        return_sequences: bool = False,
        return_state: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            return_sequences=return_sequences,
            return_state=return_state,
            stateful=stateful,
            **_checked("CuDNNLSTM", kwargs),
        )


class CuDNNGRU(GRU):
    """A `GRU` with the arguments that its fused kernel computes; the others are those of `CuDNNLSTM`.

    Its weights are those of `GRU` with ``reset_after=True``.

    Args:
        units: Size of the output and of the state, a positive int.
        kernel_initializer: Initializer of the kernel.
        recurrent_initializer: Initializer of the recurrent kernel.
        bias_initializer: Initializer of the bias.
        kernel_regularizer: Penalty of the kernel, added to the loss.
        recurrent_regularizer: Penalty of the recurrent kernel.
        bias_regularizer: Penalty of the bias.
        activity_regularizer: Penalty of the output.
        kernel_constraint: Applied to the kernel after each update.
        recurrent_constraint: Applied to the recurrent kernel.
        bias_constraint: Applied to the bias.
        return_sequences: Whether to return the output of every step.
        return_state: Whether to return the last state after the output.
        stateful: Whether a call starts from the state in which the call before ended.
        kwargs: ``go_backwards``, and the arguments of `Layer`.

    Raises:
        ValueError: another activation, a dropout or ``unroll`` is asked for.

    Example:
        >>> CuDNNGRU(3)(torch.zeros(2, 5, 4)).shape
        torch.Size([2, 3])

    Source: Keras 2.3 API, layers/CuDNNGRU.
    """

    def __init__(
        self,
        units: int,
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
        return_sequences: bool = False,
        return_state: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            return_sequences=return_sequences,
            return_state=return_state,
            stateful=stateful,
            **_checked("CuDNNGRU", kwargs),
        )
