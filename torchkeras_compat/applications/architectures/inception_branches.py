"""Branches beside each other over the same feature maps, joined by channels: what the Inception networks consist of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from torchkeras_compat.layers.convolutional.conv import Conv2D
from torchkeras_compat.layers.core.activation import Activation
from torchkeras_compat.layers.merging.concatenate import Concatenate
from torchkeras_compat.layers.normalization.batch_normalization import BatchNormalization
from torchkeras_compat.layers.pooling.windows import AveragePooling2D, MaxPooling2D
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@dataclass(frozen=True)
class Conv:
    """A convolution without bias, batch normalization without scale, and relu.

    Args:
        filters: Channels of the output.
        kernel_size: Height and width, or one int for both.
        strides: Step of the window; one above 1 comes with ``padding="valid"`` in these networks.
        padding: ``"same"`` or ``"valid"``.
    """

    filters: int
    kernel_size: int | tuple[int, int] = 1
    strides: int = 1
    padding: str = "same"


@dataclass(frozen=True)
class Fork:
    """Convolutions beside each other at the end of a branch; ``name`` is that of the layer that joins them."""

    convolutions: tuple[Conv, ...]
    name: str | None = None


def halving(filters: int) -> Conv:
    """Return the convolution that halves height and width."""
    return Conv(filters, 3, strides=2, padding="valid")


AVERAGE = "average of 3x3"
MAXIMUM = "maximum of 3x3, every second"
Step: TypeAlias = "Conv | Fork | str"
Branch: TypeAlias = Sequence[Step]


def convolved(x: Any, conv: Conv, channel_axis: int, name: str | None = None) -> KerasTensor:
    """Return feature maps convolved, normalized and rectified.

    Args:
        x: KerasTensor of feature maps.
        conv: What to compute.
        channel_axis: Axis of the channels.
        name: Name of the convolution, from which follow ``<name>_bn`` and ``<name>_ac``; None for automatic ones.
    """
    x = Conv2D(conv.filters, conv.kernel_size, conv.strides, conv.padding, use_bias=False, name=name)(x)
    x = BatchNormalization(axis=channel_axis, scale=False, name=name and f"{name}_bn")(x)
    result: KerasTensor = Activation("relu", name=name and f"{name}_ac")(x)
    return result


def followed(x: KerasTensor, branch: Branch, channel_axis: int) -> KerasTensor:
    """Return what the steps of a branch make of feature maps, one after the other."""
    for step in branch:
        if isinstance(step, Conv):
            x = convolved(x, step, channel_axis)
        elif isinstance(step, Fork):
            ends = [convolved(x, conv, channel_axis) for conv in step.convolutions]
            x = Concatenate(axis=channel_axis, name=step.name)(ends)
        else:
            pooling: Any = AveragePooling2D(3, 1, "same") if step is AVERAGE else MaxPooling2D(3, 2)
            x = pooling(x)
    return x


def joined(x: KerasTensor, branches: Sequence[Branch], channel_axis: int, name: str) -> KerasTensor:
    """Return the ends of branches over the same feature maps, joined by channels."""
    ends = [followed(x, branch, channel_axis) for branch in branches]
    result: KerasTensor = Concatenate(axis=channel_axis, name=name)(ends)
    return result


STEM: Branch = (
    halving(32),
    Conv(32, 3, padding="valid"),
    Conv(64, 3),
    MAXIMUM,
    Conv(80, padding="valid"),
    Conv(192, 3, padding="valid"),
    MAXIMUM,
)
"""The first layers of both networks."""
