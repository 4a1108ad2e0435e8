"""Right and wrong predictions counted at thresholds: what precision, recall and the areas under curves are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.losses.alignment import squeeze_or_expand_to_same_rank
from torchkeras_compat.losses.reduction import fit_leading_axes
from torchkeras_compat.ops.conversion import convert_to_tensor

KINDS = ("true_positives", "false_positives", "true_negatives", "false_negatives")

MOST_THRESHOLDS = 1_000_000

# The threshold where `top_k` chooses: those left out are far below it.
LOWEST = -1e10


def as_thresholds(thresholds: Any, default: float = 0.5) -> list[float]:
    """Return thresholds, one or several, as a list.

    Args:
        thresholds: A number, a sequence of numbers, or None for ``default``.
        default: Threshold for None.

    Raises:
        ValueError: a threshold is not in [0, 1].

    Example:
        >>> as_thresholds(None), as_thresholds(0.3), as_thresholds([0.2, 0.8])
        ([0.5], [0.3], [0.2, 0.8])
    """
    found = [default] if thresholds is None else thresholds
    found = list(found) if isinstance(found, (list, tuple)) else [found]
    bad = [t for t in found if t is None or (thresholds is not None and not 0 <= t <= 1)]
    if bad:
        raise ValueError(f"Threshold values must be in [0, 1]. Received: {bad}")
    return found


def check_most_thresholds(number: int) -> None:
    """Refuse numbers of thresholds whose list alone would fill the memory, as a stranger's file may ask for.

    Raises:
        ValueError: ``number`` is above a million.
    """
    if number > MOST_THRESHOLDS:
        raise ValueError(
            f"Argument `num_thresholds` must be at most {MOST_THRESHOLDS:,}. Received: num_thresholds={number}"
        )


def are_even(thresholds: Sequence[float]) -> bool:
    """Return whether at least three thresholds lie evenly from 0 to 1, give or take 1e-6."""
    steps = len(thresholds) - 1
    return steps > 1 and all(abs(t - i / steps) < 1e-6 for i, t in enumerate(thresholds))


class ConfusionCounter:
    """Counts, or sums the weights of, right and wrong predictions at each of several thresholds.

    A prediction is positive above the threshold. Evenly spaced thresholds find the bucket of a prediction by
    multiplication and others by search, so that the cost does not grow with their number, and nothing waits for the
    device.

    Args:
        thresholds: Thresholds.
        top_k: None, or how many of the largest predictions of a row can be positive.
        class_id: None, or the one column (on the last axis) of the predictions that counts.
        per_label: Whether each column is counted by itself.
        label_weights: None, or a factor for each column.

    Example:
        >>> counter = ConfusionCounter([0.2, 0.6])
        >>> counter(torch.tensor([0, 1, 1]), torch.tensor([0.3, 0.5, 0.9]), ("true_positives",), torch.float32)
        [tensor([2., 1.])]
    """

    def __init__(
        self,
        thresholds: Sequence[float],
        top_k: int | None = None,
        class_id: int | None = None,
        per_label: bool = False,
        label_weights: Any = None,
    ) -> None:
        self.thresholds = list(thresholds)
        self.top_k = top_k
        self.class_id = class_id
        self.per_label = per_label
        self.label_weights = label_weights
        self._is_even = are_even(self.thresholds)
        self._order = sorted(range(len(self.thresholds)), key=self.thresholds.__getitem__)
        self._is_sorted = self._order == list(range(len(self.thresholds)))
        self._sorted: torch.Tensor | None = None
        self._places: torch.Tensor | None = None

    def __call__(
        self, y_true: Any, y_pred: Any, kinds: Sequence[str], dtype: torch.dtype, sample_weight: Any = None
    ) -> list[torch.Tensor]:
        """Return the counts of each kind, shape ``(thresholds,)`` or ``(thresholds, labels)``.

        Args:
            y_true: 0 or 1, shape ``(batch, ...)``; whatever is not 0 counts as 1.
            y_pred: Predictions of the same shape, in [0, 1].
            kinds: Which of ``KINDS``.
            dtype: Dtype of the counts.
            sample_weight: Weight per sample or per value, or one number.

        Raises:
            ValueError: the shapes do not fit together, or there is no such class.
        """
        y_true, y_pred, weights = self._prepared(y_true, y_pred, sample_weight, dtype)
        if len(self.thresholds) == 1 and not self.per_label:
            positive = y_pred > self.thresholds[0]
            return [_count(kind, y_true, positive, weights, dtype) for kind in kinds]
        return self._by_bucket(y_true, y_pred, weights, kinds, dtype)

    def _prepared(
        self, y_true: Any, y_pred: Any, sample_weight: Any, dtype: torch.dtype
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
        """Booleans, predictions and weights of one shape."""
        y_pred = convert_to_tensor(y_pred)
        if y_pred.dtype not in (torch.float32, torch.float64):  # a threshold is not a number of bfloat16
            y_pred = y_pred.to(torch.float32)
        y_true = convert_to_tensor(y_true).to(y_pred.device)
        y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
        if y_true.shape != y_pred.shape:
            raise ValueError(
                "Targets and predictions must have the same shape. Received:"
                f" y_true.shape={tuple(y_true.shape)}, y_pred.shape={tuple(y_pred.shape)}. Class labels must be"
                " one-hot encoded for this metric."
            )
        weights = None
        if sample_weight is not None:
            weights = fit_leading_axes(
                convert_to_tensor(sample_weight).to(y_pred.device, dtype), y_pred, "sample_weight"
            ).expand_as(y_pred)
        if self.label_weights is not None:
            factors = convert_to_tensor(self.label_weights).to(y_pred.device, dtype)
            if factors.shape != y_pred.shape[-1:]:
                raise ValueError(
                    f"`label_weights` of shape {tuple(factors.shape)} needs one weight for each of the"
                    f" {y_pred.shape[-1]} columns of y_pred.shape={tuple(y_pred.shape)}."
                )
            weights = factors.expand_as(y_pred) if weights is None else weights * factors
        if self.top_k is not None:
            y_pred = _only_top_k(y_pred, self.top_k)
        if self.class_id is not None:
            check_class_id(self.class_id, y_pred)
            y_true, y_pred = y_true[..., self.class_id], y_pred[..., self.class_id].contiguous()
            weights = None if weights is None else weights[..., self.class_id]
        return y_true if y_true.dtype is torch.bool else y_true != 0, y_pred, weights

    def _by_bucket(
        self,
        y_true: torch.Tensor,
        y_pred: torch.Tensor,
        weights: torch.Tensor | None,
        kinds: Sequence[str],
        dtype: torch.dtype,
    ) -> list[torch.Tensor]:
        """A histogram of the positive targets and one of the negative ones, summed from above."""
        number = len(self.thresholds)
        labels = y_pred.shape[-1] if self.per_label else 1
        if self._is_even:  # bucket i: above threshold i and none further
            buckets = number
            bucket = (y_pred.to(torch.promote_types(y_pred.dtype, torch.float32)) * (number - 1)).ceil().long() - 1
            bucket = bucket.clamp(0, number - 2)
        else:  # bucket i: above the first i thresholds
            buckets = number + 1
            bucket = torch.bucketize(y_pred, self._boundaries(y_pred))
        place = bucket + (~y_true) * (labels * buckets)
        if self.per_label:
            place = place + torch.arange(labels, device=place.device) * buckets
        if weights is None:
            weights = torch.ones((), dtype=dtype, device=place.device).expand_as(place)
        histogram = torch.zeros(2 * labels * buckets, dtype=dtype, device=place.device)
        histogram.scatter_add_(0, place.reshape(-1), weights.reshape(-1))
        above = histogram.view(2, labels, buckets).flip(-1).cumsum(-1).flip(-1)
        total = above[..., :1]
        if not self._is_even:
            above = above[..., 1:]
            if not self._is_sorted:
                assert self._places is not None, "made with the boundaries"
                above = above[..., self._places]
        below = total - above
        found = dict(zip(KINDS, (above[0], above[1], below[1], below[0]), strict=True))
        return [found[kind].T if self.per_label else found[kind][0] for kind in kinds]

    def _boundaries(self, like: torch.Tensor) -> torch.Tensor:
        if self._sorted is None or self._sorted.device != like.device or self._sorted.dtype != like.dtype:
            ordered = [self.thresholds[i] for i in self._order]
            self._sorted = torch.tensor(ordered, dtype=like.dtype, device=like.device)
            places = [self._order.index(i) for i in range(len(ordered))]
            self._places = torch.tensor(places, device=like.device)
        return self._sorted


def _count(
    kind: str, y_true: torch.Tensor, positive: torch.Tensor, weights: torch.Tensor | None, dtype: torch.dtype
) -> torch.Tensor:
    if kind == "true_positives":
        where = y_true & positive
    elif kind == "false_positives":
        where = positive > y_true
    elif kind == "false_negatives":
        where = y_true > positive
    else:
        where = ~(y_true | positive)
    return (where if weights is None else weights * where).sum(dtype=dtype).reshape(1)


def _only_top_k(y_pred: torch.Tensor, k: int) -> torch.Tensor:
    """Move all but the ``k`` largest predictions of each row below every threshold."""
    if k > y_pred.shape[-1]:
        raise ValueError(
            f"`top_k`={k} is more than the {y_pred.shape[-1]} classes of y_pred.shape={tuple(y_pred.shape)}."
        )
    values, places = y_pred.topk(k, dim=-1)
    return torch.full_like(y_pred, LOWEST if y_pred.dtype is not torch.float16 else -torch.inf).scatter(
        -1, places, values
    )


def check_class_id(class_id: int, y_pred: torch.Tensor) -> None:
    """Raise a ValueError if the predictions have no such column."""
    if y_pred.ndim < 2:
        raise ValueError(
            "When class_id is provided, y_pred must be a 2D array with shape (num_samples, num_classes), found shape:"
            f" {tuple(y_pred.shape)}. More axes may lie between the two."
        )
    columns = y_pred.shape[-1]
    if not -columns <= class_id < columns:
        raise ValueError(
            f"`class_id`={class_id} is none of the {columns} columns of y_pred.shape={tuple(y_pred.shape)}."
        )
