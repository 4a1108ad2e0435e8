"""Recurrent layers of Keras 1 and 2."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.dialects.adapters.adapter import Adapter, Arguments
from torchkeras_compat.dialects.adapters.convolutional import convolution
from torchkeras_compat.dialects.adapters.values import meant, recurrent_start

_OPEN = ("one", "ones")
_SHUT = ("zero", "zeros")


def recurrent(arguments: Arguments, dialect: str) -> Arguments:
    """A recurrent layer: ``input_dim`` is the size of a step, and how it is computed is torch's business."""
    found = recurrent_start(meant(arguments, dialect), dialect)
    found = {k: v for k, v in found.items() if k not in ("consume_less", "implementation")}
    dim, length = found.pop("input_dim", None), found.pop("input_length", None)
    if dim is not None:
        found.setdefault("input_shape", (length, dim))
    return found


def lstm(arguments: Arguments, dialect: str) -> Arguments:
    """An LSTM, whose forget gate Keras 1 gave an initializer of its bias: ``forget_bias_init``.

    Raises:
        ValueError: it is neither one nor zero.
    """
    found = recurrent(arguments, dialect)
    start: Any = found.pop("forget_bias_init", None)
    if start is None:
        return found
    name = getattr(start, "__name__", start) if not hasattr(start, "get_config") else type(start).__name__.lower()
    if name not in (*_OPEN, *_SHUT):
        raise ValueError(
            "`forget_bias_init` is 'one' or 'zero' here, which `unit_forget_bias` says today. Received:"
            f" forget_bias_init={arguments['forget_bias_init']!r}. Give the bias in `weights`."
        )
    found["unit_forget_bias"] = name in _OPEN
    return found


def conv_lstm(arguments: Arguments, dialect: str) -> Arguments:
    """A convolutional LSTM, with the sizes of its kernel as those of a convolution."""
    return convolution(lstm(arguments, dialect), dialect)


RECURRENT: dict[str, Adapter] = {
    "layers.LSTM": lstm,
    "layers.GRU": recurrent,
    "layers.SimpleRNN": recurrent,
    "layers.ConvLSTM2D": conv_lstm,
}
