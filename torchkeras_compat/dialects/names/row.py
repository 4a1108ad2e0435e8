"""One row of the table of names."""

from __future__ import annotations

from typing import NamedTuple


class Name(NamedTuple):
    """A name that older Keras had, and Keras 3 does not have at this path or in this meaning.

    Args:
        path: Below ``keras``: ``"layers.MaxoutDense"``.
        target: Below ``torchkeras_compat``, as :func:`torchkeras_compat.public_names.named` takes it:
            ``"legacy.layers.maxout_dense.MaxoutDense"``.
        versions: The versions of Keras that had it, first and last: ``"1.0-1.2"``, ``"2.0-2.15"``.
    """

    path: str
    target: str
    versions: str
