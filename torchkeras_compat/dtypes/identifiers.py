"""From names to dtype policies and back, and the global policy by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torchkeras_compat.dtypes.dtype_policy import DTypePolicy, dtype_policy, set_global_policy
from torchkeras_compat.dtypes.policy_config import policy_config, policy_from, policy_from_config
from torchkeras_compat.dtypes.policy_map import POLICIES_AND_MAP


def get(identifier: Any) -> DTypePolicy:
    """Return the policy of a name, dtype, config or policy; the global one for None.

    Raises:
        ValueError: ``identifier`` is none of these.

    Example:
        >>> get("mixed_bfloat16").variable_dtype
        'float32'
    """
    return dtype_policy() if identifier is None else policy_from(identifier, POLICIES_AND_MAP)


def serialize(dtype_policy: DTypePolicy) -> dict[str, Any]:
    """Return the config of a policy in Keras's format."""
    return policy_config(dtype_policy)


def deserialize(config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> DTypePolicy:
    """Return the policy that :func:`serialize` described.

    Args:
        config: What it returned.
        custom_objects: Further names and classes of policies.

    Raises:
        ValueError: the class is not a policy.
    """
    return policy_from_config(config, {**POLICIES_AND_MAP, **(custom_objects or {})})


def set_dtype_policy(policy: Any) -> None:
    """Set the policy of layers made from now on.

    Args:
        policy: Policy, name of one (``"mixed_bfloat16"``), or `DTypePolicyMap`.

    Raises:
        ValueError: ``policy`` is neither.

    Example:
        >>> set_dtype_policy("mixed_bfloat16"); dtype_policy().compute_dtype
        'bfloat16'
        >>> set_dtype_policy("float32")
    """
    if not isinstance(policy, (str, DTypePolicy)):
        raise ValueError(
            "Invalid `policy` argument. Expected the string name of a policy (such as 'mixed_float16') or a"
            f" `DTypePolicy` instance. Received: policy={policy} (of type {type(policy)})"
        )
    set_global_policy(get(policy))
