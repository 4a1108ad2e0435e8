"""What all convolutions have in common: their arguments, padding, bias and activation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from torchkeras_compat import activations, constraints, initializers, regularizers
from torchkeras_compat.layers.activated import Activated
from torchkeras_compat.layers.convolutional.sliced_conv import SlicedConv2d
from torchkeras_compat.layers.layer.config_items import config_items
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.spatial import SpatialLayer
from torchkeras_compat.layouts import Permuted
from torchkeras_compat.ops.padding import (
    Pads,
    causal_padding,
    check_padding,
    output_size,
    per_axis,
    same_paddings,
    symmetric,
)
from torchkeras_compat.ops.strided_pointwise import may_overrun
from torchkeras_compat.variables import Variable

Sizes = int | Sequence[int]

WINDOW = ("kernel_size", "strides", "padding", "data_format", "dilation_rate")

MODULES: dict[int, type[nn.Module]] = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}


class Convolution(Activated, SpatialLayer):
    """Base of the convolutions: windows of the inputs times a kernel, plus a bias, then an activation."""

    _takes_integers = False
    _checks_spec_before_build = True
    _allows_causal = True
    _fixed = frozenset({"strides", "padding", "dilation_rate"})
    _config_names: tuple[str, ...] = ()  # the arguments, in the order of Keras's configs

    bias: Variable | None
    # The padding that the torch module does not add: the same for all inputs, or found for each of their sizes.
    _pads: Pads | None
    _pads_by_size: dict[torch.Size, Pads] | None

    def _set_windows(
        self,
        kernel_size: Sizes,
        strides: Sizes,
        padding: str,
        data_format: str | None,
        dilation_rate: Sizes,
    ) -> None:
        """Check and keep the arguments that say where the windows lie.

        Raises:
            ValueError: one of them is not a positive int or a tuple of ``rank`` positive ints, the padding is unknown,
                or both strides and dilation are larger than 1.
        """
        self._set_data_format(data_format)
        self.kernel_size = per_axis(kernel_size, self.rank, "kernel_size")
        self.strides = per_axis(strides, self.rank, "strides")
        self.dilation_rate = per_axis(dilation_rate, self.rank, "dilation_rate")
        allowed = ("valid", "same", "causal") if self.rank == 1 and self._allows_causal else ("valid", "same")
        self.padding = check_padding(padding, allowed)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received:"
                f" strides={self.strides} and dilation_rate={self.dilation_rate}"
            )

    def _set_bias(self, activation: Any, use_bias: bool, initializer: Any, regularizer: Any, constraint: Any) -> None:
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.bias_initializer = initializers.get(initializer)
        self.bias_regularizer = regularizers.get(regularizer)
        self.bias_constraint = constraints.get(constraint)
        self.bias = None
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _set_channels(self, input_shape: Sequence[int | None]) -> int:
        """Return the number of input channels, and expect it from here on.

        Raises:
            ValueError: it is not known.
        """
        channels = input_shape[self._channel_axis]
        if channels is None:
            raise ValueError(
                f"The channel dimension of the inputs should be defined. The input_shape received is {input_shape}, "
                f"where axis {self._channel_axis} (0-based) is the channel dimension, which found to be `None`."
            )
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={self._channel_axis: channels})
        return channels

    def _make_convolution(self, name: str, channels: int, filters: int, groups: int, use_bias: bool) -> nn.Module:
        """Make the torch module of the windows, which pads by itself where both sides are padded alike."""
        pads = self._fixed_pads()
        both = symmetric(pads) if pads is not None else None
        state = self.__dict__  # the attribute hook would track the containers, and a module as a child
        state["_pads"] = pads if both is None else None
        state["_pads_by_size"] = {} if pads is None else None
        is_unsafe = may_overrun(channels, self.kernel_size, self.strides, groups)
        module = self._make_torch_module(
            name,
            SlicedConv2d if is_unsafe else MODULES[self.rank],
            channels,
            filters,
            self.kernel_size,
            stride=self.strides,
            padding=both or 0,
            dilation=self.dilation_rate,
            groups=groups,
            bias=use_bias,
        )
        return module

    def _add_kernel_view(
        self, module: nn.Module, name: str, initializer: Any, regularizer: Any, constraint: Any
    ) -> Variable:
        """Return the kernel ``(*window, channels, filters)`` over a torch weight ``(filters, channels, *window)``."""
        if self.rank == 2 and not self._is_channels_first:
            _to_channels_last(module, keep=initializer is None)
            module.register_state_dict_post_hook(_as_contiguous)  # type: ignore[no-untyped-call]
        layout = Permuted(*range(2, self.rank + 2), 1, 0)
        return self._add_weight_view(name, [(module, "weight")], initializer, layout, regularizer, constraint)

    def _add_bias_view(self, module: nn.Module) -> Variable:
        initializer, regularizer, constraint = self.bias_initializer, self.bias_regularizer, self.bias_constraint
        return self._add_weight_view(
            "bias", [(module, "bias")], initializer, regularizer=regularizer, constraint=constraint
        )

    def _fixed_pads(self) -> Pads | None:
        """The padding where it is the same for inputs of all sizes, else None."""
        if self.padding == "valid":
            return [(0, 0)] * self.rank
        if self.padding == "causal":
            return [causal_padding(k, d) for k, d in zip(self.kernel_size, self.dilation_rate, strict=True)]
        if max(self.strides) > 1:
            return None
        return same_paddings((1 << 20,) * self.rank, self.kernel_size, self.strides, self.dilation_rate)

    def _padded(self, x: torch.Tensor) -> torch.Tensor:
        """Add the padding that the torch module does not add."""
        pads = self._pads
        if pads is None:
            if self._pads_by_size is None:
                return x
            sizes = x.shape[2:]
            try:
                pads = self._pads_by_size.get(sizes)
            except TypeError:  # symbols of `torch.export`, for inputs of any size
                pads = same_paddings(sizes, self.kernel_size, self.strides, self.dilation_rate)
                return F.pad(x, [amount for pad in reversed(pads) for amount in pad])
            if pads is None:
                pads = same_paddings(sizes, self.kernel_size, self.strides, self.dilation_rate)
                self._pads_by_size[sizes] = pads
        amounts = [amount for pad in reversed(pads) for amount in pad]
        return F.pad(x, amounts) if any(amounts) else x

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output.

        Raises:
            ValueError: the windows are larger than the inputs.
        """
        spatial = tuple(
            output_size(size, k, s, self.padding, d)
            for size, k, s, d in zip(
                self._spatial_part(input_shape), self.kernel_size, self.strides, self.dilation_rate, strict=True
            )
        )
        if any(size is not None and size <= 0 for size in spatial):
            raise ValueError(
                f"Computed output size would be zero or negative. Received: `inputs.shape={tuple(input_shape)}`, "
                f"`kernel_size={self.kernel_size}`, `dilation_rate={self.dilation_rate}`. Use smaller windows, larger "
                "inputs or padding='same'."
            )
        return self._shape_of(input_shape[0], spatial, self._output_channels(input_shape[self._channel_axis]))

    def _output_channels(self, channels: int | None) -> int | None:
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **config_items(self, self._config_names)}


def _to_channels_last(module: nn.Module, keep: bool) -> None:
    """Lay a weight out in memory as images lie there; its values, that nobody has set yet, are kept only on demand."""
    weight: Any = module._parameters["weight"]
    if keep or type(weight) is not nn.Parameter or weight.device.type == "meta":
        module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    elif not weight.is_contiguous(memory_format=torch.channels_last):
        empty = torch.empty(weight.shape, dtype=weight.dtype, device=weight.device, memory_format=torch.channels_last)
        module._parameters["weight"] = nn.Parameter(empty)


def _as_contiguous(module: nn.Module, state_dict: dict[str, Any], prefix: str, local_metadata: Any) -> None:
    """Put contiguous copies into a state dictionary, as formats demand that know no order of axes in memory."""
    for name, _ in module.named_parameters():
        tensor = state_dict.get(prefix + name)
        if tensor is not None and not isinstance(tensor, nn.Parameter):  # with `keep_vars` they are the parameters
            state_dict[prefix + name] = tensor.contiguous()


def check_filters(filters: Any, groups: int = 1) -> int:
    """Return the number of filters.

    Raises:
        ValueError: it is not a positive int, or not divisible by the number of groups.
    """
    if isinstance(filters, bool) or not isinstance(filters, int) or filters <= 0:
        raise ValueError(
            f"Invalid value for argument `filters`. Expected a strictly positive value. Received filters={filters}."
        )
    if isinstance(groups, bool) or not isinstance(groups, int) or groups <= 0:
        raise ValueError(f"The number of groups must be a positive integer. Received: groups={groups}.")
    if filters % groups:
        raise ValueError(
            "The number of filters must be evenly divisible by the number of groups. Received: "
            f"groups={groups}, filters={filters}."
        )
    return filters
