"""Means of hinge losses over batches."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.losses import hinges
from torchkeras_compat.metrics.reduction import FunctionMean


class Hinge(FunctionMean):
    """Mean hinge loss; targets -1 and 1, or 0 and 1.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> Hinge()([[1.0, -1.0]], [[0.25, -2.0]])
        tensor(0.3750)
    """

    _direction = "down"

    def __init__(self, name: str = "hinge", dtype: Any = None) -> None:
        super().__init__(hinges.hinge, name, dtype)


class SquaredHinge(FunctionMean):
    """Mean squared hinge loss; targets -1 and 1, or 0 and 1.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> SquaredHinge()([[1.0, -1.0]], [[0.5, -2.0]])
        tensor(0.1250)
    """

    _direction = "down"

    def __init__(self, name: str = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(hinges.squared_hinge, name, dtype)


class CategoricalHinge(FunctionMean):
    """Mean hinge loss of one-hot targets.

    Args:
        name: Name.
        dtype: Dtype of the state.

    Example:
        >>> CategoricalHinge()([[1.0, 0.0]], [[0.5, 0.25]])
        tensor(0.7500)
    """

    _direction = "down"

    def __init__(self, name: str = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(hinges.categorical_hinge, name, dtype)
