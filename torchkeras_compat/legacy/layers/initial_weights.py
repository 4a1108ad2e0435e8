"""``weights=[...]``: the arrays that a layer of Keras 1 and 2 starts from, in the layouts which those versions had."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from torchkeras_compat.layers.convolutional.conv import Conv
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.rnn.bidirectional import Bidirectional
from torchkeras_compat.layers.rnn.conv_lstm import ConvLSTM
from torchkeras_compat.layers.rnn.gru import GRU
from torchkeras_compat.layers.rnn.lstm import LSTM

Arrays = list[np.ndarray]
# Keras 1 held a matrix for each gate, in the order i, c, f, o; the order of today is i, f, c, o.
_LSTM_GATES = (0, 2, 1, 3)
_GRU_GATES = (0, 1, 2)


def set_when_built(layer: Layer, weights: Sequence[Any] | None, dim_ordering: str = "tf") -> None:
    """Let a layer start from given arrays: at once if it is built, else as soon as it is.

    What is converted: an LSTM's 12 arrays and a GRU's 9, one for each gate, as Keras 1 held them; the kernel
    ``(length, 1, channels, filters)`` of its one-dimensional convolution; with ``dim_ordering="th"`` kernels
    ``(filters, channels, *window)``.

    Args:
        layer: The layer.
        weights: Arrays, in the order of its weights; None for none.
        dim_ordering: Layout of convolution kernels: ``"tf"``, or ``"th"``.

    Raises:
        ValueError: ``weights`` is not a sequence of arrays; or, when the layer is built, the arrays do not fit.

    Example:
        >>> from torchkeras_compat.layers import Dense
        >>> layer = Dense(2)
        >>> set_when_built(layer, [np.eye(2), np.ones(2)])
        >>> layer(torch.tensor([[1.0, 2.0]])).tolist()
        [[2.0, 3.0]]

    Source: Keras 1.2 and 2.3 API, argument ``weights`` of every layer.
    """
    if weights is None:
        return
    if not isinstance(weights, (list, tuple)):
        weights = [weights]
    if isinstance(weights, str) or any(isinstance(w, (str, dict)) or w is None for w in weights):
        raise ValueError(
            f"`weights` of layer '{layer.name}' is a list of arrays, one for each of its weights. Received:"
            f" {weights!r:.200}"
        )
    arrays = [np.asarray(w.detach().cpu() if hasattr(w, "detach") else w) for w in weights]
    if layer.built:
        _set(layer, arrays, dim_ordering)
        return
    built = layer._on_built
    # An attribute of the instance stands before the method, until the layer is built.
    layer.__dict__["_on_built"] = functools.partial(_set_and_go_on, layer, arrays, dim_ordering, built)


def _set_and_go_on(layer: Layer, arrays: Arrays, dim_ordering: str, built: Callable[[], None]) -> None:
    del layer.__dict__["_on_built"]
    built()
    _set(layer, arrays, dim_ordering)


def _set(layer: Layer, arrays: Arrays, dim_ordering: str) -> None:
    converted = to_current_layout(layer, arrays, dim_ordering)
    try:
        layer.set_weights(converted)
    except ValueError as error:
        shapes = [tuple(w.shape) for w in layer.weights]
        raise ValueError(
            f"`weights` of layer '{layer.name}' do not fit: its weights have the shapes {shapes}, and the arrays"
            f" {[a.shape for a in arrays]}. Give one array of the shape of each."
        ) from error


def to_current_layout(layer: Any, arrays: Arrays, dim_ordering: str = "tf") -> Arrays:
    """Return arrays of a layer of Keras 1 as the layer holds them today; those in today's layout as they are.

    Args:
        layer: Layer, built.
        arrays: One for each weight, or for each gate of a recurrent layer.
        dim_ordering: Layout of convolution kernels: ``"tf"``, or ``"th"``.
    """
    if isinstance(layer, Bidirectional) and len(arrays) % 2 == 0:
        half = len(arrays) // 2
        forward = to_current_layout(layer.forward_layer, arrays[:half], dim_ordering)
        return forward + to_current_layout(layer.backward_layer, arrays[half:], dim_ordering)
    if isinstance(getattr(layer, "layer", None), Layer):
        return to_current_layout(layer.layer, arrays, dim_ordering)
    if isinstance(layer, LSTM) and len(arrays) == 12:
        return _joined(arrays, _LSTM_GATES)
    if isinstance(layer, GRU) and len(arrays) == 9:
        return _joined(arrays, _GRU_GATES)
    if isinstance(layer, ConvLSTM) and len(arrays) == 12:
        return _joined([_kernel(a, dim_ordering) for a in arrays], _LSTM_GATES)
    if isinstance(layer, Conv) and arrays:
        return [_conv_kernel(layer, arrays[0], dim_ordering), *arrays[1:]]
    if dim_ordering == "th" and getattr(layer, "rank", 0) >= 2:
        return [_kernel(a, dim_ordering) for a in arrays]
    return arrays


def _joined(arrays: Arrays, gates: Sequence[int]) -> Arrays:
    """Return kernel, recurrent kernel and bias of all gates, from those of each."""
    return [np.concatenate([arrays[3 * gate + i] for gate in gates], axis=-1) for i in range(3)]


def _kernel(array: np.ndarray, dim_ordering: str) -> np.ndarray:
    """Return a kernel ``(*window, channels, filters)``, or a bias as it is."""
    if dim_ordering == "th" and array.ndim > 2:
        return array.transpose(*range(2, array.ndim), 1, 0)
    return array


def _conv_kernel(layer: Conv, array: np.ndarray, dim_ordering: str) -> np.ndarray:
    expected = tuple(layer.kernel.shape)
    if layer.rank == 1 and array.ndim == 4:  # Keras 1 computed it as a convolution over two axes
        first = array if array.shape[:2] == (expected[0], 1) else array.transpose(2, 3, 1, 0)
        return first[:, 0]
    return _kernel(array, dim_ordering)
