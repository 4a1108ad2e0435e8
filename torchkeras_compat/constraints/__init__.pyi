from .base import Constraint as Constraint
from .identifiers import (
    deserialize as deserialize,
    get as get,
    serialize as serialize,
)
from .norms import (
    MaxNorm as MaxNorm,
    MaxNorm as max_norm,
    MinMaxNorm as MinMaxNorm,
    MinMaxNorm as min_max_norm,
    NonNeg as NonNeg,
    NonNeg as non_neg,
    UnitNorm as UnitNorm,
    UnitNorm as unit_norm,
)

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "serialize",
    "unit_norm",
]
