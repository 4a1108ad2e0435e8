"""Crossentropy between targets and predictions, one value for each sample.

Predictions are probabilities unless ``from_logits``; they are clipped to ``[epsilon, 1 - epsilon]`` with
:func:`~torchkeras_compat.config.epsilon`, 1e-7 unless changed.
"""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat import config
from torchkeras_compat.ops.axes import normalize_axis
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.logits import logits_of
from torchkeras_compat.ops.operands import as_float, as_pair
from torchkeras_compat.symbolic.operation import operation


@operation
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> torch.Tensor:
    """Return ``-target * log(output) - (1 - target) * log(1 - output)``, elementwise.

    Args:
        target: Labels in [0, 1].
        output: Probabilities, or logits, of the same shape.
        from_logits: Whether ``output`` holds logits.

    Raises:
        ValueError: the shapes differ.

    Example:
        >>> binary_crossentropy([0.0, 1.0], [0.5, 0.5])
        tensor([0.6931, 0.6931])
    """
    target, output = as_pair(target, output, minimum=float)
    _check_same_shape(target, output)
    if from_logits:
        return F.binary_cross_entropy_with_logits(output, target, reduction="none")
    return F.binary_cross_entropy(clipped(output), target, reduction="none")


@operation
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> torch.Tensor:
    """Return ``-sum(target * log(output))`` along ``axis``; probabilities are first divided by their sum.

    Args:
        target: Distribution over the classes, such as one-hot labels.
        output: Probabilities, or logits, of the same shape.
        from_logits: Whether ``output`` holds logits.
        axis: Axis of the classes.

    Raises:
        ValueError: the shapes differ or have no axis, or there is no such axis.

    Example:
        >>> categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])
        tensor([0.6931])
    """
    target, output = as_pair(target, output, minimum=float)
    _check_same_shape(target, output)
    if target.ndim < 1:
        raise ValueError("Arguments `target` and `output` must have at least one axis, that of the classes.")
    axis = normalize_axis(axis, output.ndim)
    return -(target * log_probabilities(output, from_logits, axis)).sum(dim=axis)


@operation
def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> torch.Tensor:
    """Return ``-log(output[target])`` along ``axis``; probabilities are first divided by their sum.

    Args:
        target: Class indices, of the shape of ``output`` without ``axis``, or with size 1 there.
        output: Probabilities or logits.
        from_logits: Whether ``output`` holds logits.
        axis: Axis of the classes.

    Raises:
        ValueError: the shapes do not fit together, or there is no such axis.
        IndexError: an index is not a class (on the CPU; a GPU reports it later).

    Example:
        >>> sparse_categorical_crossentropy([1], [[0.25, 0.75]])
        tensor([0.2877])
    """
    target, output = convert_to_tensor(target).to(torch.int64), as_float(output)
    if output.ndim < 1:
        raise ValueError(f"Argument `output` must have at least one axis. Received: output.shape={tuple(output.shape)}")
    axis = normalize_axis(axis, output.ndim)
    if target.ndim == output.ndim and target.shape[axis] == 1:
        target = target.squeeze(axis)
    expected = output.shape[:axis] + output.shape[axis + 1 :]
    if target.shape != expected:
        raise ValueError(
            "Arguments `target` and `output` must have the same shape up to the axis of the classes. "
            f"Received: target.shape={tuple(target.shape)}, output.shape={tuple(output.shape)}, axis={axis}"
        )
    log_p = log_probabilities(output, from_logits, axis)
    return -log_p.gather(axis, target.unsqueeze(axis)).squeeze(axis)


def log_probabilities(output: torch.Tensor, from_logits: bool, axis: int) -> torch.Tensor:
    """Return the logarithm of the probabilities along ``axis``: of softmax, or of the output scaled to sum 1.

    Those of an output that knows its logits are computed from them, and clipped from below where probabilities would
    be; that they stay below ``1 - epsilon`` makes a difference of rounding only.
    """
    if from_logits:
        return torch.log_softmax(output, dim=axis)
    logits = logits_of(output, axis if axis < 0 else axis - output.ndim)
    if logits is not None:
        return torch.log_softmax(logits, axis, output.dtype).clamp_min(math.log(config.epsilon()))
    return torch.log(clipped(output / output.sum(dim=axis, keepdim=True)))


def clipped_logits(output: torch.Tensor) -> torch.Tensor | None:
    """Return the logits of probabilities that a sigmoid made, as clipping those would leave them; None if unknown."""
    logits = logits_of(output, None)
    if logits is None:
        return None
    most = math.log((1 - config.epsilon()) / config.epsilon())
    return logits.to(output.dtype).clamp(-most, most)


def clipped(probabilities: torch.Tensor) -> torch.Tensor:
    """Return the probabilities, at least epsilon away from 0 and 1."""
    epsilon = config.epsilon()
    return probabilities.clamp(epsilon, 1 - epsilon)


def _check_same_shape(target: torch.Tensor, output: torch.Tensor) -> None:
    if target.shape != output.shape:
        raise ValueError(
            "Arguments `target` and `output` must have the same shape. "
            f"Received: target.shape={tuple(target.shape)}, output.shape={tuple(output.shape)}"
        )
