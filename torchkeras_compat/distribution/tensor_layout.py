"""Which axis of a tensor is split along which axis of a mesh."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchkeras_compat.distribution.device_mesh import DeviceMesh


class TensorLayout:
    """For each axis of a tensor, the axis of the mesh along which it is split; None where it is not.

    Args:
        axes: Names of axes of the mesh, or None, one for each axis of the tensor.
        device_mesh: The mesh; None until a `LayoutMap` gives its own, or it is assigned.

    Raises:
        TypeError: ``device_mesh`` is not a `DeviceMesh`.
        ValueError: an axis is not one of the mesh, or splits two axes of the tensor; assigning ``device_mesh`` a second
            time.

    Example:
        >>> mesh = DeviceMesh((1,), ["model"], ["cpu:0"])
        >>> TensorLayout([None, "model"], mesh)
        <TensorLayout axes=(None, 'model'), device_mesh=<DeviceMesh shape=(1,), axis_names=['model']>>
    """

    def __init__(self, axes: Sequence[str | None], device_mesh: DeviceMesh | None = None) -> None:
        if isinstance(axes, str):
            raise ValueError(
                f"Invalid axis names for Layout: one for each axis is needed, such as ({axes!r}, None). Got {axes!r}"
            )
        self._axes = tuple(axes)
        self._device_mesh: DeviceMesh | None = None
        self._check_axes()
        if device_mesh is not None:
            self.device_mesh = device_mesh

    @property
    def axes(self) -> tuple[str | None, ...]:
        """For each axis of the tensor a name of an axis of the mesh, or None."""
        return self._axes

    @property
    def device_mesh(self) -> DeviceMesh | None:
        """The mesh, or None; can be assigned once."""
        return self._device_mesh

    @device_mesh.setter
    def device_mesh(self, device_mesh: DeviceMesh) -> None:
        if self._device_mesh is not None:
            raise ValueError(f"Cannot override device mesh value. Existing value is {self._device_mesh}")
        if not isinstance(device_mesh, DeviceMesh):
            raise TypeError(f"`device_mesh` must be a DeviceMesh. Received: {device_mesh!r}")
        unknown = {axis for axis in self._axes if axis is not None} - set(device_mesh.axis_names)
        if unknown:
            raise ValueError(
                f"Invalid axis names for Layout. Valid axis names: {set(device_mesh.axis_names)}, Got {unknown}"
            )
        self._device_mesh = device_mesh

    @property
    def backend_layout(self) -> Any:
        """``Shard(axis)`` or ``Replicate()`` of ``torch.distributed.tensor``, one for each axis of the mesh.

        Raises:
            ValueError: there is no mesh yet.
        """
        if self._device_mesh is None:
            raise ValueError("Cannot create a layout of torch when device mesh is not set. Assign `device_mesh` first.")
        # 0.5 s on first use, and only programs that use torch's own distributed tensors get here
        from torch.distributed.tensor import Replicate, Shard

        names = self._device_mesh.axis_names
        return tuple(Shard(self._axes.index(name)) if name in self._axes else Replicate() for name in names)

    def _check_axes(self) -> None:
        used = [axis for axis in self._axes if axis is not None]
        if not all(isinstance(axis, str) for axis in used):
            raise ValueError(f"Invalid axis names for Layout: strings or None are needed. Got {self._axes}")
        if len(set(used)) != len(used):
            raise ValueError(
                f"An axis of the mesh can split one axis of a tensor, not several. Received: axes={self._axes}. Use"
                " None for the axes that are not split."
            )

    def check_shape(self, shape: Sequence[int | None], what: str) -> None:
        """Refuse a tensor that cannot have this layout.

        Args:
            shape: Shape of the tensor.
            what: What it is, for the message.

        Raises:
            ValueError: the number of axes differs, or an axis cannot be split evenly.
        """
        if len(self._axes) != len(shape):
            raise ValueError(
                f"The layout of {what} names {len(self._axes)} axes, {self._axes}, but its shape is {tuple(shape)}."
                " Give a name or None for each axis."
            )
        if self._device_mesh is None:
            return
        sizes = dict(zip(self._device_mesh.axis_names, self._device_mesh.shape, strict=True))
        for axis, size in zip(self._axes, shape, strict=True):
            if axis is not None and size is not None and size % sizes[axis]:
                raise ValueError(
                    f"The layout of {what} splits an axis of size {size} along mesh axis {axis!r} of {sizes[axis]}"
                    f" devices, which does not divide it; its shape is {tuple(shape)} and the layout is {self._axes}."
                )

    def __repr__(self) -> str:
        return f"<TensorLayout axes={self.axes}, device_mesh={self.device_mesh}>"
