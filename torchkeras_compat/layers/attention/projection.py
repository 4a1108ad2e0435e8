"""`HeadProjection`: the dense layers of attention, with one axis of the kernel for the heads."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn

from torchkeras_compat import constraints, initializers, regularizers
from torchkeras_compat.initializers.fans import for_axes
from torchkeras_compat.layers.adaptation.contraction import Contraction
from torchkeras_compat.layers.adaptation.kernel_layer import KernelLayer
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.variables import Layout, Reshaped, Variable


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
        return tensors[0].t().unflatten(0, self.inputs).unflatten(-1, self.outputs)

    def to_torch(self, value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return the weight of the linear module."""
        return (value.reshape(math.prod(self.inputs), math.prod(self.outputs)).t(),)


class SplitLinear(nn.Linear):
    """A linear map of the last axes of its inputs, whose output may have several axes.

    Args:
        linear: Linear module, whose weights it takes over.
        summed_axes: Number of last axes of the inputs that are summed over.
        output_sizes: Sizes of the axes that come out.
    """

    def __init__(self, linear: nn.Linear, summed_axes: int, output_sizes: tuple[int, ...]) -> None:
        super().__init__(linear.in_features, linear.out_features, bias=False, device="meta")
        self.weight, self.bias = linear.weight, linear.bias
        self.summed_axes, self.output_sizes = summed_axes, output_sizes

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the map."""
        x = super().forward(x.flatten(-self.summed_axes))
        return x.unflatten(-1, self.output_sizes)


class HeadProjection(KernelLayer):
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

    _module_name = "linear"
    _splits = True  # False: its module does, which the kernel was adapted in

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
        self._make_torch_module("linear", nn.Linear, math.prod(inputs), math.prod(outputs), bias=self.use_bias)
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

        self.__dict__["_input_rank"] = len(input_shape)

    def _contraction(self) -> Contraction:
        letters = iter("abcdefghijklmnopqrstuvwxyz")
        summed, outputs = (
            "".join(next(letters) for _ in sizes) for sizes in (range(self.summed_axes), self.output_sizes)
        )
        return Contraction(f"...{summed},{summed}{outputs}->...{outputs}", self._input_rank - self.summed_axes)

    def _prepare_module(self) -> None:
        if type(self.linear) is nn.Linear:
            split = SplitLinear(self.linear, self.summed_axes, self.output_sizes)
            self._kernel.attach(split, "weight")
            if self.bias is not None:
                self.bias.attach(split, "bias")
            self._keep_torch_module("linear", split)
            self.__dict__["_splits"] = False

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Project."""
        if not self._splits:
            return self.linear(inputs)
        if self.summed_axes > 1:
            inputs = inputs.flatten(-self.summed_axes)
        x = self.linear(inputs)
        return x if len(self.output_sizes) == 1 else x.view(x.shape[:-1] + self.output_sizes)
