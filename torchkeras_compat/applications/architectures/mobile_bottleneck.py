"""What the bottlenecks of both generations of EfficientNet consist of."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.initializers.fans import VarianceScaling
from torchkeras_compat.layers.convolutional.conv import Conv2D
from torchkeras_compat.layers.core.activation import Activation
from torchkeras_compat.layers.merging.elementwise import Add, Multiply
from torchkeras_compat.layers.normalization.batch_normalization import BatchNormalization
from torchkeras_compat.layers.pooling.global_pooling import GlobalAveragePooling2D
from torchkeras_compat.layers.regularization.dropout import Dropout
from torchkeras_compat.layers.reshaping.reshape import Reshape
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def conv_initializer() -> VarianceScaling:
    """Return the initializer of the convolutions."""
    return VarianceScaling(2.0, mode="fan_out", distribution="truncated_normal")


def dense_initializer() -> VarianceScaling:
    """Return the initializer of the dense layer that classifies."""
    return VarianceScaling(1 / 3, mode="fan_out", distribution="uniform")


class Bottlenecks:
    """Makes the parts of bottlenecks, over feature maps whose channels lie on one axis.

    Args:
        channel_axis: Axis of the channels.
        momentum: Momentum of the batch normalizations.
    """

    def __init__(self, channel_axis: int, momentum: float = 0.99) -> None:
        self.channel_axis = channel_axis
        self.momentum = momentum

    def convolved(
        self,
        x: Any,
        filters: int,
        name: str,
        kernel_size: int = 1,
        strides: int = 1,
        padding: str = "same",
        activation: str | None = None,
    ) -> KerasTensor:
        """Return feature maps behind a convolution and batch normalization, and behind silu under the name given.

        Args:
            x: KerasTensor of feature maps.
            filters: Channels of the output.
            name: Names are ``<name>_conv`` and ``<name>_bn``.
            kernel_size: Height and width of the window.
            strides: Step of the window.
            padding: ``"same"`` or ``"valid"``.
            activation: Name of the layer that computes silu; None for no activation.
        """
        x = Conv2D(
            filters,
            kernel_size,
            strides,
            padding,
            use_bias=False,
            kernel_initializer=conv_initializer(),
            name=f"{name}_conv",
        )(x)
        return self.normalized(x, f"{name}_bn", activation)

    def normalized(self, x: Any, name: str, activation: str | None = None) -> KerasTensor:
        """Return feature maps behind batch normalization, and behind silu under the name given."""
        x = BatchNormalization(axis=self.channel_axis, momentum=self.momentum, name=name)(x)
        result: KerasTensor = x if activation is None else Activation("silu", name=activation)(x)
        return result

    def excited(self, x: Any, reduced: int, name: str) -> KerasTensor:
        """Return feature maps, each multiplied by a factor in (0, 1) that follows from the means of all of them.

        Args:
            x: KerasTensor of feature maps.
            reduced: Channels between the two layers that compute the factors.
            name: Names begin with ``<name>_se_``.

        Source: Hu et al. 2018, "Squeeze-and-Excitation Networks", equations 2 to 4.
        """
        filters = x.shape[self.channel_axis]
        means: Any = GlobalAveragePooling2D(name=f"{name}_se_squeeze")(x)
        shape = (1, 1, filters) if self.channel_axis == 3 else (filters, 1, 1)
        means = Reshape(shape, name=f"{name}_se_reshape")(means)
        for part, channels, activation in (("reduce", reduced, "silu"), ("expand", filters, "sigmoid")):
            means = Conv2D(
                channels,
                1,
                padding="same",
                activation=activation,
                kernel_initializer=conv_initializer(),
                name=f"{name}_se_{part}",
            )(means)
        result: KerasTensor = Multiply(name=f"{name}_se_excite")([x, means])
        return result

    def added(self, x: Any, inputs: KerasTensor, drop_rate: float, name: str) -> KerasTensor:
        """Return the sum of a bottleneck and its inputs; while training, whole bottlenecks are left out at random.

        Source: Huang et al. 2016, "Deep Networks with Stochastic Depth", section 3.
        """
        if drop_rate > 0:
            x = Dropout(drop_rate, noise_shape=(None, 1, 1, 1), name=f"{name}_drop")(x)
        result: KerasTensor = Add(name=f"{name}_add")([x, inputs])
        return result
