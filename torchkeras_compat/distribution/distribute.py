"""Tensors in a layout."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.device import parse_device
from torchkeras_compat.distribution.active import one_device
from torchkeras_compat.distribution.tensor_layout import TensorLayout


def distribute_tensor(tensor: Any, layout: TensorLayout | None) -> Any:
    """Return a tensor in a layout: on the one device of its mesh.

    Args:
        tensor: A tensor or array; a symbolic tensor comes back as it is.
        layout: A layout with a mesh; None leaves the tensor where it is.

    Raises:
        TypeError: ``layout`` is not a `TensorLayout`.
        ValueError: it has no mesh, or another number of axes than the tensor.
        NotImplementedError: the mesh has several devices.

    Example:
        >>> from torchkeras_compat.distribution import DeviceMesh
        >>> layout = TensorLayout([None, None], DeviceMesh((1,), ["data"], ["cpu:0"]))
        >>> distribute_tensor(torch.ones(2, 3), layout).shape
        torch.Size([2, 3])
    """
    if layout is not None and not isinstance(layout, TensorLayout):
        raise TypeError(f"`layout` must be a TensorLayout or None. Received: {layout!r}")
    is_symbolic = hasattr(tensor, "__torch_function__") and not isinstance(tensor, torch.Tensor)
    if layout is None or (is_symbolic and not hasattr(tensor, "value")):
        return tensor
    if layout.device_mesh is None:
        raise ValueError(f"The layout has no mesh. Assign its `device_mesh` first. Received: {layout!r}")
    found = torch.as_tensor(getattr(tensor, "value", tensor))
    layout.check_shape(found.shape, "the tensor")
    return found.to(parse_device(one_device(layout.device_mesh.devices.reshape(-1).tolist(), layout.device_mesh)))
