from .base import Constraint as Constraint, deserialize as deserialize, get as get, serialize as serialize
from .norms import MaxNorm as MaxNorm, MinMaxNorm as MinMaxNorm, NonNeg as NonNeg, UnitNorm as UnitNorm

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "serialize",
]
