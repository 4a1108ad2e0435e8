"""Dtype policies: which dtype weights have and which dtype layers compute in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype

_global: DTypePolicy | None = None


class DTypePolicy:
    """Dtype of the weights and dtype of the computation.

    Args:
        name: A dtype name for both, ``"mixed_bfloat16"`` or ``"mixed_float16"``.

    Raises:
        ValueError: ``name`` is neither.

    Example:
        >>> policy = DTypePolicy("mixed_bfloat16")
        >>> policy.variable_dtype, policy.compute_dtype
        ('float32', 'bfloat16')

    Source: Keras API, dtype_policies/DTypePolicy.
    """

    def __init__(self, name: str | None = None) -> None:
        name = config.floatx() if name is None else name
        if not isinstance(name, str):
            raise TypeError(
                f"'name' must be a string, such as 'mixed_float16'. Received: name={name} (of type {type(name)})"
            )
        if name.startswith(("int8", "float8", "int4")) and "_from_" in name:
            raise ValueError(
                f"Quantized policies are not supported: {name!r}. Layers are torch modules: quantize them with torchao."
            )
        self._name = name
        if name in ("mixed_float16", "mixed_bfloat16"):
            self._compute_dtype, self._variable_dtype = name.removeprefix("mixed_"), "float32"
            return
        try:
            dtype = standardize_dtype(name)
        except ValueError as error:
            raise ValueError(
                f"Cannot convert '{name}' to a mixed precision policy. Valid policies include: 'mixed_float16',"
                " 'mixed_bfloat16', and the name of any float dtype such as 'float32'."
            ) from error
        self._compute_dtype = self._variable_dtype = dtype

    name = property(lambda self: self._name, doc="Name of the policy.")
    compute_dtype = property(lambda self: self._compute_dtype, doc="Dtype that layers compute in.")
    variable_dtype = property(lambda self: self._variable_dtype, doc="Dtype of the weights.")
    quantization_mode = property(lambda self: None, doc="None: weights are not quantized.")

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
        return type(self) is type(other) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'


FloatDTypePolicy = DTypePolicy


class DTypePolicyMap(MutableMapping):
    """Policies by the path of a layer; keys may be regular expressions.

    Args:
        default_policy: Policy of the layers that no key matches; None for the global one.
        policy_map: Paths, or regular expressions of them, and policies.

    Example:
        >>> DTypePolicyMap(policy_map={"encoder/dense": DTypePolicy("bfloat16")})["encoder/dense"].name
        'bfloat16'
    """

    def __init__(self, default_policy: Any = None, policy_map: Mapping[str, Any] | None = None) -> None:
        if isinstance(default_policy, DTypePolicyMap):
            raise ValueError("`default_policy` cannot be a `DTypePolicyMap`.")
        if policy_map is not None and not isinstance(policy_map, Mapping):
            raise TypeError(
                f"`policy_map` must be a dictionary. Received: policy_map={policy_map!r} (of type {type(policy_map)})"
            )
        self._default_policy = default_policy
        self._policy_map = dict(policy_map or {})

    @property
    def default_policy(self) -> DTypePolicy:
        """Policy of the layers that no key matches."""
        return dtype_policy() if self._default_policy is None else get(self._default_policy)

    def __getitem__(self, key: str) -> DTypePolicy:
        if key in self._policy_map:
            return self._policy_map[key]
        found = [pattern for pattern in self._policy_map if re.search(pattern, key)]
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
        self._policy_map[key] = get(policy)

    def __delitem__(self, key: str) -> None:
        del self._policy_map[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._policy_map)

    def __len__(self) -> int:
        return len(self._policy_map)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"default_policy": self._default_policy, "policy_map": self._policy_map}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicyMap:
        """Return a new map made from what ``get_config`` returned."""
        config = dict(config)
        config["policy_map"] = {k: get(v) for k, v in (config.get("policy_map") or {}).items()}
        return cls(**config)

    def __repr__(self) -> str:
        return f"<DTypePolicyMap at {hex(id(self))} default_policy={self.default_policy}, mapping={self._policy_map}>"


def dtype_policy() -> DTypePolicy:
    """Return the policy of layers made without one: that of ``floatx`` unless changed."""
    return DTypePolicy(config.floatx()) if _global is None else _global


def set_dtype_policy(policy: Any) -> None:
    """Set the policy of layers made from now on; None for that of ``floatx``.

    Raises:
        ValueError: ``policy`` is no policy or name of one.
    """
    global _global
    _global = None if policy is None else get(policy)


def get(identifier: Any) -> Any:
    """Return the policy of a name, dtype, config or policy; the global one for None.

    Raises:
        ValueError: ``identifier`` is none of these.
    """
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, (DTypePolicy, DTypePolicyMap)):
        return identifier
    if isinstance(identifier, Mapping):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return DTypePolicy(identifier)
    try:
        return DTypePolicy(standardize_dtype(identifier))
    except ValueError as error:
        raise ValueError(
            "Cannot interpret `dtype` argument. Expected a string or an instance of DTypePolicy. Received:"
            f" dtype={identifier}"
        ) from error


def serialize(policy: DTypePolicy | DTypePolicyMap) -> dict[str, Any]:
    """Return the config of a policy in Keras's format."""
    inner = policy.get_config()
    if isinstance(policy, DTypePolicyMap):
        default = inner["default_policy"]
        inner = {
            "default_policy": serialize(default) if isinstance(default, DTypePolicy) else default,
            "policy_map": {k: serialize(v) for k, v in policy._policy_map.items()},
        }
    return {"module": "keras", "class_name": type(policy).__name__, "config": inner, "registered_name": None}


def deserialize(config: Mapping[str, Any], custom_objects: Any = None) -> Any:
    """Return the policy that :func:`serialize` described.

    Raises:
        ValueError: the class is no policy.
    """
    known: dict[str, Any] = {
        "DTypePolicy": DTypePolicy,
        "FloatDTypePolicy": DTypePolicy,
        "Policy": DTypePolicy,
        "DTypePolicyMap": DTypePolicyMap,
    }
    if config.get("class_name") not in known:
        raise ValueError(
            f"Unknown dtype policy {config.get('class_name')!r}. Known: {', '.join(known)}. Quantized policies are not"
            " supported."
        )
    return known[config["class_name"]].from_config(dict(config["config"]))
