"""`AdaptableLayer`: a layer whose one large weight can be quantized, and gets a low-rank adapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat import initializers
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.device import weights_device
from torchkeras_compat.dtypes import identifiers as policies
from torchkeras_compat.dtypes.quantized_policy import Int4DTypePolicy
from torchkeras_compat.layers.adaptation.lora import LowRankProduct, LowRankTable
from torchkeras_compat.layers.adaptation.stored import StoredWeight
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layouts import IDENTITY, Layout
from torchkeras_compat.own_code import is_own
from torchkeras_compat.quantizers.configs import Int4QuantizationConfig
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.variables import Variable


class AdaptableLayer(Layer):
    """Base of the layers that ``quantize`` and ``enable_lora`` work on.

    The layer computes through a torch module, which both replace or wrap: a layer that was not adapted costs nothing
    more.

    Args:
        lora_rank: Rank of the adapter that the layer gets when it is built; None for none.
        lora_alpha: The adapter is scaled by ``lora_alpha / lora_rank``; None for ``lora_rank``.
        quantization_config: How the weight of a layer with a quantized dtype is quantized.
        kwargs: Arguments of `Layer`.
    """

    # Attribute with the torch module that computes, name of the weight, and the modes that it can be quantized to.
    _module_name: str
    _weight_name: str
    _modes: tuple[str, ...] = ("int8", "int4")
    # Attributes of the variables that files hold, in Keras's order; those that exist.
    _file_order: tuple[str, ...]

    def __init__(
        self,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if lora_rank is not None:
            _check_rank(lora_rank)
        self.lora_rank = lora_rank
        self.lora_alpha = lora_rank if lora_alpha is None else lora_alpha
        self.lora_enabled = False
        if isinstance(quantization_config, Mapping):
            quantization_config = deserialize_as("quantization_configs", dict(quantization_config))
        self.quantization_config = quantization_config

    # -- what a subclass says --------------------------------------------------------------------------------------

    def _quantize_weights(self, mode: str, config: Any) -> None:
        """Replace the weight by its quantized form."""
        raise NotImplementedError

    def _prepare_module(self) -> None:
        """Make the module that computes ready to be replaced or wrapped."""

    def _add_adapter(self, a: nn.Parameter, b: nn.Parameter, scaling: float) -> None:
        """Wrap the module that computes."""
        raise NotImplementedError

    def _stored(self) -> StoredWeight | None:
        """Return the quantized weight; None where it is not quantized, or still a float."""
        raise NotImplementedError

    def _integers(self) -> Any:
        """Return the quantized weight as its integers."""
        stored = self._stored()
        return None if stored is None else stored.integers()

    # -- the weight ------------------------------------------------------------------------------------------------

    def _held_weight(self) -> Variable:
        return self.__dict__[f"_{self._weight_name}"]

    def _visible_weight(self) -> Any:
        """The weight as users see it: the variable, or a tensor where several make it."""
        if not self.built and f"_{self._weight_name}" not in self.__dict__:
            raise AttributeError(f"You must build the layer before accessing `{self._weight_name}`.")
        if self.lora_enabled:
            return self._merged_weight()
        integers = self._integers()
        held = self.__dict__.get(f"_{self._weight_name}")
        return held if integers is None or (held is not None and integers is held.parameter) else integers

    def _set_weight(self, value: Any) -> None:
        """Take a weight from a subclass that makes its own."""
        self._forget(f"_{self._weight_name}")
        if isinstance(value, Variable):
            self._register_variable(value, self._weight_name)
        self.__dict__[f"_{self._weight_name}"] = value

    def _merged_weight(self) -> torch.Tensor:
        """Return the weight as a float, with what the adapter adds, in Keras's layout."""
        stored = self._stored()
        weight = self._held_weight().value if stored is None else stored.dequantize()
        adapter = self._adapter()
        return weight if adapter is None else (weight + adapter.delta()).to(self._compute_torch_dtype)

    def _adapter(self) -> LowRankProduct | LowRankTable | None:
        module: Any = getattr(self, self._module_name, None)
        while not (module is None or isinstance(module, (LowRankProduct, LowRankTable))):
            module = getattr(module, "base_layer", None)
        return module

    def _replace_module(self, module: nn.Module) -> None:
        """Put another module in the place of the one with the weight, inside an adapter if there is one."""
        adapter = self._adapter()
        if adapter is None:
            self._keep_torch_module(self._module_name, module)
        else:
            adapter.base_layer = module

    def _list_stored(self, name: str, weight: StoredWeight, scale_layout: Layout, attribute: str | None = None) -> None:
        """List what makes up a quantized weight as variables: integers, scale, and zero points where it has groups."""
        self._list(name, weight, "values", attribute=attribute)
        self._list(f"{name}_scale", weight, "scale", scale_layout if weight.zero is None else IDENTITY)
        if weight.zero is not None:
            self._list(f"{name}_zero", weight, "zero")

    def _list(
        self,
        name: str,
        module: nn.Module,
        key: str,
        layout: Layout = IDENTITY,
        trainable: bool = False,
        regularizer: Any = None,
        attribute: str | None = None,
    ) -> Variable:
        """List a tensor of a torch module as a variable of this layer, in place of the one of that name before."""
        variable = self._add_weight_view(name, [(module, key)], None, layout, regularizer, trainable=trainable)
        setattr(self, attribute or name, variable)
        Variable.trainable_changes += 1
        return variable

    # -- quantization ----------------------------------------------------------------------------------------------

    def quantize(self, mode: str | None = None, type_check: bool = True, config: Any = None) -> None:
        """Store the weight in few bits, and compute with that from now on.

        Args:
            mode: ``"int8"``, ``"int4"`` or ``"float8"``, as far as the layer can; None for that of ``config``.
            type_check: Whether subclasses from outside the package, which may compute otherwise, are refused.
            config: `QuantizationConfig`; None for the default one of ``mode``.

        Raises:
            ValueError: the layer is not built or quantized already, or mode and config do not fit.
            NotImplementedError: the layer cannot be quantized to ``mode``, or is of a subclass.

        Example:
            >>> from torchkeras_compat import layers
            >>> layer = layers.Dense(3)
            >>> layer.build((None, 4))
            >>> layer.quantize("int8")
            >>> layer.dtype_policy.name, layer.kernel.dtype
            ('int8_from_float32', 'int8')

        Source: Keras API, Layer.quantize.
        """
        if type_check:
            check_class(self)
        self._check_mode(mode)
        assert mode is not None
        policy = policies.get(f"{_spelled(mode, config)}_from_{self._dtype_policy.name}")
        self._prepare_module()
        self._quantize_weights(mode, config)
        self.quantization_config = config
        self._set_policy(policy)
        self._plan_call()

    def _check_mode(self, mode: Any) -> None:
        if mode not in self._modes:
            raise NotImplementedError(
                f"Invalid quantization mode. Expected one of {self._modes}. Received: quantization_mode={mode}"
            )

    def quantized_build(self, input_shape: Any, mode: str | None) -> None:
        """Quantize the weight to a mode: what ``build`` does for a layer with a quantized dtype.

        Args:
            input_shape: Not used: the weight is there.
            mode: See :meth:`quantize`.

        Raises:
            NotImplementedError: the layer cannot be quantized to ``mode``.
        """
        self._check_mode(mode)
        self._prepare_module()
        self._quantize_weights(mode, self.quantization_config)  # type: ignore[arg-type]

    def quantized_call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the quantized layer, which ``call`` does too.

        Raises:
            NotImplementedError: the layer is not quantized.
        """
        self._check_mode(self.quantization_mode)
        return self.call(*args, **kwargs)

    def _on_built(self) -> None:
        if self.quantization_mode is not None:
            config = self.quantization_config
            if config is None and isinstance(self._dtype_policy, Int4DTypePolicy):
                config = Int4QuantizationConfig(block_size=self._dtype_policy.block_size)
            self._check_mode(self.quantization_mode)
            self._prepare_module()
            self._quantize_weights(self.quantization_mode, config)
        if self.lora_rank:
            self.enable_lora(self.lora_rank, self.lora_alpha)

    @property
    def _int4_block_size(self) -> int | None:
        """Neighbouring weights that share a scale in int4, as the config says."""
        return getattr(self.quantization_config, "block_size", None)

    # -- low-rank adapters -----------------------------------------------------------------------------------------

    def enable_lora(
        self,
        rank: int,
        lora_alpha: float | None = None,
        a_initializer: Any = "he_uniform",
        b_initializer: Any = "zeros",
    ) -> None:
        """Freeze the weight and train a product of two small matrices that is added to it.

        Args:
            rank: Size between the two.
            lora_alpha: The product is scaled by ``lora_alpha / rank``; None for ``rank``.
            a_initializer: Initializer of the first, of the weight's shape with ``rank`` as last size.
            b_initializer: Initializer of the second, ``(rank, last size)``.

        Raises:
            ValueError: the layer is not built, has an adapter already, or constrains its weight.
            NotImplementedError: the weight is quantized by GPTQ or AWQ.

        Example:
            >>> from torchkeras_compat import layers
            >>> layer = layers.Dense(3, use_bias=False)
            >>> layer.build((None, 4))
            >>> layer.enable_lora(2)
            >>> [v.name for v in layer.trainable_variables]
            ['lora_kernel_a', 'lora_kernel_b']

        Source: Hu et al. 2021, section 4.1; Keras API, Dense.enable_lora.
        """
        name = self._weight_name
        if getattr(self, f"{name}_constraint") is not None:
            raise ValueError(
                f"Lora is incompatible with {name.removesuffix('s')} constraints. Remove the argument"
                f" `{name}_constraint` of {type(self).__name__} '{self.name}'."
            )
        if not self.built:
            raise ValueError("Cannot enable lora on a layer that isn't yet built. Call `build(input_shape)` first.")
        if self.lora_enabled:
            raise ValueError("lora is already enabled. This can only be done once per layer.")
        if self.quantization_mode in ("gptq", "awq"):
            raise NotImplementedError(
                f"lora is not currently supported with {self.quantization_mode.upper()} quantization. Use 'int4'."
            )
        _check_rank(rank)
        alpha = rank if lora_alpha is None else lora_alpha
        weight = self._merged_weight()
        with weights_device(), torch.no_grad():
            a = initializers.get(a_initializer)((*weight.shape[:-1], rank), dtype="float32")
            b = initializers.get(b_initializer)((rank, weight.shape[-1]), dtype="float32")
        self._prepare_module()
        self._add_adapter(nn.Parameter(a.to(weight.device)), nn.Parameter(b.to(weight.device)), alpha / rank)
        self.lora_enabled, self.lora_rank, self.lora_alpha = True, rank, alpha
        self._held_weight().trainable = False
        adapter, regularizer = self._adapter(), getattr(self, f"{name}_regularizer")
        assert adapter is not None
        for side in ("a", "b"):
            self._list(f"lora_{name}_{side}", adapter, f"lora_{side}", IDENTITY, True, regularizer)
        self._plan_call()

    # -- files and configs -----------------------------------------------------------------------------------------

    def _file_variables(self) -> list[Variable]:
        if not self.built:
            return []
        known = [self.__dict__.get(name) for name in self._file_order]
        # A file has the weight with the adapter added, and of one that data calibrates only the integers.
        left_out = [self.__dict__.get(f"lora_{self._weight_name}_{side}") for side in "ab"]
        if "quantized_kernel" in self.__dict__:
            left_out.append(self.__dict__.get("_kernel"))
        unlisted = {id(v) for v in left_out}
        kept = [v for v in known if isinstance(v, Variable) and id(v) not in unlisted]
        listed = unlisted | {id(v) for v in kept}
        return [*kept, *(v for v in self._own_variables() if id(v) not in listed)]

    def _file_values(self) -> Sequence[Variable | torch.Tensor]:
        variables = self._file_variables()
        if not self.lora_enabled:
            return variables
        values: dict[int, torch.Tensor] = {}
        merged, stored = self._merged_weight().detach(), self._stored()
        if stored is None:
            values[id(self._held_weight())] = merged
        else:
            buffers = stored.quantize(merged)
            for v in variables:
                for key, tensor in buffers.items():
                    if tensor is not None and v.parameters[0] is stored._buffers[key]:
                        values[id(v)] = v.to_keras_layout(tensor)
        return [values.get(id(v), v) for v in variables]

    def _on_loaded(self) -> None:
        adapter = self._adapter()
        if adapter is not None:  # files hold the sum
            with torch.no_grad():
                adapter.lora_a.zero_()
                adapter.lora_b.zero_()

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if self.quantization_config is not None:
            config["quantization_config"] = serialize_keras_object(self.quantization_config)
        if self.lora_rank:
            config.update(lora_rank=self.lora_rank, lora_alpha=self.lora_alpha)
        return config


def group_size(config: Any) -> int | None:
    """Return how many values share a scale in int4; None for all along the summed axes."""
    size = getattr(config, "block_size", None)
    return None if size in (None, -1) else size


def check_class(layer: AdaptableLayer) -> None:
    """Refuse a subclass from outside the package, which may compute otherwise.

    Raises:
        NotImplementedError: ``layer`` is of one.
    """
    if not is_own(type(layer)):
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
