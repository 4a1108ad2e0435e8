"""`MeanTensor` of tf.keras: a mean for each element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.metrics.base import Metric, divide_no_nan
from torchkeras_compat.ops.conversion import convert_to_tensor


class MeanTensor(Metric):
    """Weighted mean, element by element, of tensors of one shape.

    Args:
        name: Name.
        dtype: Dtype of the state.
        shape: Shape of the tensors; None for that of the first.

    Raises:
        ValueError: a tensor has another shape, or a result is asked for before there was one.

    Example:
        >>> metric = MeanTensor()
        >>> metric.update_state([1.0, 2.0]); metric.update_state([3.0, 6.0], sample_weight=[0.5, 1.0])
        >>> metric.result()
        tensor([1.6667, 4.0000])

    Source: TensorFlow 2.15 API, keras/metrics/MeanTensor.
    """

    def __init__(self, name: str | None = "mean_tensor", dtype: Any = None, shape: Sequence[int] | None = None) -> None:
        super().__init__(name=name or "mean_tensor", dtype=dtype)
        self.shape: tuple[int, ...] | None = None
        self._given_shape = None if shape is None else tuple(shape)
        if self._given_shape is not None:
            self._build(self._given_shape)

    def _build(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.total = self.add_variable(shape, "zeros", name="total")
        self.count = self.add_variable(shape, "zeros", name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take a tensor in.

        Args:
            values: Tensor of the shape of the others.
            sample_weight: Weight of each element, or a shape that broadcasts to it after ones are put behind.

        Raises:
            ValueError: the shape is another one.
        """
        values = convert_to_tensor(values, dtype=self.dtype)
        if self.shape is None:
            self._build(tuple(values.shape))
        if tuple(values.shape) != self.shape:
            raise ValueError(
                f"MeanTensor '{self.name}' is a mean of tensors of shape {self.shape}. Received: {tuple(values.shape)}"
            )
        weights = torch.ones_like(values)
        if sample_weight is not None:
            given = convert_to_tensor(sample_weight, dtype=self.dtype).to(values.device)
            given = given.reshape(*given.shape, *[1] * (values.ndim - given.ndim)) if given.ndim else given
            weights = weights * given
        self.total.assign_add(values * weights)
        self.count.assign_add(weights)

    def result(self) -> torch.Tensor:
        """Return the means, 0 where nothing was seen."""
        if self.shape is None:
            raise ValueError(f"MeanTensor '{self.name}' has no result before `update_state` was called.")
        return divide_no_nan(self.total.value, self.count.value)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        shape = None if self._given_shape is None else list(self._given_shape)
        return {**super().get_config(), "shape": shape}
