from ..dtypes.dtype_policy import (
    DTypePolicy as DTypePolicy,
    DTypePolicy as Policy,
    dtype_policy as dtype_policy,
    dtype_policy as global_policy,
)
from ..dtypes.identifiers import set_dtype_policy as set_dtype_policy, set_dtype_policy as set_global_policy
from ..optimizers.loss_scale_optimizer import LossScaleOptimizer as LossScaleOptimizer

__all__ = [
    "DTypePolicy",
    "LossScaleOptimizer",
    "Policy",
    "dtype_policy",
    "global_policy",
    "set_dtype_policy",
    "set_global_policy",
]
