"""Names of initializers, regularizers and constraints in the arguments of layers, as each older Keras meant them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras_compat.constraints.norms import MaxNorm, NonNeg, UnitNorm
from torchkeras_compat.dialects.adapters.adapter import Arguments
from torchkeras_compat.initializers.matrices import Orthogonal
from torchkeras_compat.legacy.initializers import keras1
from torchkeras_compat.regularizers.norms import L1, L1L2, L2

# What today's look-up does not know, or makes with other factors.
_REGULARIZERS: dict[str, Callable[[], Any]] = {
    "l1_l2": lambda: L1L2(0.01, 0.01),
    "l1l2": lambda: L1L2(0.01, 0.01),
    "activity_l1": L1,
    "activity_l2": L2,
    "activity_l1l2": lambda: L1L2(0.01, 0.01),
}
_CONSTRAINTS: dict[str, Callable[[], Any]] = {
    "maxnorm": MaxNorm,
    "max_norm": MaxNorm,
    "nonneg": NonNeg,
    "unitnorm": UnitNorm,
}


def meant(arguments: Arguments, dialect: str) -> Arguments:
    """Return arguments of a layer with their names of initializers and the like made what a dialect meant by them.

    Args:
        arguments: Arguments by their old or new names.
        dialect: Name of the dialect.

    Example:
        >>> meant({"output_dim": 3, "init": "he_normal"}, "keras1")["init"].distribution
        'untruncated_normal'
    """
    found = dict(arguments)
    for name, value in arguments.items():
        if name.endswith(("init", "initializer")):
            found[name] = initializer(value, dialect)
        elif isinstance(value, str) and name.endswith("regularizer"):
            found[name] = _REGULARIZERS[value]() if value in _REGULARIZERS else value
        elif isinstance(value, str) and name.endswith("constraint"):
            found[name] = _CONSTRAINTS[value]() if value in _CONSTRAINTS else value
    return found


def initializer(value: Any, dialect: str) -> Any:
    """Return an initializer as a dialect means it; those that mean the same today stay as they are.

    Example:
        >>> initializer("glorot_normal", "keras2"), initializer("glorot_uniform", "keras1")
        ('glorot_normal', 'glorot_uniform')
    """
    if dialect != "keras1" or value in (None, "zero", "one", "zeros", "ones", "glorot_uniform", "uniform", "normal"):
        return value
    return keras1.get(value)


def recurrent_start(arguments: Arguments, dialect: str) -> Arguments:
    """Return arguments of a recurrent layer with the recurrent kernel of Keras 1, 1.1 times larger, if none is said."""
    if dialect != "keras1" or "inner_init" in arguments or "recurrent_initializer" in arguments:
        return arguments
    return {**arguments, "inner_init": Orthogonal(gain=1.1)}
