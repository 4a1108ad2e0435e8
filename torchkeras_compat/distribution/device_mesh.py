"""Devices arranged on named axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.device import parse_device
from torchkeras_compat.distribution.device_list import list_devices


class DeviceMesh:
    """Devices in an array whose axes have names; layouts name these axes.

    Args:
        shape: Number of devices along each axis, such as ``(4, 2)``.
        axis_names: Name of each axis, such as ``["data", "model"]``.
        devices: Names of the devices, in order; None for those of :func:`list_devices`.

    Raises:
        ValueError: ``shape`` or ``axis_names`` is empty, they differ in length, a size is not a positive int, a name is
            not a string or is there twice, or the number of devices is not the product of ``shape``.

    Example:
        >>> DeviceMesh((2, 1), ["data", "model"], ["cpu:0", "cpu:1"])
        <DeviceMesh shape=(2, 1), axis_names=['data', 'model']>
    """

    def __init__(self, shape: Sequence[int], axis_names: Sequence[str], devices: Any = None) -> None:
        if not shape or not axis_names:
            raise ValueError(
                f"Shape and axis_names cannot be empty. Received: shape={shape}, axis_names={axis_names}. Give one name"
                " for each axis, such as shape=(2,), axis_names=['data']."
            )
        if isinstance(axis_names, str) or not all(isinstance(name, str) for name in axis_names):
            raise ValueError(
                f"`axis_names` must be a list of strings, such as ['data', 'model']. Received: {axis_names!r}"
            )
        if len(shape) != len(axis_names):
            raise ValueError(
                f"Shape and axis_names should have same size. Received: shape={shape}, axis_names={axis_names}"
            )
        if len(set(axis_names)) != len(axis_names):
            raise ValueError(f"Each axis of a mesh needs a name of its own. Received: axis_names={axis_names}")
        if not all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n > 0 for n in shape):
            raise ValueError(f"The sizes of a mesh must be positive ints. Received: shape={shape}")
        found = np.array(list_devices() if devices is None else devices).reshape(-1)
        if found.size != math.prod(int(n) for n in shape):
            raise ValueError(
                f"Shape does not match the number of devices. Received: shape={shape}; devices.shape={found.shape}"
            )
        self._shape = shape
        self._axis_names = axis_names
        self._devices = found.reshape([int(n) for n in shape])

    @property
    def shape(self) -> Any:
        """Number of devices along each axis."""
        return self._shape

    @property
    def axis_names(self) -> Any:
        """Name of each axis."""
        return self._axis_names

    @property
    def devices(self) -> np.ndarray:
        """Names of the devices, an array of ``shape``."""
        return self._devices

    @property
    def backend_mesh(self) -> Any:
        """The ``torch.distributed`` mesh of the same axes, over the processes of the group: one process a device.

        Raises:
            RuntimeError: there is no process group with a process for each device.
        """
        is_running = torch.distributed.is_available() and torch.distributed.is_initialized()
        processes = torch.distributed.get_world_size() if is_running else 0
        if processes != self._devices.size:
            raise RuntimeError(
                f"A mesh of torch needs a process for each of its {self._devices.size} devices, and"
                f" {f'the process group has {processes}' if is_running else 'there is no process group'}. Start the"
                f" script with `torchrun --nproc-per-node={self._devices.size}` and call"
                " torch.distributed.init_process_group."
            )
        # 0.5 s on first use, and only programs with a process group get here
        from torch.distributed.device_mesh import DeviceMesh as TorchMesh

        ranks = torch.arange(processes).reshape(self._devices.shape)
        kind = parse_device(str(self._devices.flat[0])).type
        return TorchMesh(kind, ranks, mesh_dim_names=tuple(self._axis_names))

    def __repr__(self) -> str:
        return f"<DeviceMesh shape={self.shape}, axis_names={self.axis_names}>"
