"""What a distribution is: a mesh, and the layouts of data and variables on it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from torchkeras_compat.distribution.active import distribution, set_distribution
from torchkeras_compat.distribution.device_mesh import DeviceMesh
from torchkeras_compat.distribution.processes import HOW_TO_USE_SEVERAL, process_count, process_index
from torchkeras_compat.distribution.tensor_layout import TensorLayout

if TYPE_CHECKING:
    from torchkeras_compat.variable_base import VariableBase


class Distribution:
    """Base of `DataParallel` and `ModelParallel`.

    Args:
        device_mesh: The devices.
        batch_dim_name: Axis of the mesh along which batches are split.
        auto_shard_dataset: Whether each process is to get its part of a dataset.

    Raises:
        TypeError: ``device_mesh`` is not a `DeviceMesh`.
        ValueError: ``batch_dim_name`` is not one of its axes.
    """

    def __init__(
        self, device_mesh: DeviceMesh, batch_dim_name: str | None = None, auto_shard_dataset: bool = True
    ) -> None:
        if not isinstance(device_mesh, DeviceMesh):
            raise TypeError(f"`device_mesh` must be a DeviceMesh. Received: {device_mesh!r}")
        if batch_dim_name is not None and batch_dim_name not in device_mesh.axis_names:
            raise ValueError(
                f"`batch_dim_name` must be an axis of the mesh, one of {list(device_mesh.axis_names)}. Received:"
                f" {batch_dim_name!r}"
            )
        self._device_mesh = device_mesh
        self._batch_dim_name = batch_dim_name
        self._auto_shard_dataset = auto_shard_dataset

    @property
    def device_mesh(self) -> DeviceMesh:
        """The devices."""
        return self._device_mesh

    @property
    def batch_dim_name(self) -> str | None:
        """Axis of the mesh along which batches are split."""
        return self._batch_dim_name

    @property
    def auto_shard_dataset(self) -> bool:
        """Whether each process is to get its part of a dataset."""
        return self._auto_shard_dataset

    @property
    def num_processes(self) -> int:
        """Number of processes in the group of ``torch.distributed``, 1 without a group."""
        return process_count()

    @property
    def num_model_replicas(self) -> int:
        """Number of copies of the model: devices along the axis of the batch."""
        if self._batch_dim_name is None:
            return 1
        return int(self._device_mesh.shape[list(self._device_mesh.axis_names).index(self._batch_dim_name)])

    @property
    def data_shard_id(self) -> int:
        """Number of the part of the data that this process reads; processes of one copy of the model read the same."""
        processes, replicas = self.num_processes, self.num_model_replicas
        return process_index() if replicas >= processes else process_index() // (processes // replicas)

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        """Use this distribution inside.

        Raises:
            NotImplementedError: it spans several devices or processes.
        """
        before = distribution()
        set_distribution(self)
        try:
            yield
        finally:
            set_distribution(before)

    def get_data_layout(self, data_shape: Sequence[int | None]) -> TensorLayout:
        """Return the layout of a batch: its first axis is split along the axis of the batch.

        Args:
            data_shape: Shape of the batch.
        """
        axes: list[str | None] = [None] * len(data_shape)
        if axes:
            axes[0] = self._batch_dim_name
        return TensorLayout(axes, self._device_mesh)

    def get_variable_layout(self, variable: VariableBase) -> TensorLayout:
        """Return the layout of a variable: the one attached to it, else one that splits nothing.

        Args:
            variable: A variable of a layer or an optimizer.
        """
        own = getattr(variable, "tensor_layout", None)
        return own if own is not None else TensorLayout([None] * len(variable.shape), self._device_mesh)

    def get_tensor_layout(self, path: str) -> TensorLayout | None:
        """Return the layout of a tensor inside the model, None where it has none.

        Args:
            path: Path of the tensor.
        """
        return None

    def distribute_dataset(self, dataset: Any) -> Any:
        """Return the part of a dataset that this process reads: all of it, where there is one process.

        Args:
            dataset: A dataset.

        Raises:
            NotImplementedError: there are several processes, and ``auto_shard_dataset`` is True.
        """
        if self.num_processes > 1 and self._auto_shard_dataset:
            raise NotImplementedError(
                f"A {type(dataset).__name__} is not supported for auto-sharding among {self.num_processes} processes."
                " Use torch.utils.data.DistributedSampler in a DataLoader and auto_shard_dataset=False."
                f" {HOW_TO_USE_SEVERAL}."
            )
        return dataset

    def distribute_tf_dataset(self, dataset: Any) -> Any:
        """Return the part of a dataset that this process reads; see :meth:`distribute_dataset`.

        Args:
            dataset: A dataset.

        Raises:
            NotImplementedError: there are several processes, and ``auto_shard_dataset`` is True.
        """
        return self.distribute_dataset(dataset)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} device_mesh={self._device_mesh}>"
