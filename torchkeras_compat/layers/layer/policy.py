"""The dtype policy of a layer: dtypes of weights and computation, and how its weights are quantized."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.dtypes import identifiers as policies
from torchkeras_compat.dtypes.dtype_policy import DTypePolicy
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.dtypes.policy_map import DTypePolicyMap
from torchkeras_compat.dtypes.quantized_policy import QuantizedDTypePolicy
from torchkeras_compat.layers.layer.call_plan import PLANS
from torchkeras_compat.layers.layer.state import LayerState


class Precision(LayerState):
    """The part of `Layer` that follows its dtype policy."""

    @property
    def dtype_policy(self) -> Any:
        """Policy: dtype of the weights and dtype of the computation; or the map of policies that this is one of.

        Setting a quantized policy quantizes a built layer.
        """
        return self._dtype_policy if self._dtype_policy_map is None else self._dtype_policy_map

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        given = policy = policies.get(value)
        state = self.__dict__
        if isinstance(given, DTypePolicyMap):
            policy = given[self.path]
        quantizes = policy.quantization_mode is not None and state["built"] and self.quantization_mode is None
        if quantizes and policy.quantization_mode in ("gptq", "awq"):
            kind = policy.quantization_mode.upper()
            raise ValueError(
                f"Implicitly enabling {kind} quantization by setting `dtype_policy` is not supported: it needs data."
                f" Received: dtype_policy={policy.name!r}. Call `quantize(config=keras.quantizers.{kind}Config(...))`."
            )
        old, new = state.get("_dtype_policy", policy).variable_dtype, policy.variable_dtype
        if old != new and state["built"] and any(v.dtype == old for v in self._variables):
            raise ValueError(
                f"{type(self).__name__} '{self.name}' has weights in {old} already. Received: dtype_policy="
                f"{policy.name!r}, whose weights are {new}. Call `layer.to(torch.{new})`, or set the policy before the"
                " layer is built."
            )
        if policy is not given:
            state["_dtype_policy_map"] = given
        if quantizes and isinstance(policy, QuantizedDTypePolicy):
            self._quantize_by(policy)
        else:
            self._set_policy(policy)

    def _choose_policy(self) -> None:
        """Take the policy that the map has for the layer, now that its path is known."""
        if self._dtype_policy_map is not None:
            self._set_policy(self._dtype_policy_map[self.path])

    def _set_policy(self, policy: DTypePolicy) -> None:
        """Take a policy; a map gets it for this layer, where it had another."""
        state = self.__dict__
        found = self._dtype_policy_map
        if found is not None and found[self.path] != policy:
            found.pop(self.path, None)
            found[self.path] = policy
        state["_dtype_policy"] = policy
        state["_compute_torch_dtype"] = to_torch_dtype(policy.compute_dtype)
        state["_is_mixed"] = self._computes and policy.compute_dtype != policy.variable_dtype
        state["_casts_outputs"] = state["_is_mixed"]
        state["_call_plan"] = None
        PLANS.changed(self)

    def _quantize_by(self, policy: QuantizedDTypePolicy) -> None:
        """Quantize as a policy says."""
        raise NotImplementedError

    @property
    def dtype(self) -> str:
        """Dtype of the weights."""
        return self.variable_dtype

    @property
    def variable_dtype(self) -> str:
        """Dtype of the weights."""
        dtype: str = self._dtype_policy.variable_dtype
        return dtype

    @property
    def compute_dtype(self) -> str:
        """Dtype of the computation."""
        dtype: str = self._dtype_policy.compute_dtype
        return dtype

    @property
    def input_dtype(self) -> str:
        """Dtype that inputs are cast to."""
        dtype: str = self._dtype_policy.compute_dtype
        return dtype

    @property
    def quantization_mode(self) -> str | None:
        """How the weights are quantized: ``"int8"``, ``"int4"``, ``"float8"``, ``"gptq"``, ``"awq"``; None: not."""
        policy = self.__dict__.get("_dtype_policy")
        return None if policy is None else policy.quantization_mode

    def _device_type(self) -> str:
        for tensor in self.parameters():
            return "cpu" if tensor.device.type == "meta" else tensor.device.type
        kind = current_device().type  # that new weights would lie on
        return "cpu" if kind == "meta" else kind

    def _apply(self, fn: Callable[[torch.Tensor], torch.Tensor], recurse: bool = True) -> Self:
        """Follow ``to``, ``half``, ``double``, ...: the policy becomes the dtype that the weights get."""
        module: Any = super()
        module._apply(fn, recurse)
        with torch.no_grad():
            after = fn(torch.zeros((), dtype=to_torch_dtype(self.variable_dtype))).dtype
        if standardize_dtype(after) != self.variable_dtype:
            name = standardize_dtype(after)
            mode = None if self.quantization_mode is None else self._dtype_policy.get_config()["mode"]
            self._set_policy(policies.get(name if mode is None else f"{mode}_from_{name}"))
        return self
