"""`UnitNormalization`: length 1 for each sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.normalization.arguments import check_axes, normalized_axes


class UnitNormalization(Layer):
    """Divides by the Euclidean norm over axes of each sample: ``x / max(norm(x), 1e-12)``.

    Args:
        axis: Axis or axes of the norm.
        kwargs: Arguments of `Layer`.

    Raises:
        TypeError: ``axis`` is neither an int nor a list or tuple of ints.
        ValueError: the input has no such axis.

    Example:
        >>> UnitNormalization()(torch.tensor([[3.0, 4.0]]))
        tensor([[0.6000, 0.8000]])

    Source: Keras API, layers/UnitNormalization.
    """

    _takes_integers = False

    _axes: Any  # an int or a tuple of ints, which torch does not annotate

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = check_axes(axis, "Invalid value for `axis` argument: expected an int or a list/tuple of ints.")
        self._axes = axis if isinstance(axis, int) else tuple(axis)
        self.supports_masking = True
        self._skip_building()

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Normalize."""
        return F.normalize(inputs, dim=self._axes, eps=1e-12)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
        """Return ``input_shape``, if the input has the axes of the norm.

        Raises:
            ValueError: it has not.
        """
        normalized_axes(self._axes, len(input_shape), f"UnitNormalization '{self.name}'")
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}
