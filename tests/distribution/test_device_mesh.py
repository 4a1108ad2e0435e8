"""Meshes of devices: Keras's checks and texts, and some more."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from torchkeras_compat.distribution import DeviceMesh

CPUS = [f"cpu:{i}" for i in range(8)]


def test_it_keeps_what_keras_keeps(real_keras: Any) -> None:
    for shape, names in [((4, 2), ["a", "b"]), ([8], ("x",))]:
        theirs, ours = real_keras.distribution.DeviceMesh(shape, names, CPUS), DeviceMesh(shape, names, CPUS)
        assert (ours.shape, ours.axis_names, repr(ours)) == (theirs.shape, theirs.axis_names, repr(theirs))
        assert ours.devices.tolist() == theirs.devices.tolist()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (((4,), "", CPUS), "Shape and axis_names cannot be empty"),
        (((), [], []), "Shape and axis_names cannot be empty"),
        (((4, 2), ["batch"], CPUS), "Shape and axis_names should have same size"),
        (((4, 2), ["batch", "model"], CPUS[:4]), "Shape does not match the number of devices"),
        (((4, 2), ["a", "a"], CPUS), r"a name of its own. Received: axis_names=\['a', 'a'\]"),
        (((4, 2), "ab", CPUS), "list of strings"),
        (((-4, -2), ["a", "b"], CPUS), r"positive ints. Received: shape=\(-4, -2\)"),
        (((4.0, 2), ["a", "b"], CPUS), "positive ints"),
    ],
)
def test_a_wrong_mesh_is_refused(arguments: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        DeviceMesh(*arguments)


def test_a_mesh_of_torch_needs_its_processes() -> None:
    with pytest.raises(RuntimeError, match=r"process for each of its 8 devices.*torchrun --nproc-per-node=8"):
        _ = DeviceMesh((8,), ["a"], CPUS).backend_mesh


def test_devices_are_those_that_are_there() -> None:
    count = max(torch.cuda.device_count(), 1)
    assert DeviceMesh((count,), ["a"]).devices.size == count
