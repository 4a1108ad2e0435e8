"""Numbers of samples that callbacks of Keras 1 and 2 are told: in ``params``, and in the logs of every batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from torchkeras_compat import tree

_SIZES = "_sizes_of_fit"
_DEFAULT_BATCH = 32


def sizes_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``params`` of the callbacks of a ``fit`` say about its data.

    Args:
        arguments: Of ``fit``, by name.

    Returns:
        ``do_validation``, and ``samples`` and ``batch_size`` if the data are arrays.

    Example:
        >>> import numpy as np
        >>> sizes_of({"x": np.ones((10, 2)), "y": np.ones(10), "batch_size": 4, "validation_split": 0.2})
        {'do_validation': True, 'samples': 8, 'batch_size': 4}
    """
    split = arguments.get("validation_split") or 0.0
    found: dict[str, Any] = {"do_validation": bool(split or arguments.get("validation_data") is not None)}
    leaves = [leaf for leaf in tree.flatten(arguments.get("x")) if getattr(leaf, "ndim", 0)]
    if leaves and hasattr(leaves[0], "shape"):
        held_out = 0.0 if arguments.get("validation_data") is not None else split
        found["samples"] = int(len(leaves[0]) * (1.0 - held_out))
        found["batch_size"] = arguments.get("batch_size") or _DEFAULT_BATCH
    return found


@contextmanager
def known_sizes(model: Any, arguments: Mapping[str, Any]) -> Iterator[None]:
    """Have the callbacks of a ``fit`` told the sizes of its data.

    Args:
        model: That is trained.
        arguments: Of ``fit``, by name.
    """
    model.__dict__[_SIZES] = sizes_of(arguments)
    try:
        yield
    finally:
        model.__dict__.pop(_SIZES, None)


def sizes_told(model: Any) -> dict[str, Any]:
    """Return the sizes of the data of the ``fit`` that is under way; none if none is."""
    found: dict[str, Any] = getattr(model, "__dict__", {}).get(_SIZES, {})
    return found


def batch_facts(params: Mapping[str, Any], batch: int) -> dict[str, int]:
    """Return what the logs of a batch say besides its loss: its number, and its size if that is known.

    Example:
        >>> batch_facts({"samples": 10, "batch_size": 4}, 2)
        {'batch': 2, 'size': 2}
    """
    found = {"batch": batch}
    if "samples" in params:
        found["size"] = max(min(params["batch_size"], params["samples"] - batch * params["batch_size"]), 0)
    return found
