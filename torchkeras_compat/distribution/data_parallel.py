"""Each device has the whole model and a part of the batch."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.distribution.base import Distribution
from torchkeras_compat.distribution.device_list import list_devices
from torchkeras_compat.distribution.device_mesh import DeviceMesh


class DataParallel(Distribution):
    """Distribution that copies the model to each device and splits batches among them.

    Over one device it runs: models are made and trained there. Over several it describes layouts, and using it is
    refused with what to do instead.

    Args:
        device_mesh: Mesh with one axis; of several, the first is that of the batch.
        devices: Names of the devices; None for those of `list_devices`. Not used where ``device_mesh`` is given.
        auto_shard_dataset: Whether each process is to get its part of a dataset.

    Raises:
        TypeError: ``device_mesh`` is not a `DeviceMesh`.
        ValueError: ``devices`` is empty.

    Example:
        >>> with DataParallel(devices=["cpu:0"]).scope():
        ...     from torchkeras_compat.layers import Dense
        ...     layer = Dense(2)
        ...     layer.build((None, 3))
        >>> layer.kernel.value.device
        device(type='cpu')
    """

    def __init__(
        self, device_mesh: DeviceMesh | None = None, devices: Any = None, auto_shard_dataset: bool = True
    ) -> None:
        if device_mesh is None:
            found = list(list_devices() if devices is None else devices)
            device_mesh = DeviceMesh((len(found),), ["batch"], found) if found else None
            if device_mesh is None:
                raise ValueError(f"DataParallel needs at least one device. Received: devices={devices!r}")
        elif not isinstance(device_mesh, DeviceMesh):
            raise TypeError(
                f"`device_mesh` must be a DeviceMesh. Received: {device_mesh!r}. A list of devices is the argument"
                " `devices`."
            )
        super().__init__(device_mesh, device_mesh.axis_names[0], auto_shard_dataset)

    @property
    def num_model_replicas(self) -> int:
        """Number of copies of the model: one for each device."""
        return int(self.device_mesh.devices.size)
