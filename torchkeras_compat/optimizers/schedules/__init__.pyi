from .base import LearningRateSchedule as LearningRateSchedule
from .exponential_decay import ExponentialDecay as ExponentialDecay
