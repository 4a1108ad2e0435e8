"""Names that layers get by themselves: in Keras 1 and 2 they are numbered from 1, ``dense_1``, ``dense_2``."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.naming import auto_name, get_uid, to_snake_case
from torchkeras_compat.overrides import dialect_of

_OF_BOTH = {"InputLayer": "input", "Functional": "model"}
# Classes that Keras 1 knew by another name.
_OF_KERAS_1 = {
    **_OF_BOTH,
    **{f"Conv{n}D": f"convolution{n}d" for n in (1, 2, 3)},
    "Conv2DTranspose": "deconvolution2d",
    "SeparableConv2D": "separableconvolution2d",
}


def automatic_name(layer: Any) -> str:
    """Return the name of a layer that was given none, in the dialect whose code makes it.

    Args:
        layer: The layer, which knows its dialect.
    """
    kind = type(layer).__name__
    dialect = dialect_of(layer)
    if dialect == "keras1":
        prefix = _OF_KERAS_1.get(kind, kind.lower())
    elif dialect == "keras2":
        prefix = _OF_BOTH.get(kind, to_snake_case(kind))
    else:
        return auto_name(to_snake_case(kind))
    return f"{prefix}_{get_uid(prefix)}"
