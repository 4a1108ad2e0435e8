"""`Rescaling`: values times a factor plus an offset."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.ops.conversion import convert_to_tensor


class Rescaling(Layer):
    """Computes ``inputs * scale + offset``: ``Rescaling(1 / 255)`` brings bytes to [0, 1].

    Args:
        scale: Factor, a number or one for each channel of the global image format.
        offset: What is added, likewise.
        kwargs: Arguments of `Layer`.

    Input shape:
        Any; integers are cast to the compute dtype.

    Raises:
        ValueError: ``scale`` or ``offset`` is neither a number nor a list of numbers.

    Example:
        >>> Rescaling(1 / 127.5, offset=-1)(torch.tensor([0, 255], dtype=torch.uint8))
        tensor([-1.,  1.])

    Source: Keras API, layers/Rescaling.
    """

    _takes_integers = False
    _followed = frozenset({"scale", "offset"})

    _scale: float | torch.Tensor
    _offset: float | torch.Tensor
    _is_channels_first: bool  # the global image format

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset
        self.supports_masking = True
        self._is_channels_first = config.image_data_format() == "channels_first"

    def _follow(self, name: str) -> None:
        super()._follow(name)
        if name == "scale":
            self._scale = self._checked("scale", self.scale)
        elif name == "offset":
            self._offset = self._checked("offset", self.offset)

    def _checked(self, name: str, value: Any) -> float | torch.Tensor:
        """Return a number as it is, others as a tensor."""
        try:
            return value if isinstance(value, (int, float)) else convert_to_tensor(value, self.compute_dtype)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"`{name}` of Rescaling is a number, or one for each channel. Received: {name}={value!r}"
            ) from error

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Rescale the inputs."""
        return inputs * self._for_inputs(self._scale, inputs) + self._for_inputs(self._offset, inputs)

    def _for_inputs(self, value: float | torch.Tensor, x: torch.Tensor) -> float | torch.Tensor:
        if not isinstance(value, torch.Tensor):
            return value
        if value.ndim == 1 and x.ndim == 4 and self._is_channels_first:
            value = value.reshape(-1, 1, 1)
        return value.to(x.device)

    def _known_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...] | None:
        is_single = not any(isinstance(value, torch.Tensor) for value in (self._scale, self._offset))
        return input_shape if is_single else None

    def get_config(self) -> dict[str, Any]:
        given = {
            name: value.tolist() if hasattr(value, "tolist") else value
            for name, value in (("scale", self.scale), ("offset", self.offset))
        }
        return {**super().get_config(), **given}
