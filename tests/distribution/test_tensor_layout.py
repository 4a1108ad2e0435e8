"""Layouts of tensors: Keras's checks, and shapes."""

from __future__ import annotations

from typing import Any

import pytest
from torch.distributed.tensor import Replicate, Shard

from torchkeras_compat.distribution import DeviceMesh, TensorLayout


def test_axes_and_mesh_are_kept(mesh: DeviceMesh) -> None:
    layout = TensorLayout(["data", None], mesh)
    assert layout.axes == ("data", None)
    assert layout.device_mesh is mesh
    with pytest.raises(ValueError, match="Cannot override device mesh value"):
        layout.device_mesh = mesh


def test_the_mesh_may_come_later(mesh: DeviceMesh) -> None:
    layout = TensorLayout(("data", None))
    assert layout.device_mesh is None
    layout.device_mesh = mesh
    assert layout.device_mesh is mesh
    wrong = TensorLayout(("data", "unknown"))
    with pytest.raises(ValueError, match=r"Invalid axis names for Layout.*Got \{'unknown'\}"):
        wrong.device_mesh = mesh
    assert wrong.device_mesh is None


def test_repr_is_keras_s(real_keras: Any, mesh: DeviceMesh) -> None:
    theirs = real_keras.distribution.DeviceMesh((4, 2), ["data", "model"], mesh.devices.reshape(-1))
    assert repr(TensorLayout(["data", None], mesh)) == repr(
        real_keras.distribution.TensorLayout(["data", None], theirs)
    )


@pytest.mark.parametrize(
    ("axes", "text"),
    [
        (("data", "wrong"), "Invalid axis names"),
        ("data", "Invalid axis names"),
        ((3,), "strings or None"),
        (("data", "data"), r"one axis of a tensor, not several. Received: axes=\('data', 'data'\)"),
    ],
)
def test_wrong_axes_are_refused(mesh: DeviceMesh, axes: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        TensorLayout(axes, mesh)
    with pytest.raises(TypeError, match="must be a DeviceMesh. Received: 'mesh'"):
        TensorLayout(["data"], "mesh")


def test_placements_of_torch(mesh: DeviceMesh) -> None:
    assert TensorLayout([None, "model"], mesh).backend_layout == (Replicate(), Shard(1))
    with pytest.raises(ValueError, match="device mesh is not set"):
        _ = TensorLayout(["model"]).backend_layout


def test_a_shape_is_checked(mesh: DeviceMesh) -> None:
    layout = TensorLayout([None, "data"], mesh)
    layout.check_shape((3, 8), "x")
    layout.check_shape((None, None), "x")
    with pytest.raises(ValueError, match=r"layout of x names 2 axes.*shape is \(3,\)"):
        layout.check_shape((3,), "x")
    with pytest.raises(ValueError, match=r"axis of size 6 along mesh axis 'data' of 4 devices"):
        layout.check_shape((3, 6), "x")
