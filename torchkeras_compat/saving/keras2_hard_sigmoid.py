"""The hard sigmoid of Keras 1 and 2, which files of theirs mean by this name."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.functional import hardsigmoid

from torchkeras_compat.custom_objects import register_keras_serializable
from torchkeras_compat.ops.operands import as_float
from torchkeras_compat.symbolic.operation import operation


@register_keras_serializable("torchkeras_compat", "keras2_hard_sigmoid")
@operation
def keras2_hard_sigmoid(x: Any) -> torch.Tensor:
    """``clip(0.2 x + 0.5, 0, 1)``, which Keras 1 and 2 call `hard_sigmoid`; Keras 3's is ``clip(x / 6 + 0.5, 0, 1)``.

    Example:
        >>> keras2_hard_sigmoid(torch.tensor([-3.0, 0.0, 1.0])).tolist()
        [0.0, 0.5, 0.699999988079071]
    """
    x = x if type(x) is torch.Tensor and x.is_floating_point() else as_float(x)
    return hardsigmoid(1.2 * x)  # clip(y / 6 + 0.5): two kernels where the formula has three, and half the time
