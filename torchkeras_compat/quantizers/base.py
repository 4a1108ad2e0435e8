"""The class of all quantizers."""

from __future__ import annotations

from typing import Any


class Quantizer:
    """Callable that quantizes a tensor: ``values, scale = quantizer(tensor)`` in the subclasses.

    Args:
        output_dtype: Dtype of the quantized values.

    Source: Keras API, quantizers.
    """

    def __init__(self, output_dtype: str = "int8") -> None:
        self.output_dtype = output_dtype

    def __call__(self, x: Any) -> Any:
        """Return the quantized values; the class itself returns ``x`` as it is."""
        return x

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments; every subclass that is to be in files defines it."""
        raise NotImplementedError(f"{self} does not implement get_config()")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Quantizer:
        """Return a new quantizer made from what ``get_config`` returned."""
        return cls(**config)
