"""`Dense`: the fully connected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from torchkeras_compat import activations, constraints, initializers, regularizers
from torchkeras_compat.activations.identifiers import keeps_shape
from torchkeras_compat.layers.activated import Activated
from torchkeras_compat.layers.core.linear_kernel import is_wide, linear
from torchkeras_compat.layers.layer import adaptable
from torchkeras_compat.layers.layer.adapters import adapter_of
from torchkeras_compat.layers.layer.config_items import config_items
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layouts import Permuted
from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    from torchkeras_compat.layers.adaptation.dense import DenseAdapter
    from torchkeras_compat.quantizers.quantization_config import QuantizationConfig


class Dense(Activated):
    """Fully connected layer: ``activation(inputs @ kernel + bias)`` over the last axis.

    Computes through ``self.linear``, a ``torch.nn.Linear``; ``kernel`` is its weight in Keras's layout.
    ``quantize`` and ``enable_lora`` replace or wrap it.

    Args:
        units: Width of the output, a positive int.
        activation: Name, callable or ``torch.nn.Module``; None for the identity.
        use_bias: Whether to add a bias.
        kernel_initializer: Initializer of the kernel.
        bias_initializer: Initializer of the bias.
        kernel_regularizer: Penalty of the kernel, added to the loss.
        bias_regularizer: Penalty of the bias.
        activity_regularizer: Penalty of the output.
        kernel_constraint: Applied to the kernel after each update.
        bias_constraint: Applied to the bias after each update.
        lora_rank: Rank of the low-rank adapter that ``build`` adds; None for none. See ``enable_lora``.
        lora_alpha: The adapter is scaled by ``lora_alpha / lora_rank``; None for ``lora_rank``.
        quantization_config: `QuantizationConfig` of a layer with a quantized ``dtype`` such as ``"int8_from_float32"``.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, ..., features)``; integers are cast to the compute dtype.
    Output shape:
        ``(batch, ..., units)``, in the compute dtype of the policy.

    Raises:
        ValueError: ``units`` or ``lora_rank`` is not a positive int, or ``features`` differs from the one it was built
            for.

    Example:
        >>> Dense(3)(torch.zeros(2, 4)).shape
        torch.Size([2, 3])

    Source: Keras API, layers/Dense. Initial kernel: Glorot and Bengio 2010, eq. 16.
    """

    _takes_integers = False
    _file_order = ("_kernel", "bias")
    linear: nn.Linear

    # What `quantize`, `enable_lora` and the arguments for them leave on a layer; a plain one has nothing of it.
    lora_rank: int | None = None
    lora_alpha: float | None = None
    lora_enabled = False
    _is_wide = False
    quantization_config: QuantizationConfig | None = None
    _int4_block_size = adaptable.int4_block_size
    enable_lora = adaptable.enable_lora
    kernel = adaptable.weight_property(
        "kernel", "The kernel: its variable; the integers where it is quantized; a tensor with the adapter added."
    )
    is_gptq_calibrated = adaptable.calibration_property("gptq")
    is_awq_calibrated = adaptable.calibration_property("awq")

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        adaptable.keep_arguments(self, lora_rank, lora_alpha, quantization_config)
        if isinstance(units, bool) or not isinstance(units, int) or units <= 0:
            raise ValueError(
                f"Received an invalid value for `units`, expected a positive integer. Received: units={units}"
            )
        self.units = units
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True
        self.bias: Variable | None = None

    def build(self, input_shape: Any) -> None:
        features = input_shape[-1]
        if features is None:
            raise ValueError(
                f"Dense '{self.name}' needs to know the size of the last axis of its input. Received shape"
                f" {tuple(input_shape)}."
            )
        self._make_torch_module("linear", nn.Linear, features, self.units, bias=self.use_bias)
        self.__dict__["_is_wide"] = is_wide(features, self.units)
        self._kernel = self._add_weight_view(
            "kernel",
            [(self.linear, "weight")],
            self.kernel_initializer,
            Permuted(1, 0),
            self.kernel_regularizer,
            self.kernel_constraint,
        )
        if self.use_bias:
            self.bias = self._add_weight_view(
                "bias",
                [(self.linear, "bias")],
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: features})

    def call(self, inputs: torch.Tensor, training: bool | None = None) -> torch.Tensor:
        """Compute the layer, in either mode the same way."""
        x: torch.Tensor = linear(self.linear, inputs) if self._is_wide else self.linear(inputs)
        return x if self._activate is None else self._activate(x)

    def _known_output_shape(self, input_shape: Any) -> tuple[int | None, ...] | None:
        return (*input_shape[:-1], self.units) if keeps_shape(self.activation) else None

    def get_config(self) -> dict[str, Any]:
        names = (
            "units",
            "activation",
            "use_bias",
            "kernel_initializer",
            "bias_initializer",
            "kernel_regularizer",
            "bias_regularizer",
            "kernel_constraint",
            "bias_constraint",
        )
        return {**super().get_config(), **config_items(self, names), **adaptable.kept_arguments(self)}


@adapter_of.register(Dense)
def _adapter(layer: Dense) -> DenseAdapter:
    # With the quantizers, which few models need (40 ms).
    from torchkeras_compat.layers.adaptation.dense import DenseAdapter

    return DenseAdapter(layer)
