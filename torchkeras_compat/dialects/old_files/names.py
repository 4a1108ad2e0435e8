"""Classes that old files name: where each is today."""

from __future__ import annotations

import functools
from typing import NamedTuple

from torchkeras_compat import kinds
from torchkeras_compat.dialects.names.table import BY_PATH
from torchkeras_compat.public_names import named

# Names that classes had in files alone.
_IN_FILES = {
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "DenseFeaturesV2": "DenseFeatures",
    "UnifiedGRU": "GRU",
    "UnifiedLSTM": "LSTM",
    "ActivityRegularizer": "L1L2",
    "L1L2Regularizer": "L1L2",
    "WeightRegularizer": "L1L2",
}
# The kinds that are looked at where a config does not say which it means, in this order.
_ORDER = ("layers", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers", "schedules")


class OldClass(NamedTuple):
    """A class that a file names.

    Args:
        path: Its public path in the versions that had it: ``"layers.Convolution2D"``.
        target: What it is today.
    """

    path: str
    target: type


@functools.cache
def old_class(name: str, kind: str | None) -> OldClass | None:
    """Return the class that a file of Keras 1 or 2 names, None if it is none of Keras's.

    Args:
        name: ``class_name`` of the config.
        kind: Key of `kinds.KINDS` that its position takes; None if the position does not say.

    Example:
        >>> old_class("Convolution2D", "layers").target.__name__
        'Conv2D'
    """
    name = _IN_FILES.get(name, name)
    for wanted in dict.fromkeys((kind, *_ORDER) if kind else _ORDER):
        space = kinds.KINDS[wanted].spaces[0]
        row = BY_PATH.get(f"{space}.{name}")
        found = named(row.target) if row is not None else kinds.find(wanted, name)
        if isinstance(found, type) and wanted in kinds.kinds_of_class(found):
            return OldClass(f"{space}.{name}", found)
    return None
