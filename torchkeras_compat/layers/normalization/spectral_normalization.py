"""`SpectralNormalization`: keeps the largest singular value of a layer's kernel at 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.initializers.random import TruncatedNormal
from torchkeras_compat.layers.core.wrapper import Wrapper
from torchkeras_compat.layers.layer.modes import training_state
from torchkeras_compat.variables import Variable


class SpectralNormalization(Wrapper):
    """Divides the kernel of a layer by its largest singular value, in each training call; zeros stay zeros.

    The kernel counts as a matrix with its last axis as columns. The singular value is that of the power method, which
    goes on from call to call.

    Args:
        layer: Layer with a ``kernel`` or ``embeddings``.
        power_iterations: Steps of the power method in a call, a positive int.
        kwargs: Arguments of `Layer`.

    Raises:
        ValueError: ``power_iterations`` is not a positive int, or the layer has neither ``kernel`` nor ``embeddings``.

    Example:
        >>> layer = SpectralNormalization(keras.layers.Dense(2), power_iterations=20)
        >>> out = layer(torch.ones(1, 3), training=True)
        >>> torch.linalg.matrix_norm(layer.kernel.value, ord=2).round(decimals=3).item()
        1.0

    Source: Miyato et al. 2018, algorithm 1.
    """

    kernel: Variable
    vector_u: Variable

    def __init__(self, layer: Any, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        if isinstance(power_iterations, bool) or not isinstance(power_iterations, int) or power_iterations <= 0:
            raise ValueError(
                f"`power_iterations` should be greater than zero. Received: `power_iterations={power_iterations}`"
            )
        self.power_iterations = power_iterations

    def build(self, input_shape: Sequence[int | None] | None = None) -> None:
        super().build(input_shape)
        name = next((name for name in ("kernel", "embeddings") if hasattr(self.layer, name)), None)
        if name is None:
            raise ValueError(
                f"{type(self.layer).__name__} object has no attribute 'kernel' nor 'embeddings': there is nothing that"
                " SpectralNormalization could normalize."
            )
        self.kernel = getattr(self.layer, name)
        self.vector_u = self.add_weight(
            (1, self.kernel.shape[-1]), TruncatedNormal(stddev=0.02), trainable=False, name="vector_u"
        )

    @property
    def kernel_shape(self) -> tuple[int, ...]:
        """Shape of the kernel."""
        return tuple(self.kernel.shape)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Call the layer, whose kernel is normalized first if ``training``."""
        if training:
            self.normalize_weights()
        if training is None or training is self.training:
            return self.layer(inputs)
        with training_state(self, bool(training)):
            return self.layer(inputs)

    def normalize_weights(self) -> None:
        """Divide the kernel by its largest singular value, as the power method finds it."""
        vector_u, kernel = self.normalized_weights()
        self.vector_u.assign(vector_u)
        self.kernel.assign(kernel)

    def normalized_weights(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Return what :meth:`normalize_weights` assigns: the vector of the power method, and the kernel."""
        with torch.no_grad():
            kernel = self.kernel.value.detach()
            matrix = kernel.reshape(-1, kernel.shape[-1])
            u = self.vector_u.value
            for _ in range(self.power_iterations):
                v = F.normalize(u @ matrix.T, eps=1e-6)
                u = F.normalize(v @ matrix, eps=1e-6)
            sigma = v @ matrix @ u.T
            # A kernel of zeros has nothing to divide by, and no direction to go on from.
            is_zero = sigma.reshape(()) == 0
            u = torch.where(is_zero, self.vector_u.value, u)
            return u, torch.where(is_zero, kernel, kernel / sigma.reshape(()))

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> Any:
        """Return the shape of the layer's output."""
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "power_iterations": self.power_iterations}
