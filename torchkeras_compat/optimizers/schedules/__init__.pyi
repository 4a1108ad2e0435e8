from .base import LearningRateSchedule as LearningRateSchedule
from .cosine_decay import CosineDecay as CosineDecay
from .cosine_decay_restarts import CosineDecayRestarts as CosineDecayRestarts
from .exponential_decay import ExponentialDecay as ExponentialDecay
from .identifiers import deserialize as deserialize, serialize as serialize
from .inverse_time_decay import InverseTimeDecay as InverseTimeDecay
from .piecewise_constant_decay import PiecewiseConstantDecay as PiecewiseConstantDecay
from .polynomial_decay import PolynomialDecay as PolynomialDecay

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]
