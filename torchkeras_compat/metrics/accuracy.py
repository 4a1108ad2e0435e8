"""How often predictions equal targets."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.losses.alignment import check_broadcast, squeeze_or_expand_to_same_rank
from torchkeras_compat.metrics.reduction import FunctionMean
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.ranking import in_top_k, largest
from torchkeras_compat.symbolic.operation import operation


def _as_float(matches: torch.Tensor) -> torch.Tensor:
    return matches.to(to_torch_dtype(config.floatx()))


def _pair(y_true: Any, y_pred: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return both as tensors on one device."""
    y_pred = convert_to_tensor(y_pred)
    return convert_to_tensor(y_true).to(y_pred.device), y_pred


def _of_one_rank(y_true: Any, y_pred: Any) -> tuple[torch.Tensor, torch.Tensor]:
    y_true, y_pred = _pair(y_true, y_pred)
    if y_true.shape != y_pred.shape:
        y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
        check_broadcast(y_true, y_pred)
    return y_true, y_pred


def _equal(y_true: Any, y_pred: Any) -> torch.Tensor:
    y_true, y_pred = _of_one_rank(y_true, y_pred)
    return y_true.to(y_pred.dtype) == y_pred


def _equal_at_threshold(y_true: Any, y_pred: Any, threshold: float = 0.5) -> torch.Tensor:
    y_true, y_pred = _of_one_rank(y_true, y_pred)
    if y_pred.dtype is torch.bool:
        return (y_true == 1) == y_pred
    return y_true == (y_pred > threshold).to(y_true.dtype)


def _one_hot_pair(y_true: Any, y_pred: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return both as tensors of one shape; an axis of size one at the end may be missing in one."""
    y_true, y_pred = _pair(y_true, y_pred)
    if y_true.shape == y_pred.shape:
        return y_true, y_pred
    shapes = f"y_true.shape={tuple(y_true.shape)}, y_pred.shape={tuple(y_pred.shape)}"
    y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
    if y_true.shape != y_pred.shape:
        raise ValueError(
            f"One-hot targets must have the shape of the predictions. Received: {shapes}. For class labels use the"
            " sparse accuracy."
        )
    return y_true, y_pred


def _same_largest(y_true: Any, y_pred: Any) -> torch.Tensor:
    y_true, y_pred = _one_hot_pair(y_true, y_pred)
    return largest(y_true) == largest(y_pred)


def _class_labels(y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    shape, expected = y_true.shape, y_pred.shape[:-1]
    if shape == expected:
        return y_true
    # Axes of size one may be more or fewer.
    if [s for s in shape if s != 1] != [s for s in expected if s != 1]:
        raise ValueError(
            "Class labels must have the shape of the predictions without its last axis. Received:"
            f" y_true.shape={tuple(shape)}, y_pred.shape={tuple(y_pred.shape)}. For one-hot targets use the accuracy"
            " that is not sparse."
        )
    return y_true.reshape(expected)


def _largest_is(y_true: Any, y_pred: Any) -> torch.Tensor:
    y_true, y_pred = _pair(y_true, y_pred)
    return _class_labels(y_true, y_pred) == largest(y_pred)


def _largest_of_one_hot_in_top_k(y_true: Any, y_pred: Any, k: int = 5) -> torch.Tensor:
    y_true, y_pred = _one_hot_pair(y_true, y_pred)
    return in_top_k(largest(y_true), y_pred, k)


def _class_in_top_k(y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False) -> torch.Tensor:
    y_true, y_pred = _pair(y_true, y_pred)
    shape = y_true.shape
    y_true = _class_labels(y_true, y_pred)
    if from_sorted_ids:
        matches = (y_pred[..., :k] == y_true.unsqueeze(-1).to(y_pred.dtype)).any(-1)
    else:
        matches = in_top_k(y_true, y_pred, k)
    return matches.reshape(shape)


@operation
def accuracy(y_true: Any, y_pred: Any) -> torch.Tensor:
    """1 where ``y_true == y_pred``, else 0.

    Args:
        y_true: Targets, shape ``(batch, ...)``.
        y_pred: Predictions of the same shape.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> accuracy([1, 2, 3], [0, 2, 3])
        tensor([0., 1., 1.])
    """
    return _as_float(_equal(y_true, y_pred))


@operation
def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> torch.Tensor:
    """1 where the prediction is on the right side of ``threshold``, else 0.

    Args:
        y_true: 0 or 1, shape ``(batch, ...)``.
        y_pred: Predictions of the same shape, or with a last axis of size one more or less.
        threshold: Predictions above it count as 1.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    Example:
        >>> binary_accuracy([[1.0], [0.0]], [[0.7], [0.6]])
        tensor([[1.],
                [0.]])
    """
    return _as_float(_equal_at_threshold(y_true, y_pred, threshold))


@operation
def categorical_accuracy(y_true: Any, y_pred: Any) -> torch.Tensor:
    """1 where the largest prediction is that of the one-hot target, else 0.

    Args:
        y_true: One-hot targets, shape ``(batch, ..., classes)``.
        y_pred: Probabilities or scores of the same shape, or with a last axis of size one more or less.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes differ.

    Example:
        >>> categorical_accuracy([[0.0, 1.0]], [[0.2, 0.8]])
        tensor([1.])
    """
    return _as_float(_same_largest(y_true, y_pred))


@operation
def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> torch.Tensor:
    """1 where the largest prediction is that of the class label, else 0.

    Args:
        y_true: Integer class labels, shape ``(batch, ...)`` or with a last axis of size one.
        y_pred: Probabilities or scores, shape ``(batch, ..., classes)``.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes do not fit.

    Example:
        >>> sparse_categorical_accuracy(torch.tensor([1]), torch.tensor([[0.2, 0.8]]))
        tensor([1.])
    """
    return _as_float(_largest_is(y_true, y_pred))


@operation
def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> torch.Tensor:
    """1 where the class of the one-hot target is among the ``k`` largest predictions, else 0.

    Args:
        y_true: One-hot targets, shape ``(batch, ..., classes)``.
        y_pred: Probabilities or scores of the same shape, or with a last axis of size one more or less.
        k: How many of the largest count; from the number of classes on, all do.

    Returns:
        Shape ``(batch, ...)``.

    Raises:
        ValueError: the shapes differ.

    Example:
        >>> top_k_categorical_accuracy([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]], [[0.1, 0.5, 0.4], [0.1, 0.5, 0.4]], k=2)
        tensor([1., 0.])
    """
    return _as_float(_largest_of_one_hot_in_top_k(y_true, y_pred, k))


@operation
def sparse_top_k_categorical_accuracy(
    y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False
) -> torch.Tensor:
    """1 where the class label is among the ``k`` largest predictions, else 0.

    Args:
        y_true: Integer class labels, shape ``(batch, ...)`` or with a last axis of size one.
        y_pred: Probabilities or scores, shape ``(batch, ..., classes)``.
        k: How many of the largest count; from the number of classes on, all do.
        from_sorted_ids: Whether ``y_pred`` holds class labels, the likeliest first, instead of scores.

    Returns:
        The shape of ``y_true``.

    Raises:
        ValueError: the shapes do not fit.

    Example:
        >>> sparse_top_k_categorical_accuracy([2, 0], [[0.1, 0.5, 0.4], [0.1, 0.5, 0.4]], k=2)
        tensor([1., 0.])
    """
    return _as_float(_class_in_top_k(y_true, y_pred, k, from_sorted_ids))


class Accuracy(FunctionMean):
    """Fraction of predictions equal to their targets.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> Accuracy()([1, 2, 3, 4], [0, 2, 3, 4])
        tensor(0.7500)
    """

    _direction = "up"

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(_equal, name, dtype)


class BinaryAccuracy(FunctionMean):
    """Fraction of predictions on the right side of ``threshold``.

    Args:
        name: Name.
        dtype: Dtype of the state.
        threshold: Predictions above it count as 1; in [0, 1].

    Raises:
        ValueError: ``threshold`` is not in [0, 1].

    Example:
        >>> BinaryAccuracy()([1, 1, 0, 0], [0.9, 0.2, 0.1, 0.4])
        tensor(0.7500)
    """

    _direction = "up"

    def __init__(self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        if threshold is not None and not 0 <= threshold <= 1:
            raise ValueError(
                "Invalid value for argument `threshold`. Expected a value in interval [0, 1]. Received:"
                f" threshold={threshold}"
            )
        super().__init__(_equal_at_threshold, name, dtype, threshold=threshold)
        self.threshold = threshold


class CategoricalAccuracy(FunctionMean):
    """Fraction of samples whose largest prediction is that of the one-hot target.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]])
        tensor(0.5000)
    """

    _direction = "up"

    def __init__(self, name: str = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(_same_largest, name, dtype)


class SparseCategoricalAccuracy(FunctionMean):
    """Fraction of samples whose largest prediction is that of the class label.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> SparseCategoricalAccuracy()([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0.0]])
        tensor(0.5000)
    """

    _direction = "up"

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(_largest_is, name, dtype)


class TopKCategoricalAccuracy(FunctionMean):
    """Fraction of samples whose one-hot class is among the ``k`` largest predictions.

    Args:
        k: How many of the largest count.
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> TopKCategoricalAccuracy(k=2)([[0, 0, 1], [1, 0, 0]], [[0.1, 0.5, 0.4], [0.1, 0.5, 0.4]])
        tensor(0.5000)
    """

    _direction = "up"

    def __init__(self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(_largest_of_one_hot_in_top_k, name, dtype, k=k)
        self.k = k


class SparseTopKCategoricalAccuracy(FunctionMean):
    """Fraction of samples whose class label is among the ``k`` largest predictions.

    Args:
        k: How many of the largest count.
        name: Name.
        dtype: Dtype of the state.
        from_sorted_ids: Whether predictions are class labels, the likeliest first, instead of scores.

    Example:
        >>> SparseTopKCategoricalAccuracy(k=2)([2, 0], [[0.1, 0.5, 0.4], [0.1, 0.5, 0.4]])
        tensor(0.5000)
    """

    _direction = "up"

    def __init__(
        self,
        k: int = 5,
        name: str = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(_class_in_top_k, name, dtype, k=k, from_sorted_ids=from_sorted_ids)
        self.k = k
        self.from_sorted_ids = from_sorted_ids
