"""`RadialConstraint` of tf.keras: kernels that are the same in all directions."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.constraints.base import Constraint
from torchkeras_compat.ops.conversion import convert_to_tensor


class RadialConstraint(Constraint):
    """Makes square kernels of images constant on each ring around the middle: to its value on the diagonal.

    Raises:
        ValueError: when called: the weight is not a square kernel ``(size, size, channels, filters)``.

    Example:
        >>> RadialConstraint()(torch.arange(9.0).reshape(3, 3, 1, 1))[..., 0, 0]
        tensor([[4., 4., 4.],
                [4., 0., 4.],
                [4., 4., 4.]])

    Source: TensorFlow 2.15 API, keras/constraints/RadialConstraint, whose inner rings take their values from the
    upper left of the kernel.
    """

    def __call__(self, w: Any) -> torch.Tensor:
        weight: torch.Tensor = convert_to_tensor(w)
        if weight.ndim != 4 or weight.shape[0] != weight.shape[1]:
            raise ValueError(
                "RadialConstraint is for square kernels (size, size, channels, filters). Received:"
                f" shape={tuple(weight.shape)}"
            )
        size = weight.shape[0]
        start, rest = size // 2, (size - 1) // 2
        first = start + (size + 1) % 2  # one later for even sizes, as in Keras
        places = torch.arange(size, device=weight.device)
        outward = torch.minimum(places, size - 1 - places)  # from the border
        rings = rest - torch.minimum(outward[:, None], outward[None, :])  # 0 in the middle
        diagonal = weight[places, places]  # (size, channels, filters)
        values = torch.cat([diagonal[max(start - 1, 0)][None], diagonal[first : first + rest]])
        return values[rings]
