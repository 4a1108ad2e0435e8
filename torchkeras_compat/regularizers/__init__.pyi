from .base import Regularizer as Regularizer, deserialize as deserialize, get as get, serialize as serialize
from .norms import L1 as L1, L2 as L2, L1L2 as L1L2, OrthogonalRegularizer as OrthogonalRegularizer

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "serialize",
]
