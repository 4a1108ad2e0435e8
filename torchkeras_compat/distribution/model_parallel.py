"""Variables are split among devices as a map says, batches along another axis of the mesh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torchkeras_compat.distribution.base import Distribution
from torchkeras_compat.distribution.layout_map import LayoutMap
from torchkeras_compat.distribution.tensor_layout import TensorLayout

if TYPE_CHECKING:
    from torchkeras_compat.variable_base import VariableBase


class ModelParallel(Distribution):
    """Distribution that gives variables the layouts of a `LayoutMap`, by their paths.

    Over one device it runs. Over several it describes and checks layouts, and using it is refused with what to do
    instead.

    Args:
        layout_map: Layouts of variables.
        batch_dim_name: Axis of the mesh along which batches are split; None for the first.
        auto_shard_dataset: Whether each process is to get its part of a dataset.
        **kwargs: ``device_mesh``, as scripts of Keras 3.4 give it: that of ``layout_map``.

    Raises:
        TypeError: an argument is unknown.
        ValueError: ``layout_map`` is not a `LayoutMap` with a mesh, ``device_mesh`` is another one, or
            ``batch_dim_name`` is not one of its axes.

    Example:
        >>> from torchkeras_compat import Variable
        >>> from torchkeras_compat.distribution import DeviceMesh
        >>> layouts = LayoutMap(DeviceMesh((4, 2), ["data", "model"], [f"cpu:{i}" for i in range(8)]))
        >>> layouts["kernel"] = (None, "model")
        >>> distribution = ModelParallel(layout_map=layouts, batch_dim_name="data")
        >>> distribution.get_variable_layout(Variable([[0.0, 1.0]], name="kernel")).axes
        (None, 'model')
    """

    def __init__(
        self,
        *,
        layout_map: LayoutMap | None = None,
        batch_dim_name: str | None = None,
        auto_shard_dataset: bool = True,
        **kwargs: Any,
    ) -> None:
        device_mesh = kwargs.pop("device_mesh", None)
        if kwargs:
            raise TypeError(f"Unknown arguments of ModelParallel: {sorted(kwargs)}")
        if layout_map is None:
            raise ValueError("You must specify a layout_map argument.")
        if not isinstance(layout_map, LayoutMap):
            raise ValueError(f"Argument `layout_map` must be a `LayoutMap` instance. Received: layout_map={layout_map}")
        mesh = layout_map.device_mesh
        if mesh is None:
            raise ValueError("`layout_map` has no mesh. Make it with one: LayoutMap(DeviceMesh(...)).")
        if device_mesh is not None and device_mesh is not mesh:
            raise ValueError(
                f"`device_mesh` must be that of `layout_map`. Received: {device_mesh!r}, and the map has {mesh!r}"
            )
        super().__init__(mesh, batch_dim_name or mesh.axis_names[0], auto_shard_dataset)
        self._layout_map = layout_map

    def get_variable_layout(self, variable: VariableBase) -> TensorLayout:
        """Return the layout of a variable: the one attached to it, else that of its path, else one that splits nothing.

        Args:
            variable: A variable of a layer or an optimizer.

        Raises:
            ValueError: several patterns match its path; the layout has another number of axes, or splits it unevenly.
        """
        if getattr(variable, "tensor_layout", None) is None:
            path = str(getattr(variable, "path", ""))
            layout = self._layout_map[path]
            if layout is not None:
                layout.check_shape(variable.shape, f"variable '{path}'")
                return layout
        return super().get_variable_layout(variable)

    def get_tensor_layout(self, path: str) -> TensorLayout | None:
        """Return the layout of a tensor inside the model, None where no key matches.

        Args:
            path: Path of the tensor.

        Raises:
            ValueError: several patterns match the path.
        """
        return self._layout_map[path]
