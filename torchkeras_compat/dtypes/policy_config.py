"""From dtype policies to their configs and back, given the classes that a config may name.

`DTypePolicyMap` is made of policies and is one itself, so that it builds on this module, and `identifiers` on the map.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torchkeras_compat.dtypes.dtype_policy import DTypePolicy
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.dtypes.quantized_policy import (
    MODES,
    AWQDTypePolicy,
    GPTQDTypePolicy,
    Int4DTypePolicy,
    QuantizedDTypePolicy,
    QuantizedFloat8DTypePolicy,
    quantized_policy,
)

POLICIES: dict[str, type[DTypePolicy]] = {
    "DTypePolicy": DTypePolicy,
    "FloatDTypePolicy": DTypePolicy,
    "Policy": DTypePolicy,  # of tf.keras
    "QuantizedDTypePolicy": QuantizedDTypePolicy,
    "QuantizedFloat8DTypePolicy": QuantizedFloat8DTypePolicy,
    "Int4DTypePolicy": Int4DTypePolicy,
    "GPTQDTypePolicy": GPTQDTypePolicy,
    "AWQDTypePolicy": AWQDTypePolicy,
}


def policy_from(identifier: Any, classes: Mapping[str, type[DTypePolicy]]) -> DTypePolicy:
    """Return the policy of a name, dtype, config or policy.

    Args:
        identifier: Which one.
        classes: What a config may name.

    Raises:
        ValueError: ``identifier`` is none of these.
    """
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, Mapping):
        return policy_from_config(identifier, classes)
    if isinstance(identifier, str):
        return quantized_policy(identifier) if identifier.startswith(MODES) else DTypePolicy(identifier)
    try:
        return DTypePolicy(standardize_dtype(identifier))
    except (TypeError, ValueError) as error:
        raise ValueError(
            "Cannot interpret `dtype` argument. Expected a string or an instance of DTypePolicy. Received:"
            f" dtype={identifier}"
        ) from error


def policy_config(policy: DTypePolicy) -> dict[str, Any]:
    """Return the config of a policy in Keras's format."""
    inner = policy.get_config()
    if isinstance(inner.get("default_policy"), DTypePolicy):
        inner["default_policy"] = policy_config(inner["default_policy"])
    return {
        "module": "keras" if type(policy) is DTypePolicy else "keras.dtype_policies",
        "class_name": type(policy).__name__,
        "config": inner,
        "registered_name": None,
    }


def policy_from_config(config: Mapping[str, Any], classes: Mapping[str, type[DTypePolicy]]) -> DTypePolicy:
    """Return the policy that :func:`policy_config` described.

    Raises:
        ValueError: the config is malformed, or its class is none of ``classes``.
    """
    if not isinstance(config, Mapping) or not isinstance(config.get("class_name"), str):
        raise ValueError(f"The config of a dtype policy is a dict with `class_name`. Received: {config!r:.200}")
    if config["class_name"] not in classes:
        raise ValueError(f"Unknown dtype policy {config['class_name']!r}. Known: {', '.join(classes)}.")
    if not isinstance(config.get("config"), Mapping):
        raise ValueError(f"The `config` of a dtype policy is a dict, its settings. Received: {config!r:.200}")
    return classes[config["class_name"]].from_config(dict(config["config"]))
