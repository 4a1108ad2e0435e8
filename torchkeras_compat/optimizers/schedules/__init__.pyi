from .base import LearningRateSchedule as LearningRateSchedule
from .exponential_decay import ExponentialDecay as ExponentialDecay
from .inverse_time_decay import InverseTimeDecay as InverseTimeDecay

__all__ = [
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
]
