"""Area under the ROC curve and the precision-recall curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.metrics.base import Metric, divide_no_nan
from torchkeras_compat.metrics.confusion import KINDS, ConfusionCounter, check_most_thresholds
from torchkeras_compat.ops.conversion import convert_to_tensor

CURVES = ("ROC", "PR", "PRGAIN")
SUMMATIONS = ("interpolation", "minoring", "majoring")


class AUC(Metric):
    """Area under a curve, approximated at thresholds.

    ``"ROC"`` is the true positive rate over the false positive rate, ``"PR"`` precision over recall, ``"PRGAIN"``
    precision gain over recall gain.

    Args:
        num_thresholds: Number of evenly spaced thresholds, more than 1; not used with ``thresholds``.
        curve: ``"ROC"``, ``"PR"`` or ``"PRGAIN"``.
        summation_method: ``"interpolation"`` between the points, ``"minoring"`` (the lower of two neighbours) or
            ``"majoring"`` (the higher).
        name: Name.
        dtype: Dtype of the state.
        thresholds: None, or the thresholds in (0, 1) between two that bear all and nothing.
        multi_label: Whether each column of predictions ``(batch, labels)`` has an area by itself, and the result is
            their mean. Otherwise all values count as one label.
        num_labels: Number of labels for ``multi_label``; None to learn it from the first batch.
        label_weights: Weight of each label, in the mean of the areas or, without ``multi_label``, of its values.
        from_logits: Whether predictions are logits.

    Raises:
        ValueError: an argument is none of these, or does not fit the others.

    Example:
        >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])
        tensor(0.7500)

    Source: Davis and Goadrich 2006, The Relationship Between Precision-Recall and ROC Curves (interpolation of PR);
    Flach and Kull 2015, Precision-Recall-Gain Curves.
    """

    _direction = "up"
    _counts = True

    def __init__(
        self,
        num_thresholds: int | None = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        if str(curve).upper() not in CURVES:
            raise ValueError(f'Invalid AUC curve value: "{curve}". Expected values are {list(CURVES)}.')
        if str(summation_method).lower() not in SUMMATIONS:
            raise ValueError(
                f'Invalid AUC summation method value: "{summation_method}". Expected values are {list(SUMMATIONS)}.'
            )
        if num_labels is not None and not multi_label:
            raise ValueError("`num_labels` is needed only when `multi_label` is True.")
        super().__init__(name=name, dtype=dtype)
        self._given_thresholds = None if thresholds is None else sorted(float(t) for t in thresholds)
        inner = _inner_thresholds(num_thresholds, self._given_thresholds)
        self.num_thresholds = len(inner) + 2
        # A little beyond both ends, so that predictions of 0 and 1 lie between.
        margin = config.epsilon()
        self._thresholds = [-margin, *inner, 1.0 + margin]
        self.curve = str(curve).upper()
        self.summation_method = str(summation_method).lower()
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = None if label_weights is None else [float(w) for w in label_weights]
        self._from_logits = from_logits
        self._counter = ConfusionCounter(
            self._thresholds, per_label=multi_label, label_weights=None if multi_label else self.label_weights
        )
        self._built = False
        if not multi_label or num_labels:
            self._build(None if not multi_label else num_labels)

    @property
    def thresholds(self) -> list[float]:
        """The thresholds, the two at the ends included."""
        return list(self._thresholds)

    def _build(self, labels: int | None) -> None:
        shape = (self.num_thresholds,) if labels is None else (self.num_thresholds, labels)
        if labels is not None and self.label_weights is not None and len(self.label_weights) != labels:
            raise ValueError(
                f"`label_weights` needs one weight for each of the {labels} labels. Received:"
                f" {len(self.label_weights)} weights."
            )
        self.true_positives, self.false_positives, self.true_negatives, self.false_negatives = (
            self.add_variable(shape, "zeros", name=kind) for kind in KINDS
        )
        self._num_labels = labels
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch in.

        Args:
            y_true: 0 or 1.
            y_pred: Predictions in [0, 1], or logits, of the same shape.
            sample_weight: Weight per sample or per value, or one number.

        Raises:
            ValueError: shapes do not fit together.
        """
        y_pred = convert_to_tensor(y_pred)
        if self.multi_label:
            self._check_labels(y_pred)
        if self._from_logits:
            y_pred = torch.sigmoid(y_pred)
        counts = self._counter(y_true, y_pred, KINDS, self._torch_dtype, sample_weight)
        for variable, count in zip(self._variables, counts, strict=True):
            self._add(variable, count)

    def _check_labels(self, y_pred: torch.Tensor) -> None:
        if y_pred.ndim != 2:
            raise ValueError(
                f"With `multi_label`, y_pred must have shape (batch, labels). Received: {tuple(y_pred.shape)}"
            )
        if not self._built:
            self._build(y_pred.shape[1])
        if y_pred.shape[1] != self._num_labels:
            raise ValueError(
                f"This metric counts {self._num_labels} labels. Received: y_pred.shape={tuple(y_pred.shape)}"
            )

    def result(self) -> torch.Tensor:
        """Return the area, or the mean of those of the labels.

        Raises:
            ValueError: the number of labels is not known, since nothing was seen.
        """
        if not self._built:
            raise ValueError("The number of labels is not known: update the metric with data, or give `num_labels`.")
        tp, fp, tn, fn = (v.value for v in self._variables)
        if self.curve == "PR" and self.summation_method == "interpolation":
            areas = _interpolated_pr(tp, fp, fn)
        else:
            x, y = _points(self.curve, tp, fp, tn, fn)
            if self.summation_method == "interpolation":
                heights = (y[:-1] + y[1:]) / 2.0
            else:
                heights = (torch.minimum if self.summation_method == "minoring" else torch.maximum)(y[:-1], y[1:])
            areas = ((x[:-1] - x[1:]) * heights).sum(0)
        return self._mean_of_labels(areas)

    def interpolate_pr_auc(self) -> torch.Tensor:
        """Return the area under precision over recall, interpolated between the thresholds whatever the arguments say.

        Source: Davis and Goadrich 2006, section 4.
        """
        tp, fp, _, fn = (v.value for v in self._variables)
        return self._mean_of_labels(_interpolated_pr(tp, fp, fn))

    def _mean_of_labels(self, areas: torch.Tensor) -> torch.Tensor:
        if not self.multi_label:
            return areas
        if self.label_weights is None:
            return areas.mean()
        weights = torch.tensor(self.label_weights, dtype=areas.dtype, device=areas.device)
        return divide_no_nan((areas * weights).sum(), weights.sum())

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        found = {
            **super().get_config(),
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": self.label_weights,
            "from_logits": self._from_logits,
        }
        if self._given_thresholds is not None:
            found["thresholds"] = self._given_thresholds
        return found


def _inner_thresholds(number: int | None, given: list[float] | None) -> list[float]:
    if given is not None:
        return given
    if number is None or number <= 1:
        raise ValueError(f"Argument `num_thresholds` must be an integer > 1. Received: num_thresholds={number}")
    check_most_thresholds(number)
    return [(i + 1) / (number - 1) for i in range(number - 2)]


def _points(
    curve: str, tp: torch.Tensor, fp: torch.Tensor, tn: torch.Tensor, fn: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """The curve at the thresholds: along x, and up y."""
    if curve == "ROC":
        return divide_no_nan(fp, fp + tn), divide_no_nan(tp, tp + fn)
    if curve == "PR":
        return divide_no_nan(tp, tp + fn), divide_no_nan(tp, tp + fp)
    odds = divide_no_nan(tp + fn, fp + tn)
    recall_gain = 1.0 - odds * torch.where(tp > 0, fn / tp, torch.inf)
    precision_gain = 1.0 - odds * divide_no_nan(fp, tp)
    return recall_gain.clamp(min=0.0), precision_gain


def _interpolated_pr(tp: torch.Tensor, fp: torch.Tensor, fn: torch.Tensor) -> torch.Tensor:
    """Between two points true positives grow linearly with all positives, so precision does not grow linearly."""
    positive = tp + fp
    step = positive[:-1] - positive[1:]
    gain = tp[:-1] - tp[1:]
    slope = divide_no_nan(gain, step.clamp(min=0))
    intercept = tp[1:] - slope * positive[1:]
    both = (positive[:-1] > 0) & (positive[1:] > 0)
    ratio = torch.where(both, divide_no_nan(positive[:-1], positive[1:].clamp(min=0)), 1.0)
    return divide_no_nan(slope * (gain + intercept * ratio.log()), (tp[1:] + fn[1:]).clamp(min=0)).sum(0)
