"""`Adapter`: what quantizes the one large weight of a layer, and adds a low-rank product to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from torchkeras_compat import initializers
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.device import weights_device
from torchkeras_compat.dtypes import identifiers as policies
from torchkeras_compat.layers.adaptation.lora import LowRankConvolution, LowRankProduct, LowRankTable
from torchkeras_compat.layers.adaptation.stored import StoredWeight
from torchkeras_compat.layers.layer.adapters import adapter_of, config_to_quantize, in_file_order
from torchkeras_compat.layouts import IDENTITY, Layout
from torchkeras_compat.quantizers.configs import config_of_policy
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer
    from torchkeras_compat.quantizers.quantization_config import QuantizationConfig


class Adapter:
    """Adapts a layer that computes through a torch module: replaces the module, or wraps it.

    An adapter has no state of its own: what it changes lies in the layer and its torch modules, and is copied, moved
    and saved with them.

    Args:
        layer: The layer.
    """

    # Attribute with the torch module that computes, name of the weight, and modes that it can be quantized to, if any.
    module_name: str
    weight_name: str
    modes: tuple[str, ...] = ("int8", "int4")
    # Attributes of the variables that files hold, in Keras's order; those that exist.
    file_order: tuple[str, ...]

    layer: Any  # of the class that the adapter is for

    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    # -- what a subclass says --------------------------------------------------------------------------------------

    def quantize_weights(self, mode: str, config: QuantizationConfig | None) -> None:
        """Replace the weight by its quantized form."""
        raise NotImplementedError

    def prepare_module(self) -> None:
        """Make the module that computes ready to be replaced or wrapped."""

    def add_low_rank(self, a: nn.Parameter, b: nn.Parameter, scaling: float) -> None:
        """Wrap the module that computes."""
        raise NotImplementedError

    def stored(self) -> StoredWeight | None:
        """Return the quantized weight; None where it is not quantized, or still a float."""
        raise NotImplementedError

    def integers(self) -> torch.Tensor | None:
        """Return the quantized weight as its integers."""
        stored = self.stored()
        return None if stored is None else stored.integers()

    @property
    def is_calibrated(self) -> bool:
        """Whether data chose the integers, which the layer then computes with."""
        return False

    def finish_calibration(self, mode: str) -> None:
        """Compute with the integers that ``mode`` chose from now on.

        Raises:
            ValueError: the layer is not quantized by it.
        """
        raise ValueError(
            f"Layer '{self.layer.name}' is not quantized by {mode.upper()}. Received: quantization mode"
            f" {self.layer.quantization_mode}. Call `quantize({mode!r}, config=...)` first."
        )

    # -- the weight ------------------------------------------------------------------------------------------------

    @property
    def module(self) -> nn.Module:
        """The torch module that computes."""
        module: nn.Module = self.layer._modules[self.module_name]
        return module

    def held_weight(self) -> Variable:
        """Return the variable of the weight."""
        weight: Variable = self.layer.__dict__[f"_{self.weight_name}"]
        return weight

    def visible_weight(self) -> Variable | torch.Tensor | None:
        """Return the weight as users see it: the variable, or a tensor where several make it."""
        if self.layer.lora_enabled:
            return self.merged_weight()
        integers = self.integers()
        held: Variable | None = self.layer.__dict__.get(f"_{self.weight_name}")
        return held if integers is None or (held is not None and integers is held.parameter) else integers

    def merged_weight(self) -> torch.Tensor:
        """Return the weight as a float, with what the low-rank adapter adds, in Keras's layout."""
        stored = self.stored()
        weight = self.held_weight().value if stored is None else stored.dequantize()
        low_rank = self.low_rank()
        return weight if low_rank is None else (weight + low_rank.delta()).to(self.layer._compute_torch_dtype)

    def low_rank(self) -> LowRankConvolution | LowRankProduct | LowRankTable | None:
        """Return the torch module of the low-rank adapter."""
        module: Any = self.layer._modules.get(self.module_name)
        while not (module is None or isinstance(module, (LowRankConvolution, LowRankProduct, LowRankTable))):
            module = getattr(module, "base_layer", None)
        return module

    def replace_module(self, module: nn.Module) -> None:
        """Put another module in the place of the one with the weight, inside a low-rank adapter if there is one."""
        low_rank = self.low_rank()
        if low_rank is None:
            self.layer._keep_torch_module(self.module_name, module)
        else:
            low_rank.base_layer = module

    def list_stored(self, name: str, weight: StoredWeight, scale_layout: Layout, attribute: str | None = None) -> None:
        """List what makes up a quantized weight as variables: integers, scale, and zero points where it has groups."""
        self.list_tensor(name, weight, "values", attribute=attribute)
        self.list_tensor(f"{name}_scale", weight, "scale", scale_layout if weight.zero is None else IDENTITY)
        if weight.zero is not None:
            self.list_tensor(f"{name}_zero", weight, "zero")

    def list_tensor(
        self,
        name: str,
        module: nn.Module,
        key: str,
        layout: Layout = IDENTITY,
        trainable: bool = False,
        regularizer: Any = None,
        attribute: str | None = None,
    ) -> Variable:
        """List a tensor of a torch module as a variable of the layer, in place of the one of that name before."""
        layer: Layer = self.layer
        variable = layer._add_weight_view(name, [(module, key)], None, layout, regularizer, trainable=trainable)
        setattr(layer, attribute or name, variable)
        Variable.trainable_changes += 1
        return variable

    # -- quantization ----------------------------------------------------------------------------------------------

    def quantize(self, mode: str | None, type_check: bool, config: Any) -> None:
        """Do what `Layer.quantize` says."""
        layer = self.layer
        config = config_to_quantize(layer, mode, config)
        if type_check:
            check_class(layer)
        self.check_mode(config.mode)
        policy = policies.get(f"{_spelled(config.mode, config)}_from_{layer._dtype_policy.name}")
        self.adapt_weights(config.mode, config)
        layer.quantization_config = config
        layer._set_policy(policy)
        layer._plan_call()

    def check_mode(self, mode: str | None) -> None:
        """Refuse a mode that the layer does not have.

        Raises:
            NotImplementedError: ``mode`` is one, or None.
        """
        if mode not in self.modes:
            raise NotImplementedError(
                f"Invalid quantization mode. Expected one of {self.modes}. Received: quantization_mode={mode}"
            )

    def adapt_weights(self, mode: str, config: QuantizationConfig | None) -> None:
        """Quantize the weights of a built layer."""
        self.prepare_module()
        self.quantize_weights(mode, config)
        self.layer.__dict__["_is_adapted"] = True

    def quantized_build(self, mode: str | None, config: QuantizationConfig | None = None) -> None:
        """Do what `Layer.quantized_build` says."""
        self.check_mode(mode)
        self.adapt_weights(str(mode), self.layer.quantization_config if config is None else config)

    def on_built(self) -> None:
        """Adapt the new weights as the policy and the arguments of the constructor say."""
        layer = self.layer
        mode = layer.quantization_mode
        if mode is not None and self.modes:
            config = layer.quantization_config
            if config is None:
                config = config_of_policy(layer._dtype_policy)
            self.check_mode(mode)
            self.adapt_weights(mode, config)
        if layer.lora_rank:
            layer.enable_lora(layer.lora_rank, layer.lora_alpha)

    # -- low-rank adapters -----------------------------------------------------------------------------------------

    def enable_lora(self, rank: int, lora_alpha: float | None, a_initializer: Any, b_initializer: Any) -> None:
        """Do what `Dense.enable_lora` says."""
        layer, name = self.layer, self.weight_name
        if getattr(layer, f"{name}_constraint") is not None:
            raise ValueError(
                f"Lora is incompatible with {name.removesuffix('s')} constraints. Remove the argument"
                f" `{name}_constraint` of {type(layer).__name__} '{layer.name}'."
            )
        if not layer.built:
            raise ValueError("Cannot enable lora on a layer that isn't yet built. Call `build(input_shape)` first.")
        if layer.lora_enabled:
            raise ValueError("lora is already enabled. This can only be done once per layer.")
        if layer.quantization_mode in ("gptq", "awq"):
            raise NotImplementedError(
                f"lora is not currently supported with {layer.quantization_mode.upper()} quantization. Use 'int4'."
            )
        _check_rank(rank)
        alpha = rank if lora_alpha is None else lora_alpha
        weight = self.merged_weight()
        with weights_device(), torch.no_grad():
            a = initializers.get(a_initializer)((*weight.shape[:-1], rank), dtype="float32")
            b = initializers.get(b_initializer)((rank, weight.shape[-1]), dtype="float32")
        self.prepare_module()
        self.add_low_rank(nn.Parameter(a.to(weight.device)), nn.Parameter(b.to(weight.device)), alpha / rank)
        layer.__dict__["_is_adapted"] = True
        layer.lora_enabled, layer.lora_rank, layer.lora_alpha = True, rank, alpha
        self.held_weight().trainable = False
        low_rank, regularizer = self.low_rank(), getattr(layer, f"{name}_regularizer")
        assert low_rank is not None
        for side in ("a", "b"):
            self.list_tensor(f"lora_{name}_{side}", low_rank, f"lora_{side}", IDENTITY, True, regularizer)
        layer._plan_call()

    # -- arguments, configs and files ------------------------------------------------------------------------------

    def keep_arguments(self, lora_rank: int | None, lora_alpha: float | None, quantization_config: Any) -> None:
        """Set the attributes that :meth:`on_built` follows.

        Raises:
            ValueError: ``lora_rank`` is not a positive int.
        """
        if lora_rank is not None:
            _check_rank(lora_rank)
        self.layer.lora_rank = lora_rank
        self.layer.lora_alpha = lora_rank if lora_alpha is None else lora_alpha
        if isinstance(quantization_config, Mapping):
            quantization_config = deserialize_as("quantization_configs", dict(quantization_config))
        self.layer.quantization_config = quantization_config

    def get_config(self) -> dict[str, Any]:
        """Return what :meth:`keep_arguments` takes, as configs hold it."""
        layer = self.layer
        config = {}
        if hasattr(layer, "quantization_config"):
            config["quantization_config"] = serialize_keras_object(layer.quantization_config)
        if layer.lora_rank:
            config.update(lora_rank=layer.lora_rank, lora_alpha=layer.lora_alpha)
        return config

    def file_variables(self) -> list[Variable]:
        """Return the variables that files hold of an adapted layer: the integers, or the weight with the product."""
        layer = self.layer
        left_out = [layer.__dict__.get(f"lora_{self.weight_name}_{side}") for side in "ab"]
        if "quantized_kernel" in layer.__dict__:  # of a weight that data calibrates files hold only the integers
            left_out.append(layer.__dict__.get("_kernel"))
        return in_file_order(layer, self.file_order, left_out)

    def file_values(self) -> Sequence[Variable | torch.Tensor]:
        """Return what files hold: the variables, or values in their place."""
        variables = self.file_variables()
        if not self.layer.lora_enabled:
            return variables
        values: dict[int, torch.Tensor] = {}
        merged, stored = self.merged_weight().detach(), self.stored()
        if stored is None:
            values[id(self.held_weight())] = merged
        else:
            buffers = stored.quantize(merged)
            for v in variables:
                for key, tensor in buffers.items():
                    if tensor is not None and v.parameters[0] is stored._buffers[key]:
                        values[id(v)] = v.to_keras_layout(tensor)
        return [values.get(id(v), v) for v in variables]

    def on_loaded(self) -> None:
        """Follow up that the variables got their values from a file."""
        low_rank = self.low_rank()
        if low_rank is not None:  # files hold the sum
            with torch.no_grad():
                low_rank.lora_a.zero_()
                low_rank.lora_b.zero_()


def group_size(config: QuantizationConfig | None) -> int | None:
    """Return how many values share a scale in int4; None for all along the summed axes."""
    size: int | None = getattr(config, "block_size", None)
    return None if size in (None, -1) else size


def check_class(layer: Layer) -> None:
    """Refuse a subclass of the layers in the table, which may compute otherwise.

    Raises:
        NotImplementedError: ``layer`` is of one.
    """
    if type(layer) not in adapter_of.registry:
        raise NotImplementedError(
            f"Layer {type(layer).__name__} does not have a `quantize` method implemented: it may compute otherwise than"
            " its base class. Pass `type_check=False` if it does not."
        )


def _spelled(mode: str, config: Any) -> str:
    """Return the mode as policies spell it: with its numbers."""
    if mode == "int4":
        return f"int4/{group_size(config) or -1}"
    return config.dtype_policy_string() if mode in ("gptq", "awq") else mode


def _check_rank(rank: Any) -> None:
    if isinstance(rank, bool) or not isinstance(rank, int) or rank < 1:
        raise ValueError(f"The rank of LoRA is a positive int. Received: rank={rank!r}")
