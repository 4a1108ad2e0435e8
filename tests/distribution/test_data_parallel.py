"""`DataParallel`: meshes, layouts, copies."""

from __future__ import annotations

import pytest

from torchkeras_compat.distribution import DataParallel, DeviceMesh, list_devices


def test_meshes_and_devices(mesh: DeviceMesh) -> None:
    given = DataParallel(mesh)
    assert (given.device_mesh, given.batch_dim_name, given.num_model_replicas) == (mesh, "data", 8)
    listed = DataParallel(devices=["cpu:0", "cpu:1"], auto_shard_dataset=False)
    assert (listed.device_mesh.axis_names, listed.batch_dim_name) == (["batch"], "batch")
    assert (listed.num_processes, listed.auto_shard_dataset) == (1, False)
    assert DataParallel().device_mesh.devices.tolist() == list_devices()
    assert listed.get_tensor_layout("path/to/tensor") is None


def test_wrong_meshes_are_refused() -> None:
    with pytest.raises(TypeError, match=r"Received: \['cpu:0'\]. A list of devices is the argument `devices`"):
        DataParallel(["cpu:0"])
    with pytest.raises(ValueError, match=r"at least one device. Received: devices=\[\]"):
        DataParallel(devices=[])


def test_it_is_shown_as_in_keras() -> None:
    shown = "<DataParallel device_mesh=<DeviceMesh shape=(1,), axis_names=['batch']>>"
    assert repr(DataParallel(devices=["cpu:0"])) == shown
