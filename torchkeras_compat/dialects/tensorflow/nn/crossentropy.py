"""Losses of `tf.nn`: cross entropies of logits, and others."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.dialects.tensorflow.tensor import tensor_function
from torchkeras_compat.ops.conversion import convert_to_tensor as as_tensor


def _pair(labels: Any, logits: Any, what: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Return labels in the dtype of the logits, and these.

    Raises:
        ValueError: one is not given, or the shapes differ.
    """
    if labels is None or logits is None:
        raise ValueError(f"{what} needs both `labels` and `logits`. Received: labels={labels}, logits={logits}")
    y = as_tensor(logits)
    x = as_tensor(labels).to(y.dtype)
    if x.shape != y.shape:
        raise ValueError(
            f"{what} needs `labels` and `logits` of one shape. Received: labels.shape={tuple(x.shape)}, "
            f"logits.shape={tuple(y.shape)}"
        )
    return x, y


@tensor_function
def softmax_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, axis: int = -1, name: str | None = None, dim: int | None = None
) -> Any:
    """Return ``-sum(labels * log_softmax(logits))`` along an axis.

    Args:
        labels: Probabilities of the classes, of the shape of the logits.
        logits: Logits of any shape.
        axis: Axis of the classes.
        name: Kept for TensorFlow's signature.
        dim: What TensorFlow 1 called the axis.

    Raises:
        ValueError: one is not given, or the shapes do not fit together.

    Example:
        >>> softmax_cross_entropy_with_logits(labels=[[1.0, 0.0]], logits=[[0.0, 0.0]])
        <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.6931472], dtype=float32)>
    """
    if labels is None or logits is None:
        _pair(labels, logits, "softmax_cross_entropy_with_logits")
    y = as_tensor(logits)
    place = axis if dim is None else dim
    return -(as_tensor(labels).to(y.dtype) * torch.log_softmax(y, place)).sum(place)


@tensor_function
def sparse_softmax_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Any:
    """Return ``-log_softmax(logits)`` at the class of each label.

    Args:
        labels: Class indices of the shape of the logits without the last axis.
        logits: ``(..., classes)``.
        name: Kept for TensorFlow's signature.

    Raises:
        ValueError: one is not given, or the shapes do not fit together.

    Example:
        >>> sparse_softmax_cross_entropy_with_logits(labels=[0], logits=[[0.0, 0.0]])
        <tf.Tensor: shape=(1,), dtype=float32, numpy=array([0.6931472], dtype=float32)>
    """
    if labels is None or logits is None:
        _pair(labels, logits, "sparse_softmax_cross_entropy_with_logits")
    x, y = as_tensor(labels).long(), as_tensor(logits)
    if x.shape != y.shape[:-1]:
        raise ValueError(
            "`labels` must have the shape of `logits` without its last axis. Received: labels.shape="
            f"{tuple(x.shape)}, logits.shape={tuple(y.shape)}. Labels that are probabilities go to "
            "`softmax_cross_entropy_with_logits`."
        )
    return F.cross_entropy(y.reshape(-1, y.shape[-1]), x.reshape(-1), reduction="none").reshape(x.shape)


@tensor_function
def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Any:
    """Return ``-labels * log(p) - (1 - labels) * log(1 - p)`` with ``p = sigmoid(logits)``, for each value.

    Raises:
        ValueError: one is not given, or the shapes differ.
    """
    x, y = _pair(labels, logits, "sigmoid_cross_entropy_with_logits")
    return F.binary_cross_entropy_with_logits(y, x, reduction="none")


@tensor_function
def weighted_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, pos_weight: Any = 1.0, name: str | None = None
) -> Any:
    """Return the cross entropy of :func:`sigmoid_cross_entropy_with_logits`, its first term times ``pos_weight``.

    Raises:
        ValueError: one is not given, or the shapes differ.
    """
    x, y = _pair(labels, logits, "weighted_cross_entropy_with_logits")
    return F.binary_cross_entropy_with_logits(y, x, reduction="none", pos_weight=as_tensor(pos_weight).to(y.dtype))


@tensor_function
def log_poisson_loss(targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None) -> Any:
    """Return ``exp(log_input) - log_input * targets``, with Stirling's approximation of ``log(targets!)`` if asked for.

    Raises:
        ValueError: the shapes differ.
    """
    z, c = _pair(targets, log_input, "log_poisson_loss")
    loss = c.exp() - c * z
    if compute_full_loss:
        safe = torch.where(z > 1, z, torch.ones_like(z))
        stirling = safe * safe.log() - safe + 0.5 * (2 * math.pi * safe).log()
        loss = loss + torch.where(z > 1, stirling, torch.zeros_like(z))
    return loss


@tensor_function
def l2_loss(t: Any, name: str | None = None) -> Any:
    """Return half of the sum of the squares.

    Example:
        >>> l2_loss([3.0, 4.0])
        <tf.Tensor: shape=(), dtype=float32, numpy=12.5>
    """
    return as_tensor(t).square().sum() / 2


@tensor_function
def ctc_loss(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: int | None = None,
    name: str | None = None,
) -> Any:
    """Return minus the log-probability of each label sequence, summed over all alignments.

    Args:
        labels: Class indices ``(batch, labels)``.
        logits: ``(steps, batch, classes)``, or ``(batch, steps, classes)`` unless ``logits_time_major``.
        label_length: Labels that count, ``(batch,)``.
        logit_length: Steps that count, ``(batch,)``.
        logits_time_major: Whether the steps come first.
        unique: Kept for TensorFlow's signature.
        blank_index: Class that stands for "no label", 0 by default; a negative one counts from the end.
        name: Kept for TensorFlow's signature.

    Raises:
        ValueError: ``label_length`` is None, as with sparse labels, which are not supported.

    Source: Graves et al. 2006.
    """
    if label_length is None:
        raise ValueError("Sparse labels are not supported. Give dense `labels` (batch, labels) with `label_length`.")
    y = as_tensor(logits)
    y = y if logits_time_major else y.transpose(0, 1)
    blank = 0 if blank_index is None else blank_index % y.shape[-1]
    return F.ctc_loss(
        torch.log_softmax(y, -1),
        as_tensor(labels).long(),
        as_tensor(logit_length).long(),
        as_tensor(label_length).long(),
        blank=blank,
        reduction="none",
    )


@tensor_function
def compute_average_loss(per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None) -> Any:
    """Return the sum of the losses divided by the global batch size.

    Args:
        per_example_loss: Loss of each sample.
        sample_weight: Weight of each sample.
        global_batch_size: Size of the batch over all replicas; None for the number of losses.

    Example:
        >>> compute_average_loss([1.0, 3.0], global_batch_size=4)
        <tf.Tensor: shape=(), dtype=float32, numpy=1.0>
    """
    losses = as_tensor(per_example_loss)
    total = losses if sample_weight is None else losses * _aligned(as_tensor(sample_weight).to(losses.dtype), losses)
    size = losses.shape[0] if global_batch_size is None else global_batch_size
    return total.sum() / size


def _aligned(weights: torch.Tensor, losses: torch.Tensor) -> torch.Tensor:
    return weights.reshape(*weights.shape, *(1,) * (losses.ndim - weights.ndim)) if weights.ndim else weights


@tensor_function
def scale_regularization_loss(regularization_loss: Any) -> Any:
    """Return the sum of regularization losses, divided by the number of replicas, which is one here."""
    return as_tensor(regularization_loss).sum()
