from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from torchkeras_compat.dialects.tensorflow.config import devices

device_module: Any = sys.modules["torchkeras_compat.device"]  # the public name is a function in it


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer of which torch says that it has two GPUs."""
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    placed = device_module._placed
    yield
    device_module.place(placed)
    devices._Chosen.visible.clear()


def test_devices_have_names(two_gpus: None) -> None:
    assert [one.name for one in devices.list_physical_devices()] == [
        "/physical_device:CPU:0",
        "/physical_device:GPU:0",
        "/physical_device:GPU:1",
    ]
    assert [one.name for one in devices.list_logical_devices("GPU")] == ["/device:GPU:0", "/device:GPU:1"]


def test_the_first_visible_gpu_is_used(two_gpus: None) -> None:
    gpus = devices.list_physical_devices("GPU")
    devices.set_visible_devices(gpus[1:], "GPU")
    assert device_module._placed == torch.device("cuda:1")
    assert devices.get_visible_devices("GPU") == gpus[1:] and len(devices.list_logical_devices()) == 2
    devices.set_visible_devices([], "GPU")
    assert device_module._placed == torch.device("cpu") and devices.list_logical_devices("GPU") == []


def test_memory_grows_as_it_is_needed(two_gpus: None) -> None:
    gpu = devices.list_physical_devices("GPU")[0]
    devices.set_memory_growth(gpu, True)
    assert devices.get_memory_growth(gpu) is True
    devices.set_logical_device_configuration(gpu, [devices.LogicalDeviceConfiguration()])
    with pytest.raises(ValueError, match="Received 2"):
        devices.set_logical_device_configuration(gpu, [devices.LogicalDeviceConfiguration()] * 2)


def test_unknown_devices_are_refused() -> None:
    cpu = devices.list_physical_devices("CPU")[0]
    with pytest.raises(ValueError, match="This setting is for GPUs"):
        devices.set_memory_growth(cpu, True)
    with pytest.raises(ValueError, match="Unrecognized device"):
        devices.set_visible_devices(devices.PhysicalDevice("/physical_device:GPU:9", "GPU"))
    with pytest.raises(ValueError, match="cannot be hidden"):
        devices.set_visible_devices([], "CPU")
    with pytest.raises(ValueError, match="No such GPU: 'GPU:99'"):
        devices.get_memory_info("GPU:99")
    assert devices.get_device_details(cpu) == {}
