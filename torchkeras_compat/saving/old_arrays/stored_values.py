"""Values for a weight that still lie in a file: their shape is known, they are read at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from torchkeras_compat.saving.weights_h5 import to_tensor

_Conversion = Callable[[list[torch.Tensor]], list[torch.Tensor]]


class StoredValue:
    """An array of a file, as it is there.

    ``is_flipped`` says whether it belongs to a layer whose kernels are turned round on their spatial axes.

    Args:
        dataset: `h5py.Dataset`, checked.
    """

    def __init__(self, dataset: Any) -> None:
        self.datasets: Sequence[Any] = (dataset,)
        self.shape = tuple(dataset.shape)
        self.is_flipped = False

    @property
    def dtype(self) -> Any:
        """Dtype in the file."""
        return self.datasets[0].dtype

    @property
    def name(self) -> str:
        """Where it is in the file."""
        return str(self.datasets[0].name)

    def tensor(self) -> torch.Tensor:
        """Read the values."""
        return to_tensor(self.datasets[0])


class ConvertedValue(StoredValue):
    """One array of a layer whose arrays are converted, all together.

    Args:
        layer_arrays: Those of the layer.
        position: Which of them.
        shape: Its shape.
    """

    def __init__(self, layer_arrays: ConvertedArrays, position: int, shape: tuple[int, ...]) -> None:
        self.datasets = layer_arrays.datasets
        self.shape = shape
        self.is_flipped = layer_arrays.is_flipped
        self._arrays, self._position = layer_arrays, position

    def tensor(self) -> torch.Tensor:
        """Read the values, and convert them."""
        return self._arrays.values()[self._position]


class ConvertedArrays:
    """Arrays of a layer in an older layout.

    Args:
        datasets: Their datasets.
        conversion: From those arrays to today's; it works on meta tensors, too.
        is_flipped: Whether it turns kernels round on their spatial axes.

    Raises:
        RuntimeError: arrays of these shapes cannot be those of the layer.
        IndexError: the same.
    """

    def __init__(self, datasets: Sequence[Any], conversion: _Conversion, is_flipped: bool = False) -> None:
        self.datasets = datasets
        self.is_flipped = is_flipped
        self._conversion = conversion
        self._values: list[torch.Tensor] | None = None
        # Shapes alone: nothing as large as a file claims is made before it is known to fit.
        on_meta = conversion([torch.empty(tuple(d.shape), device="meta") for d in datasets])
        self.each = [ConvertedValue(self, i, tuple(t.shape)) for i, t in enumerate(on_meta)]

    def values(self) -> list[torch.Tensor]:
        """Read and convert all, once."""
        if self._values is None:
            self._values = [t.contiguous() for t in self._conversion([to_tensor(d) for d in self.datasets])]
        return self._values


class ReshapedValue(StoredValue):
    """A value in another shape of the same size, as ``load_weights(reshape=True)`` of Keras 2 takes it.

    Args:
        value: The value.
        shape: The shape it gets.
    """

    def __init__(self, value: StoredValue, shape: tuple[int, ...]) -> None:
        self.datasets, self.shape, self._value = value.datasets, shape, value
        self.is_flipped = value.is_flipped

    def tensor(self) -> torch.Tensor:
        """Read the values, and reshape them."""
        return self._value.tensor().reshape(self.shape)
