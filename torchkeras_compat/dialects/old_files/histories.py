"""Where a tensor of a graph comes from, as Keras 2 writes it: ``["dense", 0, 0, {}]``."""

from __future__ import annotations

from typing import Any


def is_history(x: Any) -> bool:
    """Return whether a value of a config says where a tensor comes from: layer, call, number of the output."""
    return isinstance(x, list) and len(x) in (3, 4) and isinstance(x[0], str) and all(type(i) is int for i in x[1:3])


def is_constant(x: Any) -> bool:
    """Return whether a value of a config is a constant in the place of a tensor: ``["_CONSTANT_VALUE", -1, 2.0]``."""
    return isinstance(x, list) and len(x) in (3, 4) and x[0] == "_CONSTANT_VALUE" and x[1] == -1
