"""Crossentropies of predictions, a value for each sample or element."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from torchkeras_compat import config
from torchkeras_compat.legacy.backend.operands import floats, tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> torch.Tensor:
    """Return ``-sum(target * log(output))`` over the classes, the output scaled to sum to one.

    Args:
        target: Probabilities, or one-hot classes, of the shape of the output.
        output: Probabilities, clipped by epsilon; or logits.
        from_logits: Whether the output holds logits.
        axis: That of the classes.

    Raises:
        ValueError: there is no such axis.

    Example:
        >>> categorical_crossentropy(torch.tensor([[1.0, 0.0]]), torch.tensor([[0.5, 0.5]]))
        tensor([0.6931])

    Source: Keras 2.3 API, backend.categorical_crossentropy.
    """
    predictions = floats(output)
    if not -predictions.dim() <= axis < predictions.dim():
        raise ValueError(f"Unexpected axis: {axis}. Predictions of shape {tuple(predictions.shape)} have no such axis.")
    if from_logits:
        logs = torch.log_softmax(predictions, axis)
    else:
        epsilon = config.epsilon()
        logs = (predictions / predictions.sum(axis, keepdim=True)).clamp(epsilon, 1.0 - epsilon).log()
    return -(tensor(target).to(logs.dtype) * logs).sum(axis)


@operation
def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1, ignore_class: int | None = None
) -> torch.Tensor:
    """Return ``-log(output)`` at the class of each sample.

    Args:
        target: Integer classes, of the shape of the output without the axis of the classes (which may be there, of
            size one).
        output: Probabilities, clipped by epsilon and scaled to sum to one; or logits.
        from_logits: Whether the output holds logits.
        axis: That of the classes.
        ignore_class: Class of samples that do not count: their value is 0. None for none.

    Raises:
        ValueError: there is no such axis.

    Example:
        >>> sparse_categorical_crossentropy(torch.tensor([0]), torch.tensor([[0.5, 0.5]]))
        tensor([0.6931])

    Source: tf.keras 2.15 API, backend.sparse_categorical_crossentropy.
    """
    predictions = floats(output)
    if not -predictions.dim() <= axis < predictions.dim():
        raise ValueError(f"Unexpected axis: {axis}. Predictions of shape {tuple(predictions.shape)} have no such axis.")
    if not from_logits:
        epsilon = config.epsilon()
        predictions = predictions.clamp(epsilon, 1.0 - epsilon).log()
    logs = torch.log_softmax(predictions, axis).movedim(axis, -1)
    classes = tensor(target).long().reshape(logs.shape[:-1])
    counts = torch.ones_like(classes, dtype=torch.bool) if ignore_class is None else classes != ignore_class
    own = torch.gather(logs, -1, torch.where(counts, classes, torch.zeros_like(classes)).unsqueeze(-1)).squeeze(-1)
    return torch.where(counts, -own, torch.zeros_like(own))


@operation
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> torch.Tensor:
    """Return ``-target * log(output) - (1 - target) * log(1 - output)`` of each element.

    Args:
        target: Values in ``[0, 1]``, of the shape of the output.
        output: Probabilities, clipped by epsilon; or logits.
        from_logits: Whether the output holds logits.

    Example:
        >>> binary_crossentropy(torch.tensor([1.0]), torch.tensor([0.5]))
        tensor([0.6931])

    Source: Keras 2.3 API, backend.binary_crossentropy.
    """
    predictions = floats(output)
    truth = tensor(target).to(predictions.dtype)
    if from_logits:
        return functional.binary_cross_entropy_with_logits(predictions, truth.expand_as(predictions), reduction="none")
    epsilon = config.epsilon()
    p = predictions.clamp(epsilon, 1.0 - epsilon)
    return -(truth * torch.log(p + epsilon) + (1.0 - truth) * torch.log(1.0 - p + epsilon))


@operation
def binary_focal_crossentropy(
    target: Any,
    output: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
) -> torch.Tensor:
    """Return the binary crossentropy of each element, times ``(1 - p) ** gamma`` of the probability of the truth.

    Args:
        target: Values in ``[0, 1]``.
        output: Probabilities or logits.
        apply_class_balancing: Whether ones count ``alpha`` and zeros ``1 - alpha``.
        alpha: Weight of the ones.
        gamma: Exponent.
        from_logits: Whether the output holds logits.

    Example:
        >>> binary_focal_crossentropy(torch.tensor([1.0]), torch.tensor([0.5]))
        tensor([0.1733])

    Source: tf.keras 2.15 API, backend.binary_focal_crossentropy; Lin et al. 2017.
    """
    p = torch.sigmoid(floats(output)) if from_logits else floats(output)
    truth = tensor(target).to(p.dtype)
    of_truth = truth * p + (1 - truth) * (1 - p)
    result: torch.Tensor = (1.0 - of_truth) ** gamma * binary_crossentropy(truth, p)
    if apply_class_balancing:
        result = (truth * alpha + (1 - truth) * (1 - alpha)) * result
    return result


@operation
def categorical_focal_crossentropy(
    target: Any, output: Any, alpha: Any = 0.25, gamma: float = 2.0, from_logits: bool = False, axis: int = -1
) -> torch.Tensor:
    """Return the categorical crossentropy, each class times ``alpha * (1 - p) ** gamma``.

    Args:
        target: One-hot classes.
        output: Probabilities or logits.
        alpha: Weight, or one for each class.
        gamma: Exponent.
        from_logits: Whether the output holds logits.
        axis: That of the classes.

    Example:
        >>> categorical_focal_crossentropy(torch.tensor([[1.0, 0.0]]), torch.tensor([[0.5, 0.5]]))
        tensor([0.0433])

    Source: tf.keras 2.15 API, backend.categorical_focal_crossentropy; Lin et al. 2017.
    """
    p = floats(output)
    p = torch.softmax(p, axis) if from_logits else p
    epsilon = config.epsilon()
    p = (p / p.sum(axis, keepdim=True)).clamp(epsilon, 1.0 - epsilon)
    weight = alpha if isinstance(alpha, (int, float)) else tensor(alpha)
    return (weight * (1.0 - p) ** gamma * -(tensor(target).to(p.dtype) * p.log())).sum(axis)
