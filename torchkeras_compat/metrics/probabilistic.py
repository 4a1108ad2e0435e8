"""Means of crossentropies and divergences over batches."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.losses import crossentropy, probabilistic
from torchkeras_compat.losses.alignment import squeeze_or_expand_to_same_rank
from torchkeras_compat.metrics.reduction import FunctionMean
from torchkeras_compat.ops.conversion import convert_to_tensor


class KLDivergence(FunctionMean):
    """Mean Kullback-Leibler divergence of the predictions from the targets.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])
        tensor(0.1438)
    """

    _direction = "down"

    def __init__(self, name: str = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(probabilistic.kl_divergence, name, dtype)


class Poisson(FunctionMean):
    """Mean Poisson loss.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> Poisson()([[1.0, 0.0]], [[1.0, 1.0]]).round(decimals=3)
        tensor(1.)
    """

    _direction = "down"

    def __init__(self, name: str = "poisson", dtype: Any = None) -> None:
        super().__init__(probabilistic.poisson, name, dtype)


def _binary_crossentropy(y_true: Any, y_pred: Any, from_logits: bool, label_smoothing: float) -> torch.Tensor:
    y_true, y_pred = squeeze_or_expand_to_same_rank(convert_to_tensor(y_true), convert_to_tensor(y_pred))
    return crossentropy.binary_crossentropy.__wrapped__(y_true, y_pred, from_logits, label_smoothing)


class BinaryCrossentropy(FunctionMean):
    """Mean crossentropy of binary targets.

    Args:
        name: Name.
        dtype: Dtype of the state.
        from_logits: Whether predictions are logits.
        label_smoothing: Share in [0, 1] by which targets move towards 0.5.

    Example:
        >>> BinaryCrossentropy()([[1.0]], [[0.5]])
        tensor(0.6931)
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        super().__init__(_binary_crossentropy, name, dtype, from_logits=from_logits, label_smoothing=label_smoothing)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing


class CategoricalCrossentropy(FunctionMean):
    """Mean crossentropy of one-hot targets.

    Args:
        name: Name.
        dtype: Dtype of the state.
        from_logits: Whether predictions are logits.
        label_smoothing: Share in [0, 1] of each target that is spread over all classes.
        axis: Axis of the classes.

    Example:
        >>> CategoricalCrossentropy()([[0.0, 1.0]], [[0.25, 0.75]])
        tensor(0.2877)
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        super().__init__(
            crossentropy.categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis


class SparseCategoricalCrossentropy(FunctionMean):
    """Mean crossentropy of class labels.

    Args:
        name: Name.
        dtype: Dtype of the state.
        from_logits: Whether predictions are logits.
        ignore_class: Class label whose loss is 0.
        axis: Axis of the classes.

    Example:
        >>> SparseCategoricalCrossentropy()(torch.tensor([1]), torch.tensor([[0.25, 0.75]]))
        tensor(0.2877)
    """

    _direction = "down"

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(
            crossentropy.sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis
