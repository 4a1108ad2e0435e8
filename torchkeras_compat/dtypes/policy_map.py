"""Dtype policies by the path of a layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from torchkeras_compat import config, path_patterns
from torchkeras_compat.dtypes.dtype_policy import DTypePolicy, dtype_policy
from torchkeras_compat.dtypes.policy_config import POLICIES, policy_config, policy_from

_MISSING: Any = object()


class DTypePolicyMap(DTypePolicy, MutableMapping[str, DTypePolicy]):
    """Policies by the path of a layer; keys may be regular expressions that match whole paths.

    Its own dtypes are those of the default. As the global policy it chooses for every layer made from then on.

    Args:
        default_policy: Policy of the layers that no key matches; None for the global one.
        policy_map: Paths, or regular expressions of them, and policies.

    Raises:
        TypeError: ``policy_map`` is not a mapping.
        ValueError: a policy is none, or the default is a map.

    Example:
        >>> DTypePolicyMap(policy_map={"encoder/.*": DTypePolicy("bfloat16")})["encoder/dense"].name
        'bfloat16'

    Source: Keras API, dtype_policies/DTypePolicyMap.
    """

    def __init__(self, default_policy: Any = None, policy_map: Mapping[str, Any] | None = None) -> None:
        if isinstance(default_policy, DTypePolicyMap):
            raise ValueError("`default_policy` cannot be a `DTypePolicyMap`.")
        if policy_map is not None and not isinstance(policy_map, Mapping):
            raise TypeError(
                "If specified, `policy_map` must be a dict. Received: "
                f"policy_map={policy_map!r} of type {type(policy_map)}"
            )
        self._default_policy = default_policy
        self._policy_map: dict[str, DTypePolicy] = {}
        self._steps = path_patterns.reading.get()
        for key, policy in (policy_map or {}).items():
            self[key] = policy

    @property
    def default_policy(self) -> DTypePolicy:
        """Policy of the layers that no key matches."""
        if self._default_policy is not None:
            return _policy(self._default_policy)
        policy = dtype_policy()
        if policy is self:
            return DTypePolicy(config.floatx())
        return policy.default_policy if isinstance(policy, DTypePolicyMap) else policy

    @property
    def name(self) -> str:
        """Name of the default, behind ``map_``."""
        return f"map_{self.default_policy.name}"

    @property
    def compute_dtype(self) -> str:
        """Dtype that the default computes in."""
        return self.default_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        """Dtype of the default's weights."""
        return self.default_policy.variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        """How the default quantizes weights; None: it does not."""
        return self.default_policy.quantization_mode

    def __getitem__(self, key: str) -> DTypePolicy:
        if key in self._policy_map:
            return self._policy_map[key]
        found = path_patterns.matching(self._policy_map, key, self._steps)
        if len(found) > 1:
            raise ValueError(
                f"Path '{key}' matches multiple dtype policy specification keys: {found}. Please make sure each path"
                " only matches at most one."
            )
        return self._policy_map[found[0]] if found else self.default_policy

    def __setitem__(self, key: str, policy: Any) -> None:
        if key in self._policy_map:
            raise ValueError(
                f"{key} already exist in the DTypePolicyMap with value {self._policy_map[key]}. Please make sure to not"
                " use duplicated keys."
            )
        try:
            self._policy_map[key] = _policy(policy)
        except (TypeError, ValueError) as error:
            raise ValueError(
                "Cannot interpret the assigned value. Expected the name of a policy or a DTypePolicy. Received:"
                f" {policy!r} of type {type(policy)}"
            ) from error

    def __contains__(self, key: object) -> bool:
        return key in self._policy_map

    def pop(self, key: str, default: Any = _MISSING) -> Any:
        """Remove and return the policy of exactly this key, or ``default`` where there is none.

        Raises:
            KeyError: there is none, and no default.
        """
        return self._policy_map.pop(key) if default is _MISSING else self._policy_map.pop(key, default)

    def __delitem__(self, key: str) -> None:
        del self._policy_map[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._policy_map)

    def __len__(self) -> int:
        return len(self._policy_map)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments; without a default, policies take the global dtypes when they load."""
        stored = {key: policy_config(policy) for key, policy in self._policy_map.items()}
        if self._default_policy is None:
            for entry in stored.values():
                entry["config"] = {k: None if k in ("name", "source_name") else v for k, v in entry["config"].items()}
        return {"default_policy": self._default_policy, "policy_map": stored}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> DTypePolicyMap:
        """Return a new map made from what ``get_config`` returned.

        Args:
            config: What it returned.
            custom_objects: Further names and classes of policies.
        """
        config = dict(config)
        if isinstance(config.get("default_policy"), Mapping):
            config["default_policy"] = _policy(config["default_policy"], custom_objects)
        config["policy_map"] = {k: _policy(v, custom_objects) for k, v in (config.get("policy_map") or {}).items()}
        return cls(**config)

    def __repr__(self) -> str:
        mapping = [(key, policy.name) for key, policy in self._policy_map.items()]
        return f"<DTypePolicyMap at {hex(id(self))} default_policy={self.default_policy.name}, mapping={mapping}>"


POLICIES_AND_MAP: dict[str, type[DTypePolicy]] = {**POLICIES, "DTypePolicyMap": DTypePolicyMap}


def _policy(identifier: Any, custom_objects: Mapping[str, Any] | None = None) -> DTypePolicy:
    if identifier is None:
        return dtype_policy()
    return policy_from(identifier, {**POLICIES_AND_MAP, **custom_objects} if custom_objects else POLICIES_AND_MAP)
