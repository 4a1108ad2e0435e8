"""Dtype policies: which dtype weights have and which dtype layers compute in."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype

_global: DTypePolicy | None = None


class DTypePolicy:
    """Dtype of the weights and dtype of the computation.

    Args:
        name: A dtype name for both, ``"mixed_bfloat16"`` or ``"mixed_float16"``; None for the global policy's.

    Raises:
        TypeError: ``name`` is no string.
        ValueError: ``name`` is none of these.

    Example:
        >>> policy = DTypePolicy("mixed_bfloat16")
        >>> policy.variable_dtype, policy.compute_dtype
        ('float32', 'bfloat16')

    Source: Keras API, dtype_policies/DTypePolicy.
    """

    def __init__(self, name: str | None = None) -> None:
        self._name = name = default_name() if name is None else name
        self._compute_dtype, self._variable_dtype = parse_policy_name(name)

    @property
    def name(self) -> str:
        """Name of the policy."""
        return self._name

    @property
    def compute_dtype(self) -> str:
        """Dtype that layers compute in."""
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str:
        """Dtype of the weights."""
        return self._variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        """How weights are quantized; None: they are not."""
        return None

    def convert_input(self, x: Any, autocast: bool, dtype: Any) -> Any:
        """Return ``x`` in ``dtype`` if it is a floating point tensor and ``autocast`` is set."""
        if not hasattr(x, "__array__"):
            return x
        tensor = torch.as_tensor(x)
        return tensor.to(to_torch_dtype(dtype)) if autocast and tensor.is_floating_point() else tensor

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicy:
        """Return a new policy made from what ``get_config`` returned."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f'<{type(self).__name__} "{self.name}">'


def parse_policy_name(name: Any) -> tuple[str, str]:
    """Return the dtype of the computation and that of the weights.

    Raises:
        TypeError: ``name`` is no string.
        ValueError: no policy has this name.
    """
    if not isinstance(name, str):
        raise TypeError(
            f"'name' must be a string, such as 'mixed_float16'. Received: name={name} (of type {type(name)})"
        )
    if name in ("mixed_float16", "mixed_bfloat16"):
        return name.removeprefix("mixed_"), "float32"
    try:
        dtype = standardize_dtype(name)
    except ValueError as error:
        raise ValueError(
            f"Cannot convert '{name}' to a mixed precision DTypePolicy. Valid policies include 'mixed_float16',"
            " 'mixed_bfloat16', and the name of any float dtype such as 'float32'."
        ) from error
    return dtype, dtype


def dtype_policy() -> DTypePolicy:
    """Return the policy of layers made without one: that of ``floatx`` unless changed.

    Example:
        >>> dtype_policy().name
        'float32'
    """
    return DTypePolicy(config.floatx()) if _global is None else _global


def default_name() -> str:
    """Return the name of the global policy; of a map, that of its default."""
    policy = dtype_policy()
    name: str = getattr(policy, "default_policy", policy).name
    return name


def set_global_policy(policy: DTypePolicy | None) -> None:
    """Set the policy of layers made from now on; None for that of ``floatx``."""
    global _global
    _global = policy
