"""`RandomFourierFeatures` of `tf.keras.layers.experimental`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat import initializers
from torchkeras_compat.initializers.base import Initializer
from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.random.continuous_distributions import uniform


class _Cauchy(Initializer):
    """Standard Cauchy distribution, by its inverse: ``tan(pi * (u - 0.5))``."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> torch.Tensor:
        return torch.tan(math.pi * (uniform(shape, 0.0, 1.0, dtype=dtype) - 0.5))


class RandomFourierFeatures(Layer):
    """``cos(inputs @ kernel / scale + bias)`` with a random kernel, in which a kernel function is an inner product.

    Args:
        output_dim: Number of features, a positive int.
        kernel_initializer: ``"gaussian"``, ``"laplacian"``, or an initializer of the kernel.
        scale: Width of the kernel function; None for ``sqrt(features / 2)`` with a Gaussian, else 1.
        trainable: Whether the width is learned.
        name: Name.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, features)``.
    Output shape:
        ``(batch, output_dim)``.

    Raises:
        ValueError: ``output_dim`` or ``scale`` is not positive, the initializer is unknown, or the inputs do not fit.

    Example:
        >>> RandomFourierFeatures(8)(torch.ones(2, 3)).shape
        torch.Size([2, 8])

    Source: Rahimi and Recht 2007, algorithm 1; TensorFlow 2.15 API.
    """

    _takes_integers = False

    def __init__(
        self,
        output_dim: int,
        kernel_initializer: Any = "gaussian",
        scale: float | None = None,
        trainable: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if isinstance(output_dim, bool) or not isinstance(output_dim, int) or output_dim <= 0:
            raise ValueError(f"`output_dim` is a positive int. Received: output_dim={output_dim!r}")
        if scale is not None and scale <= 0.0:
            raise ValueError(f"`scale` is a positive number or None. Received: scale={scale}")
        if isinstance(kernel_initializer, str) and kernel_initializer.lower() not in ("gaussian", "laplacian"):
            raise ValueError(
                "`kernel_initializer` is 'gaussian', 'laplacian' or an initializer. Received:"
                f" kernel_initializer={kernel_initializer!r}"
            )
        super().__init__(trainable=trainable, name=name, **kwargs)
        self.output_dim = output_dim
        self.kernel_initializer = kernel_initializer
        self.scale = scale
        self.input_spec = InputSpec(ndim=2)

    def build(self, input_shape: Sequence[int | None]) -> None:
        features = input_shape[1] if len(input_shape) == 2 else None
        if features is None:
            raise ValueError(
                f"RandomFourierFeatures '{self.name}' takes (batch, features) with known features. Received shape"
                f" {tuple(input_shape)}."
            )
        self.input_spec = InputSpec(ndim=2, axes={1: features})
        kind = self.kernel_initializer.lower() if isinstance(self.kernel_initializer, str) else ""
        start: Any = {"gaussian": initializers.get({"class_name": "RandomNormal", "config": {"stddev": 1.0}})}.get(kind)
        if kind == "laplacian":
            start = _Cauchy()
        start = start or initializers.get(self.kernel_initializer)
        self.unscaled_kernel = self.add_weight(
            shape=(features, self.output_dim), initializer=start, trainable=False, name="unscaled_kernel"
        )
        phases = {"class_name": "RandomUniform", "config": {"minval": 0.0, "maxval": 2 * math.pi}}
        self.bias = self.add_weight(shape=(self.output_dim,), initializer=phases, trainable=False, name="bias")
        scale = self.scale if self.scale is not None else math.sqrt(features / 2.0) if kind == "gaussian" else 1.0
        constant = {"class_name": "Constant", "config": {"value": scale}}
        self.kernel_scale = self.add_weight(
            shape=(1,), initializer=constant, trainable=True, constraint="non_neg", name="kernel_scale"
        )

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the features."""
        kernel = self.unscaled_kernel.value / self.kernel_scale.value
        return torch.cos(torch.addmm(self.bias.value, inputs, kernel))

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        return (input_shape[0], self.output_dim)

    def get_config(self) -> dict[str, Any]:
        kernel = self.kernel_initializer
        kernel = kernel if isinstance(kernel, str) else initializers.serialize(initializers.get(kernel))
        return {
            **super().get_config(),
            "output_dim": self.output_dim,
            "kernel_initializer": kernel,
            "scale": self.scale,
        }
