"""The arrays of one layer in the layout of the Keras that wrote them, as today's layer has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from torchkeras_compat.own_code import is_own
from torchkeras_compat.saving.old_arrays import kernels, renormalization
from torchkeras_compat.saving.old_arrays.local_kernels import by_windows
from torchkeras_compat.saving.old_arrays.recurrent import from_cudnn, joined_gates
from torchkeras_compat.saving.old_arrays.writers import Writer

_Shape = tuple[int, ...]
_Tensors = list[torch.Tensor]
_GATES = {"LSTMCell": 4, "ConvLSTMCell": 4, "GRUCell": 3}
_CONVOLUTIONS = frozenset(("Conv1D", "Conv2D", "Conv3D"))
_TRANSPOSED = frozenset(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"))
_SEPARABLE = frozenset(("SeparableConv1D", "SeparableConv2D"))
_DEPTHWISE = frozenset(("DepthwiseConv1D", "DepthwiseConv2D"))
_LOCAL = "LocallyConnected"
_HIGHWAY = "Highway"
_KINDS = (
    _GATES.keys() | _CONVOLUTIONS | _TRANSPOSED | _SEPARABLE | _DEPTHWISE | {"BatchNormalization", _LOCAL, _HIGHWAY}
)


def kind_of(layer: Any) -> str | None:
    """Return the class, of those whose arrays were laid out otherwise, that a layer is; or None.

    Example:
        >>> from torchkeras_compat.layers import Conv2D, Dense
        >>> kind_of(Conv2D(4, 3)), kind_of(Dense(2))
        ('Conv2D', None)
    """
    return next((c.__name__ for c in type(layer).__mro__ if c.__name__ in _KINDS and is_own(c)), None)


def arrays_for(layer: Any, expected: Sequence[_Shape], found: Sequence[_Shape], writer: Writer) -> int:
    """Return how many of the next arrays belong to the weights of a layer.

    Args:
        layer: Layer without others below it.
        expected: Shapes of those weights.
        found: Shapes of the arrays from here on.
        writer: Who wrote them.
    """
    kind = kind_of(layer) or ""
    if kind == "BatchNormalization" and renormalization.has_counts(len(expected), found):
        return len(expected) + 1
    gates = _GATES.get(kind)
    if not gates or not writer.is_keras1 or len(expected) != 3 or len(found) < 3 * gates:
        return len(expected)
    units = expected[1][-2]
    return 3 * gates if tuple(found[2]) == (units,) else len(expected)


def is_converted(layer: Any, names: Sequence[str], found: Sequence[_Shape], writer: Writer) -> bool:
    """Return whether the arrays of a layer have another layout than today.

    Args:
        layer: Layer without others below it.
        names: Names of its arrays in the file.
        found: Their shapes.
        writer: Who wrote them.
    """
    kind = kind_of(layer)
    if kind is None or (writer.is_keras3 and kind not in _GATES):
        return False
    if kind == "BatchNormalization":
        return writer.is_nameless or renormalization.has_counts(len(layer._file_variables()), found)
    if kind == _LOCAL:
        return bool(found) and len(found[0]) != 3
    if kind == _HIGHWAY:
        return len(found) == 4 and len(found[1]) == 1
    if writer.is_keras1:
        return True
    if kind in _GATES:
        return (kind != "ConvLSTMCell" and len(found) == 3 and len(found[2]) == 1) or is_flipped(kind, names, writer)
    return is_flipped(kind, names, writer)


def is_flipped(kind: str, names: Sequence[str], writer: Writer) -> bool:
    """Return whether kernels are those of mathematical convolutions, as on Theano, not of correlations.

    Args:
        kind: Of the layer, see :func:`kind_of`.
        names: Names of its arrays in the file.
        writer: Who wrote them.
    """
    if not names or not writer.is_on_theano(names[0]):
        return False
    if kind in _DEPTHWISE or kind in _SEPARABLE:  # from 2.2 on Keras turned these round itself, before it was nothing
        return (writer.major, writer.minor) < (2, 2)
    return kind in _CONVOLUTIONS or kind in _TRANSPOSED or kind == "ConvLSTMCell"


def converted(
    layer: Any, expected: Sequence[_Shape], names: Sequence[str], arrays: _Tensors, writer: Writer
) -> _Tensors:
    """Return the arrays of a layer in today's layout. On meta tensors this gives the shapes, without any values.

    Args:
        layer: Layer without others below it.
        expected: Shapes of its weights.
        names: Names of the arrays in the file.
        arrays: Its arrays, in the order of the file.
        writer: Who wrote them.

    Raises:
        RuntimeError: they cannot be those of the layer.
        IndexError: the same.
        ValueError: the same.
    """
    kind = kind_of(layer)
    if kind == "BatchNormalization":
        if writer.is_nameless:
            return _with_variance(layer, arrays, expected)
        return renormalization.without_counts(arrays, layer.epsilon)
    if kind == _LOCAL:
        return [by_windows(layer, arrays[0], expected[0]), *arrays[1:]]
    if kind == _HIGHWAY:  # each bias lay behind its matrix before Keras 1.2
        return [arrays[i] for i in (0, 2, 1, 3)]
    if writer.is_keras1:
        arrays = _of_keras1(kind or "", layer, list(expected), arrays)
    elif kind in _GATES and kind != "ConvLSTMCell":
        arrays = from_cudnn(arrays, _GATES[kind])
    if is_flipped(kind or "", names, writer):
        has_two = kind == "ConvLSTMCell" or kind in _SEPARABLE
        arrays = [kernels.flipped(a) if i < 1 + has_two else a for i, a in enumerate(arrays)]
    return arrays


def _of_keras1(kind: str, layer: Any, expected: list[_Shape], arrays: _Tensors) -> _Tensors:
    is_first = getattr(layer, "data_format", None) == "channels_first"
    if kind in ("LSTMCell", "GRUCell"):
        return joined_gates(arrays, _GATES[kind])
    if kind == "ConvLSTMCell":
        if len(arrays) != 12:
            return arrays
        of_gate = [(*shape[:-1], shape[-1] // 4) for shape in expected]
        turned = [
            a if i % 3 == 2 else kernels.channels_behind(a, of_gate[i % 3], is_first) for i, a in enumerate(arrays)
        ]
        return joined_gates(turned, 4)
    turn: Callable[[torch.Tensor, _Shape, bool], torch.Tensor]
    turn = kernels.filters_before_channels if kind in _TRANSPOSED else kernels.channels_behind
    number = 2 if kind in _SEPARABLE else 1
    result = [turn(a, expected[i], is_first) if i < number else a for i, a in enumerate(arrays)]
    if kind == "Conv1D" and arrays:
        result[0] = kernels.without_width(arrays[0], expected[0])
    return result


def _with_variance(layer: Any, arrays: _Tensors, expected: Sequence[_Shape]) -> _Tensors:
    """Arrays of a `BatchNormalization` whose last is a standard deviation, as before Keras 1.0.

    There the divisor was ``std + epsilon``, today it is ``sqrt(variance + epsilon)``.
    """
    if len(arrays) != len(expected) or len(arrays) < 2:
        return arrays
    return [*arrays[:-1], (arrays[-1] + layer.epsilon) ** 2 - layer.epsilon]
