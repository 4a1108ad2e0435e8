"""`HeadProjection`: the dense layers of attention, with one axis of the kernel for the heads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from torchkeras_compat import constraints, initializers, regularizers
from torchkeras_compat.initializers.fans import for_axes
from torchkeras_compat.layers.core.linear_kernel import is_wide, linear
from torchkeras_compat.layers.layer import adaptable
from torchkeras_compat.layers.layer.adapters import adapter_of
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layouts import Layout, Reshaped
from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    from torchkeras_compat.layers.adaptation.head_projection import HeadProjectionAdapter
    from torchkeras_compat.quantizers.quantization_config import QuantizationConfig


class SplitKernel(Layout):
    """Keras's kernel ``(*inputs, *outputs)`` over a linear weight ``(prod(outputs), prod(inputs))``: a view.

    Args:
        inputs: Sizes of the axes that are summed over.
        outputs: Sizes of the axes that come out.
    """

    def __init__(self, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> None:
        self.inputs = inputs
        self.outputs = outputs

    def to_keras(self, *tensors: torch.Tensor) -> torch.Tensor:
        """Return the kernel."""
        return torch.unflatten(torch.unflatten(tensors[0].t(), 0, self.inputs), -1, self.outputs)

    def to_torch(self, value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return the weight of the linear module."""
        return (value.reshape(math.prod(self.inputs), math.prod(self.outputs)).t(),)


class HeadProjection(Layer):
    """Linear map of the last axes of its input, whose output may have several axes.

    Computes through ``self.linear``, a ``torch.nn.Linear``; ``kernel`` and ``bias`` are its weight and bias in Keras's
    layout, ``(*inputs, *outputs)`` and ``outputs``.

    Args:
        output_sizes: Sizes of the axes that come out, such as ``(heads, key_dim)``.
        summed_axes: Number of last axes of the input that are summed over.
        use_bias: Whether to add a bias.
        kernel_initializer: Initializer of the kernel.
        bias_initializer: Initializer of the bias.
        kernel_regularizer: Penalty of the kernel, added to the loss.
        bias_regularizer: Penalty of the bias.
        activity_regularizer: Penalty of the output.
        kernel_constraint: Applied to the kernel after each update.
        bias_constraint: Applied to the bias after each update.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: the size of a summed axis is unknown, or another than at first.

    Example:
        >>> HeadProjection((2, 4))(torch.zeros(1, 5, 8)).shape
        torch.Size([1, 5, 2, 4])
    """

    _file_order = ("_kernel", "bias")
    linear: nn.Linear
    _is_wide = False
    output_sizes: tuple[int, ...]
    # How many last axes `call` flattens, and into which sizes it splits the last one.
    _flattened_axes: int
    _split_sizes: tuple[int, ...]

    # What `quantize`, `enable_lora` and the arguments for them leave on a layer; a plain one has nothing of it.
    lora_rank: int | None = None
    lora_alpha: float | None = None
    lora_enabled = False
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
        output_sizes: tuple[int, ...],
        summed_axes: int = 1,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.supports_masking = True
        # Plain tuples: sizes are not structures to look for layers in.
        self.__dict__["output_sizes"] = tuple(output_sizes)
        self.summed_axes = summed_axes
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.bias: Variable | None = None

    def build(self, input_shape: Any) -> None:
        inputs = tuple(input_shape[len(input_shape) - self.summed_axes :])
        if None in inputs:
            raise ValueError(
                f"The projection '{self.path}' needs to know the size of the last axis of its input. Received shape"
                f" {tuple(input_shape)}."
            )
        outputs = self.output_sizes
        axes = range(len(inputs) + len(outputs))
        features, units = math.prod(inputs), math.prod(outputs)
        self._make_torch_module("linear", nn.Linear, features, units, bias=self.use_bias)
        self.__dict__["_is_wide"] = is_wide(features, units)
        self._kernel = self._add_weight_view(
            "kernel",
            [(self.linear, "weight")],
            for_axes(self.kernel_initializer, axes[: len(inputs)], axes[len(inputs) :]),
            SplitKernel(inputs, outputs),
            self.kernel_regularizer,
            self.kernel_constraint,
        )
        if self.use_bias:
            self.bias = self._add_weight_view(
                "bias",
                [(self.linear, "bias")],
                self.bias_initializer,
                Reshaped(*outputs),
                self.bias_regularizer,
                self.bias_constraint,
            )
        self.input_spec = InputSpec(
            min_ndim=self.summed_axes + 1, axes={d - self.summed_axes: n for d, n in enumerate(inputs)}
        )
        self._shape_output(self.summed_axes, outputs)

    def _shape_output(self, flattened_axes: int, output_sizes: tuple[int, ...]) -> None:
        """Set what ``call`` does with shapes: nothing for one axis, or where its torch module does it."""
        self.__dict__["_flattened_axes"] = flattened_axes if flattened_axes > 1 else 0
        self.__dict__["_split_sizes"] = output_sizes if len(output_sizes) > 1 else ()

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Project."""
        if self._flattened_axes:
            inputs = inputs.flatten(-self._flattened_axes)
        x: torch.Tensor = linear(self.linear, inputs) if self._is_wide else self.linear(inputs)
        return x.view(x.shape[:-1] + self._split_sizes) if self._split_sizes else x

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **adaptable.kept_arguments(self)}


@adapter_of.register(HeadProjection)
def _adapter(layer: HeadProjection) -> HeadProjectionAdapter:
    # With the quantizers, which few models need (40 ms).
    from torchkeras_compat.layers.adaptation.head_projection import HeadProjectionAdapter

    return HeadProjectionAdapter(layer)
