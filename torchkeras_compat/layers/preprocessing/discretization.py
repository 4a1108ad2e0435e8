"""`Discretization`: numbers as the indices of the bins that they fall into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.preprocessing.adapting import batches_of
from torchkeras_compat.layers.preprocessing.encoding import check_mode, encode, encoded_shape, refuse_sparse
from torchkeras_compat.layers.preprocessing.quantile_summary import (
    Summary,
    add_to_summary,
    empty_summary,
    quantiles,
)
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.overrides import overridable
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.typing import Config, Shape


class Discretization(Layer):
    """Computes how many of the ascending ``bin_boundaries`` are at most ``x``: the index of its bin.

    Args:
        bin_boundaries: Ascending numbers, as many as there are bins less one.
        num_bins: Number of bins of equally many data, whose boundaries :meth:`adapt` learns; instead of
            ``bin_boundaries``.
        epsilon: Error of the learned quantiles, a fraction: ``adapt`` keeps about ``1 / epsilon`` values.
        output_mode: ``"int"`` for the indices; ``"one_hot"``, ``"multi_hot"`` or ``"count"`` as in `CategoryEncoding`.
        sparse: Must be False: the output is dense.
        dtype: Dtype of the output, but for mode ``"int"``, whose output is int32; None for the global one.
        name: Name of the layer.

    Input shape:
        Any, numbers. NaN falls into the last bin.
    Output shape:
        That of the input for ``"int"``, else with an axis of the bins as in `CategoryEncoding`.

    Raises:
        ValueError: both or none of ``bin_boundaries`` and ``num_bins`` are given, ``num_bins`` is negative, the mode is
            unknown or ``sparse`` is set; in a call, there are no boundaries yet.

    Example:
        >>> Discretization(bin_boundaries=[0.0, 1.0, 2.0])([[-1.5, 1.0, 3.4, 0.5]]).tolist()
        [[0, 2, 3, 1]]

    Source: Keras API, layers/Discretization.
    """

    summary: Summary
    _boundary_tensor: torch.Tensor | None = None

    def __init__(
        self,
        bin_boundaries: Sequence[float] | None = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype, autocast=False)
        refuse_sparse("Discretization", sparse)
        check_mode("Discretization", output_mode, ("int", "one_hot", "multi_hot", "count"))
        if num_bins is not None and num_bins < 0:
            raise ValueError(f"`num_bins` must be greater than or equal to 0. Received: `num_bins={num_bins}`")
        if bin_boundaries is None and num_bins is None:
            raise ValueError("You need to set either `num_bins` or `bin_boundaries`.")
        if bin_boundaries is not None and num_bins is not None:
            raise ValueError(
                "Both `num_bins` and `bin_boundaries` should not be set. Received: "
                f"`num_bins={num_bins}` and `bin_boundaries={bin_boundaries}`"
            )
        self.input_bin_boundaries = None if bin_boundaries is None else [float(x) for x in bin_boundaries]
        self.bin_boundaries = [] if self.input_bin_boundaries is None else self.input_bin_boundaries
        self.num_bins = num_bins
        self.epsilon = epsilon
        self.output_mode = output_mode
        self.sparse = sparse
        self.summary = empty_summary()

    @property
    def output_dtype(self) -> str:
        """Dtype of the output."""
        return "int32" if self.output_mode == "int" else self.compute_dtype

    @overridable
    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn boundaries between ``num_bins`` bins that hold equally many of the data.

        Args:
            data: Array, tensor or list of numbers, or batches of these.
            steps: How many batches of an iterable count; None for all.

        Raises:
            ValueError: the layer was made with ``bin_boundaries``, or there are no data.

        Example:
            >>> layer = Discretization(num_bins=2)
            >>> layer.adapt([1.0, 2.0, 3.0, 4.0])
            >>> layer.bin_boundaries
            [2.0]
        """
        if self.input_bin_boundaries is not None:
            raise ValueError(
                "Cannot adapt a Discretization layer that has been initialized with `bin_boundaries`, use `num_bins` "
                "instead."
            )
        self.reset_state()
        for batch in batches_of(data, steps):
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Take one more batch of the data into account."""
        values = data.detach().cpu().numpy() if isinstance(data, torch.Tensor) else np.asarray(data)
        self.summary = add_to_summary(self.summary, values, self.epsilon)

    def finalize_state(self) -> None:
        """Set the boundaries by the data seen since :meth:`reset_state`."""
        if self.input_bin_boundaries is not None or self.num_bins is None:
            return
        if not self.summary.size:
            raise ValueError(f"Discretization '{self.name}' has seen no data to choose boundaries by.")
        self.bin_boundaries = quantiles(self.summary, self.num_bins)
        self._boundary_tensor = None

    def reset_state(self) -> None:
        """Forget the data seen; the boundaries stay until :meth:`finalize_state`."""
        if self.input_bin_boundaries is None:
            self.summary = empty_summary()

    def _size(self) -> int:
        if self.bin_boundaries:
            return len(self.bin_boundaries) + 1
        return 1 if self.num_bins is None else self.num_bins

    def call(self, inputs: Any) -> torch.Tensor:
        """Return the bins of the inputs."""
        if not self.bin_boundaries and self.input_bin_boundaries is None:
            raise ValueError(
                "You need to either pass the `bin_boundaries` argument at construction time or call `adapt(dataset)` "
                "before you can start using the `Discretization` layer."
            )
        x = convert_to_tensor(inputs)
        boundaries = self._boundary_tensor
        if boundaries is None or boundaries.device != x.device:
            boundaries = torch.tensor(self.bin_boundaries, dtype=torch.float32, device=x.device)
            if x.device.type != "meta":
                self._boundary_tensor = boundaries
        dtype = x.dtype if x.is_floating_point() else torch.float32
        bins = torch.searchsorted(boundaries.to(dtype), x.to(dtype).contiguous(), right=True)
        output_dtype = to_torch_dtype(self.output_dtype)
        if self.output_mode == "int":
            return bins.to(output_dtype)
        return encode(bins, self._size(), self.output_mode, output_dtype)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> Shape:
        """Return the shape of the output."""
        if self.output_mode == "int":
            return tuple(input_shape)
        return encoded_shape(input_shape, self._size(), self.output_mode)

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        """Return the KerasTensor of the output."""
        return KerasTensor(self.compute_output_shape(inputs.shape), self.output_dtype)

    def get_config(self) -> Config:
        return {
            "bin_boundaries": self.bin_boundaries or None,
            "num_bins": self.num_bins,
            "epsilon": self.epsilon,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "name": self.name,
            "dtype": self.dtype,
        }

    @classmethod
    def from_config(cls, config: Config, custom_objects: Any = None) -> Discretization:
        """Return the layer that a config describes; the boundaries of an adapted one count as learned."""
        config = dict(config)
        learned = None
        if config.get("bin_boundaries") is not None and config.get("num_bins") is not None:
            learned = [float(x) for x in config.pop("bin_boundaries")]
        layer = cls(**config)
        if learned is not None:
            layer.bin_boundaries = learned
        return layer
