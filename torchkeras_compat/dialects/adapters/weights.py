"""``add_weight`` of layers and metrics."""

from __future__ import annotations

from torchkeras_compat.dialects.adapters.adapter import Adapter, Arguments

_NO_LONGER = (
    "use_resource",
    "synchronization",
    "aggregation",
    "getter",
    "partitioner",
    "collections",
    "caching_device",
)


def add_weight(arguments: Arguments, dialect: str) -> Arguments:
    """``add_weight`` with the name first, as Keras 2 had it, or the shape first, as Keras 1 and 3 have it."""
    found = {name: value for name, value in arguments.items() if name not in _NO_LONGER}
    if not isinstance(found.get("name"), (str, type(None))):
        found = _shape_first(found)
    if isinstance(found.get("shape"), str):  # a name where Keras 1 had the shape
        found["name"], found["shape"] = found["shape"], found.get("initializer")
        del found["initializer"]
    if found.get("trainable", 0) is None:
        del found["trainable"]
    return found


def _shape_first(arguments: Arguments) -> Arguments:
    """Return arguments whose first was the shape, and the second the initializer."""
    found = dict(arguments)
    shape, second = found.pop("name"), found.pop("shape", None)
    found["shape"] = shape
    if second is not None:
        found["initializer"] = second
    return found


WEIGHTS: dict[str, Adapter] = {"layers.Layer.add_weight": add_weight, "metrics.Metric.add_weight": add_weight}
