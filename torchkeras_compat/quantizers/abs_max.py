"""Quantization with one scale, and zero for zero: the largest magnitude becomes the largest integer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.quantizers.base import Quantizer
from torchkeras_compat.symbolic.operation import operation

Axis = int | Sequence[int] | None


@operation
def abs_max_quantize(
    inputs: Any,
    axis: Axis,
    value_range: Sequence[int] = (-127, 127),
    dtype: Any = "int8",
    epsilon: float = 1e-7,
    to_numpy: bool = False,
) -> tuple[torch.Tensor, torch.Tensor]:
    """``clip(round(inputs * scale))`` with ``scale = value_range[1] / (max |inputs| + epsilon)``.

    ``values / scale`` gives the inputs back, but for the rounding.

    Args:
        inputs: Tensor of any shape.
        axis: Axis or axes that share a scale; None for one scale, a scalar.
        value_range: Least and greatest quantized value.
        dtype: Dtype of the quantized values.
        epsilon: Keeps the scale of zeros finite.
        to_numpy: Whether to compute on the host, which saves room on the device; both results return to it.

    Returns:
        The values, of the shape of ``inputs``, and the scale, in their dtype and with size 1 at the axes.

    Raises:
        IndexError: an axis does not exist.
        ValueError: ``dtype`` is unknown.

    Example:
        >>> values, scale = abs_max_quantize(torch.tensor([[1.0, -2.0], [0.5, 0.1]]), axis=-1)
        >>> values
        tensor([[  64, -127],
                [ 127,   25]], dtype=torch.int8)
        >>> scale
        tensor([[ 63.5000],
                [253.9999]])

    Source: Keras API, quantizers/abs_max_quantize.
    """
    inputs = convert_to_tensor(inputs)
    x = on_host(inputs) if to_numpy else inputs
    if to_numpy and x.dtype is torch.bfloat16:
        x = x.float()  # as NumPy does with what has a bfloat16 and a number of Python
    largest = _largest(x, axis) + epsilon
    scale = torch.full((), value_range[1], dtype=largest.dtype, device=largest.device) / largest
    if not x.dtype.is_floating_point:
        scale = scale.to(x.dtype)  # as Keras does, for what it is worth
    values = torch.round(x * scale).clamp(value_range[0], value_range[1]).to(to_torch_dtype(dtype))
    return values.to(inputs.device), scale.to(inputs.device, inputs.dtype)


def on_host(x: torch.Tensor) -> torch.Tensor:
    """Return a tensor on the CPU, apart from any gradient; shapes are inferred where they are."""
    return x if x.is_meta else x.detach().cpu()


def _largest(x: torch.Tensor, axis: Axis) -> torch.Tensor:
    """Return the largest magnitudes; the axes stay, with size 1, where they are named."""
    magnitudes = x.abs()
    if axis is None:
        return magnitudes.amax()
    axes = axis if isinstance(axis, int) else tuple(axis)
    # An empty list of axes means all axes to torch, none to NumPy.
    return magnitudes if axes == () else magnitudes.amax(axes, keepdim=True)


class AbsMaxQuantizer(Quantizer):
    """Quantizer by :func:`abs_max_quantize`: returns the values and their scale.

    Args:
        axis: Axis or axes that share a scale; None for the last one, unless the call says otherwise.
        value_range: Least and greatest quantized value; ``(-8, 7)`` for int4.
        epsilon: Keeps the scale of zeros finite.
        output_dtype: Dtype of the quantized values.

    Raises:
        TypeError: ``axis`` is neither an int nor a sequence of ints.
        ValueError: ``value_range`` is not two increasing numbers, or has one that ``output_dtype`` cannot hold.

    Example:
        >>> values, scale = AbsMaxQuantizer(axis=0)(torch.tensor([[1.0, -2.0], [0.5, 4.0]]))
        >>> values
        tensor([[127, -64],
                [ 63, 127]], dtype=torch.int8)

    Source: Keras API, quantizers/AbsMaxQuantizer.
    """

    def __init__(
        self,
        axis: Axis = None,
        value_range: Sequence[int] = (-127, 127),
        epsilon: float = 1e-7,
        output_dtype: str = "int8",
    ) -> None:
        super().__init__(output_dtype=output_dtype)
        self.axis = None if axis is None else _axes(axis)
        self.value_range = _check_range(value_range, output_dtype)
        self.epsilon = epsilon

    def __call__(self, x: Any, axis: Axis = None, to_numpy: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the quantized values and their scale.

        Args:
            x: Tensor.
            axis: In place of the axes of the quantizer.
            to_numpy: Whether to compute on the host.
        """
        if axis is None:
            axis = -1 if self.axis is None else self.axis
        return abs_max_quantize(x, axis, self.value_range, self.output_dtype, self.epsilon, to_numpy)

    def get_config(self) -> dict[str, Any]:
        config = {"value_range": self.value_range, "epsilon": self.epsilon, "output_dtype": self.output_dtype}
        return config if self.axis is None else {**config, "axis": self.axis}


def _axes(axis: Any) -> tuple[int, ...]:
    axes = tuple(axis) if isinstance(axis, (list, tuple)) else (axis,)
    if not all(hasattr(x, "__index__") for x in axes):
        raise TypeError(f"`axis` must be an int or a sequence of ints. Received: axis={axis!r} of type {type(axis)}")
    return tuple(x.__index__() for x in axes)


def _check_range(value_range: Any, output_dtype: Any) -> tuple[Any, Any]:
    """Return the range as a tuple, as which it is compared; files have lists."""
    is_pair = isinstance(value_range, (list, tuple)) and len(value_range) == 2
    if not is_pair or not all(isinstance(x, (int, float)) for x in value_range) or value_range[0] >= value_range[1]:
        raise ValueError(
            "`value_range` must be the least and the greatest quantized value, such as (-127, 127). Received:"
            f" value_range={value_range!r}"
        )
    dtype = to_torch_dtype(output_dtype)
    if not dtype.is_floating_point:
        limits = torch.iinfo(dtype)
        if value_range[0] < limits.min or value_range[1] > limits.max:
            raise ValueError(
                f"Values of output_dtype={standardize_dtype(dtype)!r} are in [{limits.min}, {limits.max}]: give a"
                f" `value_range` inside it, or another output_dtype. Received: value_range={tuple(value_range)}"
            )
    return tuple(value_range)
