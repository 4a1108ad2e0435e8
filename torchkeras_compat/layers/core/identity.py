"""`Identity`: what comes in goes out."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.layers.layer.layer import Layer


class Identity(Layer):
    """Returns its inputs, in any structure.

    Args:
        kwargs: Arguments of `Layer`.

    Example:
        >>> Identity()(torch.ones(2))
        tensor([1., 1.])

    Source: Keras API, layers/Identity.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self._skip_building()

    def call(self, inputs: Any) -> Any:
        """Return the inputs."""
        return inputs
