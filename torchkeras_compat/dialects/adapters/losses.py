"""Losses of Keras 2, whose reductions have another name, and constraints and regularizers by their old arguments."""

from __future__ import annotations

import functools

from torchkeras_compat.dialects.adapters.adapter import Adapter, Arguments
from torchkeras_compat.legacy.losses.reduction import current_reduction

_NAMES = (
    "BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy CategoricalHinge"
    " CosineSimilarity Hinge Huber KLDivergence LogCosh Loss MeanAbsoluteError MeanAbsolutePercentageError"
    " MeanSquaredError MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge"
).split()


def loss(arguments: Arguments, dialect: str) -> Arguments:
    """A loss, whose reduction may be ``"auto"``.

    Raises:
        ValueError: the reduction is not one of Keras's.
    """
    if "reduction" not in arguments:
        return dict(arguments)
    return {**arguments, "reduction": current_reduction(arguments["reduction"])}


def min_max_norm(arguments: Arguments, dialect: str) -> Arguments:
    """``MinMaxNorm``, whose limits Keras 1 called ``low`` and ``high``."""
    names = {"low": "min_value", "high": "max_value"}
    return {names.get(name, name): value for name, value in arguments.items()}


def max_norm(arguments: Arguments, dialect: str) -> Arguments:
    """``MaxNorm``, whose limit Keras 1 called ``m``."""
    return {("max_value" if name == "m" else name): value for name, value in arguments.items()}


def norm_penalty(name: str, arguments: Arguments, dialect: str) -> Arguments:
    """``L1`` or ``L2``, whose factor was ``l``."""
    return {(name if key == "l" else key): value for key, value in arguments.items()}


LOSSES: dict[str, Adapter] = {
    **{f"losses.{name}": loss for name in _NAMES},
    "constraints.MaxNorm": max_norm,
    "constraints.MinMaxNorm": min_max_norm,
    "regularizers.L1": functools.partial(norm_penalty, "l1"),
    "regularizers.L2": functools.partial(norm_penalty, "l2"),
}
