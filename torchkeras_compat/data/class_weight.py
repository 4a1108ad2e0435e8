"""Class weights as sample weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch

from torchkeras_compat import tree
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.user_warnings import warn_user


class ClassWeights:
    """A table of one weight a class, looked up by label; a class that the table lacks weighs 1.

    Args:
        class_weight: Labels (ints from 0) and their weights.

    Raises:
        ValueError: a key is not an int from 0, a weight is not a finite number, or it is not a mapping.

    Example:
        >>> ClassWeights({0: 0.5, 1: 2.0})(torch.tensor([1, 0, 3]))
        tensor([2.0000, 0.5000, 1.0000])
    """

    def __init__(self, class_weight: Mapping[int, float]) -> None:
        if not isinstance(class_weight, Mapping):
            raise ValueError(
                "`class_weight` must be a dictionary of labels and weights, such as {0: 1.0, 1: 5.0}. "
                f"Received: {class_weight!r}"
            )
        for label, weight in class_weight.items():
            if isinstance(label, bool) or not hasattr(label, "__index__") or label < 0:
                raise ValueError(
                    "The keys of `class_weight` must be labels: ints from 0, as in `y`. "
                    f"Received the key {label!r} of type {type(label).__name__}."
                )
            if not isinstance(weight, (int, float)) and not hasattr(weight, "__float__"):
                raise ValueError(
                    f"The weights of `class_weight` must be numbers. Received {weight!r} for class {label}."
                )
            if not math.isfinite(float(weight)):
                raise ValueError(
                    f"The weights of `class_weight` must be finite. Received {weight!r} for class {label}."
                )
        self.weights = {int(label): float(weight) for label, weight in class_weight.items()}
        size = max(self.weights, default=0) + 1
        self.table = torch.tensor(
            [self.weights.get(label, 1.0) for label in range(size)], dtype=to_torch_dtype(None), device="cpu"
        )

    def __call__(self, y: torch.Tensor) -> torch.Tensor:
        """Return the weight of every label of ``y``.

        Args:
            y: Labels of shape ``(batch, ...)`` or ``(batch, ..., 1)``, or one-hot rows ``(batch, ..., classes)``.

        Returns:
            Weights of shape ``(batch, ...)``.
        """
        labels = self._labels(y)
        table = self.table.to(labels.device)
        known = (labels >= 0) & (labels < len(table))
        return torch.where(
            known, table[labels.clamp(0, len(table) - 1)], torch.ones((), dtype=table.dtype, device=labels.device)
        )

    def warn_about_missing(self, y: torch.Tensor) -> None:
        """Warn of labels in ``y`` that the table lacks. Reads ``y``: for use once, before training."""
        missing = sorted(set(self._labels(y).unique().tolist()) - set(self.weights))
        if missing:
            listed = ", ".join(map(str, missing[:10])) + (", ..." if len(missing) > 10 else "")
            warn_user(
                f"`class_weight` has no weight for {len(missing)} of the classes in `y`: {listed}. They weigh 1.0. "
                "Give every class a weight to silence this."
            )

    @staticmethod
    def _labels(y: torch.Tensor) -> torch.Tensor:
        if y.ndim > 1:
            y = y.argmax(-1) if y.shape[-1] != 1 else y.squeeze(-1)
        return y.round().long() if y.is_floating_point() else y.long()


def refuse_combination(class_weight: Any, y: Any, sample_weight: Any) -> None:
    """Check that class weights come with one target and no sample weights.

    Raises:
        ValueError: no or several targets, or sample weights beside class weights.
    """
    if sample_weight is not None:
        raise ValueError(
            "You cannot use `class_weight` and `sample_weight` at the same time. "
            "Multiply the class weights into `sample_weight`, and pass that only."
        )
    if y is None:
        raise ValueError(
            "`class_weight` needs the targets `y`, and received none. Pass `y`, or leave out `class_weight`."
        )
    if tree.is_nested(y):
        raise ValueError(
            "`class_weight` is only supported for Models with a single output. "
            f"Received `y` as a {type(y).__name__} of {len(tree.flatten(y))} arrays. Use `sample_weight`, one array an "
            "output."
        )
