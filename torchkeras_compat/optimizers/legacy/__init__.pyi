from .refusal import LegacyOptimizer as Adagrad
from .refusal import LegacyOptimizer as Adam
from .refusal import LegacyOptimizer as Ftrl
from .refusal import LegacyOptimizer as Optimizer
from .refusal import LegacyOptimizer as RMSprop
from .refusal import LegacyOptimizer as SGD

__all__ = [
    "Adagrad",
    "Adam",
    "Ftrl",
    "Optimizer",
    "RMSprop",
    "SGD",
]
