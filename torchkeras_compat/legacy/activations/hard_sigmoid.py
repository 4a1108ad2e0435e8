"""The hard sigmoid of Keras 1, 2 and tf.keras, steeper than that of Keras 3."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def hard_sigmoid(x: Any) -> torch.Tensor:
    """Return ``clip(0.2 * x + 0.5, 0, 1)``; Keras 3's divides by 6.

    Args:
        x: Tensor of any shape and a floating point dtype.

    Example:
        >>> hard_sigmoid(torch.tensor([-3.0, 0.0, 1.0, 3.0]))
        tensor([0.0000, 0.5000, 0.7000, 1.0000])

    Source: Keras 2.3, activations/hard_sigmoid.
    """
    line: torch.Tensor = 0.2 * convert_to_tensor(x) + 0.5
    return line.clamp(0.0, 1.0)
