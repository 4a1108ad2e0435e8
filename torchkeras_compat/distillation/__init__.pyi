from .base import DistillationLoss as DistillationLoss
from .distiller import Distiller as Distiller
from .feature_distillation import FeatureDistillation as FeatureDistillation
from .logits_distillation import LogitsDistillation as LogitsDistillation

__all__ = ["DistillationLoss", "Distiller", "FeatureDistillation", "LogitsDistillation"]
