"""Initializers that draw nothing: constants, the identity, given values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.device import current_device
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.initializers.base import Initializer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.serialization import serialize_keras_object


class Constant(Initializer):
    """Every value is ``value``.

    Args:
        value: Number, or array that broadcasts to the shape.

    Example:
        >>> Constant(3.0)((2,))
        tensor([3., 3.])

    Source: Keras API, initializers/Constant.
    """

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        dtype = to_torch_dtype(dtype)
        if isinstance(self.value, (int, float)):
            return torch.full(tuple(shape), self.value, dtype=dtype, device=current_device())
        value: torch.Tensor = convert_to_tensor(self.value, dtype)
        return value.expand(tuple(shape)).clone()

    def get_config(self) -> dict[str, Any]:
        return {"value": serialize_keras_object(self.value)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Constant:
        return cls(deserialize_as((), config["value"]))


class FixedValues(Initializer):
    """The given array, whose shape must be that of the weight."""

    def __init__(self, value: Any) -> None:
        self.value = np.asarray(value) if not isinstance(value, torch.Tensor) else value

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        if tuple(self.value.shape) != tuple(shape):
            raise ValueError(
                f"Expected `shape` to be {tuple(self.value.shape)} for direct tensor as initializer. Received"
                f" shape={tuple(shape)}"
            )
        value: torch.Tensor = convert_to_tensor(self.value, dtype)
        return value

    def get_config(self) -> dict[str, Any]:
        return {"value": serialize_keras_object(self.value)}


class Zeros(Initializer):
    """Every value is 0.

    Example:
        >>> Zeros()((2,))
        tensor([0., 0.])
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        return torch.zeros(tuple(shape), dtype=to_torch_dtype(dtype), device=current_device())


class Ones(Initializer):
    """Every value is 1.

    Example:
        >>> Ones()((2,))
        tensor([1., 1.])
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        return torch.ones(tuple(shape), dtype=to_torch_dtype(dtype), device=current_device())


class Identity(Initializer):
    """The identity matrix times ``gain``, for two-axis weights.

    Args:
        gain: Factor.

    Raises:
        ValueError: the shape has another number of axes.

    Example:
        >>> Identity()((2, 2)).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        if len(shape) != 2:
            raise ValueError(
                f"Identity matrix initializer can only be used for 2D matrices. Received: shape={tuple(shape)} of rank"
                f" {len(shape)}."
            )
        return self.gain * torch.eye(*shape, dtype=to_torch_dtype(dtype), device=current_device())

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain}
