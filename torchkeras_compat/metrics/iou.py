"""Intersection over union of regions, from a confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.losses.alignment import squeeze_or_expand_to_same_rank
from torchkeras_compat.losses.reduction import fit_leading_axes
from torchkeras_compat.metrics.base import Metric, divide_no_nan
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.ranking import largest
from torchkeras_compat.user_warnings import warn_user


class _IoUBase(Metric):
    """Keeps the confusion matrix ``total_cm``: row the target, column the prediction."""

    _direction = "up"

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(name=name, dtype=dtype or "int32")
        if num_classes < 1:
            raise ValueError(f"`num_classes` must be a positive int. Received: num_classes={num_classes}")
        self.num_classes = num_classes
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        self.total_cm = self.add_variable((num_classes, num_classes), "zeros", name="total_confusion_matrix")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in; targets and predictions that are not a class do not count.

        Args:
            y_true: Integer class labels, or one-hot where the metric says so.
            y_pred: Integer class labels, or scores where the metric says so.
            sample_weight: Weight per sample or per value, or one number; whole numbers, unless ``dtype`` is a float.

        Raises:
            ValueError: shapes do not fit together.
        """
        y_true, y_pred = convert_to_tensor(y_true), convert_to_tensor(y_pred)
        if not self.sparse_y_true and not self.sparse_y_pred and y_true.ndim != y_pred.ndim:
            y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
        if not self.sparse_y_true:
            y_true = largest(y_true, self.axis)
        if not self.sparse_y_pred:
            y_pred = largest(y_pred, self.axis)
        y_true = y_true.to(y_pred.device)
        if y_true.numel() != y_pred.numel():
            raise ValueError(
                "Targets and predictions must have one class for each value. Received:"
                f" y_true.shape={tuple(y_true.shape)}, y_pred.shape={tuple(y_pred.shape)}"
            )
        weights = None if sample_weight is None else self._weights(sample_weight, y_true)
        self._add(self.total_cm, self._matrix(y_true.reshape(-1).long(), y_pred.reshape(-1).long(), weights))

    def _weights(self, sample_weight: Any, y_true: torch.Tensor) -> torch.Tensor:
        weights = convert_to_tensor(sample_weight)
        if weights.is_floating_point() and not self._torch_dtype.is_floating_point:
            warn_user(
                f"The weights are {weights.dtype} but the dtype of this metric is {self.dtype}, an int: casting them"
                " cuts off what is behind the point. Make the metric with dtype='float32'."
            )
        weights = weights.to(y_true.device, self._torch_dtype)
        return fit_leading_axes(weights, y_true, "sample_weight").expand_as(y_true).reshape(-1)

    def _matrix(self, y_true: torch.Tensor, y_pred: torch.Tensor, weights: torch.Tensor | None) -> torch.Tensor:
        classes = self.num_classes
        counts = (y_true >= 0) & (y_true < classes) & (y_pred >= 0) & (y_pred < classes)
        if self.ignore_class is not None:
            counts = counts & (y_true != self.ignore_class)
        # One place more than the matrix has, for what does not count: no shape depends on the values.
        place = torch.where(counts, y_true * classes + y_pred, classes * classes)
        if weights is None and place.device.type == "cpu":
            cells = torch.bincount(place, minlength=classes * classes + 1)
        else:
            if weights is None:
                weights = torch.ones((), dtype=torch.int64, device=place.device).expand_as(place)
            cells = torch.zeros(classes * classes + 1, dtype=weights.dtype, device=place.device)
            cells.scatter_add_(0, place, weights)
        return cells[:-1].view(classes, classes).to(self._torch_dtype)

    def _ious(self) -> tuple[torch.Tensor, torch.Tensor]:
        """The intersection over union of each class, and whether the class has occurred."""
        matrix = self.total_cm.value
        both = matrix.diagonal()
        union = matrix.sum(0) + matrix.sum(1) - both
        dtype = torch.promote_types(matrix.dtype, torch.float32)
        return divide_no_nan(both.to(dtype), union.to(dtype)), union > 0


class IoU(_IoUBase):
    """Mean over chosen classes of ``true positives / (true positives + false positives + false negatives)``.

    Classes that occurred neither as target nor as prediction do not count.

    Args:
        num_classes: Number of classes.
        target_class_ids: Class labels to average over.
        name: Name.
        dtype: Dtype of the state, an int by default; a float for weights that are not whole numbers.
        ignore_class: None, or a class label whose values do not count.
        sparse_y_true: Whether targets are class labels, not one-hot.
        sparse_y_pred: Whether predictions are class labels, not scores.
        axis: Axis of the classes where they are not numbers.

    Raises:
        ValueError: a target class is none of the classes.

    Example:
        >>> IoU(num_classes=2, target_class_ids=[0])([0, 0, 1, 1], [0, 1, 0, 1])
        tensor(0.3333)
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)
        for class_id in target_class_ids:
            if not 0 <= class_id < num_classes:
                raise ValueError(f"Target class id {class_id} is out of range, which is [0, {num_classes}).")
        self.target_class_ids = list(target_class_ids)

    def result(self) -> torch.Tensor:
        """Return the mean of the classes."""
        ious, occurred = self._ious()
        ious, occurred = ious[self.target_class_ids], occurred[self.target_class_ids]
        return divide_no_nan(ious.sum(), occurred.sum().to(ious.dtype))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "target_class_ids": self.target_class_ids,
            "ignore_class": self.ignore_class,
            "sparse_y_true": self.sparse_y_true,
            "sparse_y_pred": self.sparse_y_pred,
            "axis": self.axis,
        }


class BinaryIoU(IoU):
    """Intersection over union of binary predictions, mean over the classes 0 and 1.

    Args:
        target_class_ids: 0, 1 or both.
        threshold: Predictions from it on count as 1.
        name: Name.
        dtype: Dtype of the state, an int by default; a float for weights that are not whole numbers.

    Raises:
        ValueError: a target class is neither 0 nor 1.

    Example:
        >>> BinaryIoU(threshold=0.3)([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])
        tensor(0.3333)
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in.

        Args:
            y_true: 0 or 1.
            y_pred: Predictions of the same shape.
            sample_weight: Weight per sample or per value, or one number; whole numbers, unless ``dtype`` is a float.

        Raises:
            ValueError: shapes do not fit together.
        """
        super().update_state(y_true, convert_to_tensor(y_pred) >= self.threshold, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "target_class_ids": self.target_class_ids,
            "threshold": self.threshold,
            "name": self.name,
            "dtype": self.dtype,
        }


class MeanIoU(IoU):
    """Mean over all classes of the intersection over union.

    Args:
        num_classes: Number of classes.
        name: Name.
        dtype: Dtype of the state, an int by default; a float for weights that are not whole numbers.
        ignore_class: None, or a class label whose values do not count.
        sparse_y_true: Whether targets are class labels, not one-hot.
        sparse_y_pred: Whether predictions are class labels, not scores.
        axis: Axis of the classes where they are not numbers.

    Example:
        >>> MeanIoU(num_classes=2)([0, 0, 1, 1], [0, 1, 0, 1])
        tensor(0.3333)
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        found = super().get_config()
        del found["target_class_ids"]
        return {"num_classes": self.num_classes, **found}  # in Keras's order


class OneHotIoU(IoU):
    """Intersection over union of one-hot targets, mean over chosen classes.

    Args:
        num_classes: Number of classes.
        target_class_ids: Class labels to average over.
        name: Name.
        dtype: Dtype of the state, an int by default; a float for weights that are not whole numbers.
        ignore_class: None, or a class label whose values do not count.
        sparse_y_pred: Whether predictions are class labels, not scores.
        axis: Axis of the classes.

    Raises:
        ValueError: a target class is none of the classes.

    Example:
        >>> y_true = [[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0]]
        >>> y_pred = [[0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.5, 0.3, 0.1], [0.1, 0.4, 0.5]]
        >>> OneHotIoU(num_classes=3, target_class_ids=[0, 2])(y_true, y_pred)
        tensor(0.1667)
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        found = super().get_config()
        del found["sparse_y_true"]
        first = {"num_classes": self.num_classes, "target_class_ids": self.target_class_ids}
        return {**first, **found}  # in Keras's order


class OneHotMeanIoU(MeanIoU):
    """Mean over all classes of the intersection over union of one-hot targets.

    Args:
        num_classes: Number of classes.
        name: Name.
        dtype: Dtype of the state, an int by default; a float for weights that are not whole numbers.
        ignore_class: None, or a class label whose values do not count.
        sparse_y_pred: Whether predictions are class labels, not scores.
        axis: Axis of the classes.

    Example:
        >>> OneHotMeanIoU(num_classes=2)([[1, 0], [0, 1]], [[0.9, 0.1], [0.6, 0.4]])
        tensor(0.2500)
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        found = super().get_config()
        del found["sparse_y_true"]
        return found
