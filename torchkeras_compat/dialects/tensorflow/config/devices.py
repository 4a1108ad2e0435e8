"""``tf.config``: the devices of this computer, which of them are used, and their memory."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from torchkeras_compat.device import place


class PhysicalDevice(NamedTuple):
    """A device of this computer.

    Args:
        name: ``"/physical_device:GPU:0"``.
        device_type: ``"CPU"`` or ``"GPU"``.
    """

    name: str
    device_type: str


class LogicalDevice(NamedTuple):
    """A device as a program names it: ``tf.device(device.name)``.

    Args:
        name: ``"/device:GPU:0"``.
        device_type: ``"CPU"`` or ``"GPU"``.
    """

    name: str
    device_type: str


class LogicalDeviceConfiguration(NamedTuple):
    """How a device is divided: here into one part, of at most ``memory_limit`` MiB.

    Args:
        memory_limit: MiB; None for all there is.
        experimental_priority: Only None.
        experimental_device_ordinal: Only None or 0.
    """

    memory_limit: float | None = None
    experimental_priority: int | None = None
    experimental_device_ordinal: int | None = None


class _Chosen:
    """What the program has set. It is the program's own, so there is one of it."""

    visible: dict[str, list[PhysicalDevice]] = {}
    growth: dict[PhysicalDevice, bool] = {}
    limits: dict[PhysicalDevice, list[LogicalDeviceConfiguration]] = {}


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """Return the devices of this computer.

    Args:
        device_type: ``"CPU"`` or ``"GPU"``, which is one that torch's CUDA uses; None for all.

    Example:
        >>> list_physical_devices("CPU")
        [PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]

    Source: TensorFlow API, config/list_physical_devices.
    """
    found = [PhysicalDevice("/physical_device:CPU:0", "CPU")]
    found += [PhysicalDevice(f"/physical_device:GPU:{n}", "GPU") for n in range(torch.cuda.device_count())]
    return [one for one in found if device_type in (None, one.device_type)]


def list_logical_devices(device_type: str | None = None) -> list[LogicalDevice]:
    """Return the devices that a program can name: those that are visible.

    Args:
        device_type: ``"CPU"`` or ``"GPU"``; None for all.
    """
    return [
        LogicalDevice(f"/device:{one.device_type}:{number}", one.device_type)
        for kind in ("CPU", "GPU")
        if device_type in (None, kind)
        for number, one in enumerate(get_visible_devices(kind))
    ]


def get_visible_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """Return the devices that the program uses.

    Args:
        device_type: ``"CPU"`` or ``"GPU"``; None for all.
    """
    kinds = ("CPU", "GPU") if device_type is None else (device_type,)
    return [one for kind in kinds for one in _Chosen.visible.get(kind, list_physical_devices(kind))]


def set_visible_devices(devices: Any, device_type: str | None = None) -> None:
    """Choose the devices that the program uses: models and data go to the first GPU among them, without one to the CPU.

    Args:
        devices: Devices of :func:`list_physical_devices`, one or a list; empty to use none of the type.
        device_type: Type that is chosen; None for all types.

    Raises:
        ValueError: a device that is not there or of another type, or no CPU.

    Source: TensorFlow API, config/set_visible_devices.
    """
    chosen = [] if devices is None else [devices] if isinstance(devices, PhysicalDevice) else list(devices)
    for one in chosen:
        if one not in list_physical_devices() or device_type not in (None, one.device_type):
            raise ValueError(f"Unrecognized device: {one!r}. Known: {list_physical_devices(device_type)}")
    kinds = ("CPU", "GPU") if device_type is None else (device_type,)
    if "CPU" in kinds and not any(one.device_type == "CPU" for one in chosen):
        raise ValueError("The CPU cannot be hidden: data is prepared on it.")
    for kind in kinds:
        _Chosen.visible[kind] = [one for one in chosen if one.device_type == kind]
    if "GPU" in kinds and list_physical_devices("GPU"):
        gpus = _Chosen.visible["GPU"]
        place(torch.device("cuda", _number(gpus[0])) if gpus else torch.device("cpu"))


def set_memory_growth(device: PhysicalDevice, enable: bool) -> None:
    """Say that memory of a GPU is taken as it is needed, which torch always does.

    Args:
        device: A device of :func:`list_physical_devices`.
        enable: True; False would take all memory at the start, and has no effect.

    Raises:
        ValueError: an unknown device, or the CPU.
    """
    _check_gpu(device)
    _Chosen.growth[device] = bool(enable)


def get_memory_growth(device: PhysicalDevice) -> bool | None:
    """Return what :func:`set_memory_growth` set, or None.

    Raises:
        ValueError: an unknown device, or the CPU.
    """
    _check_gpu(device)
    return _Chosen.growth.get(device)


def set_logical_device_configuration(device: PhysicalDevice, logical_devices: Any) -> None:
    """Limit the memory that torch takes of a GPU.

    Args:
        device: A device of :func:`list_physical_devices`.
        logical_devices: A list of one :class:`LogicalDeviceConfiguration`.

    Raises:
        ValueError: an unknown device, more than one part of it, or a limit for the CPU.
    """
    parts = list(logical_devices)
    if device not in list_physical_devices():
        raise ValueError(f"Unrecognized device: {device!r}")
    if len(parts) != 1:
        raise ValueError(
            f"A device is one device here: `logical_devices` must hold one configuration. Received {len(parts)}. To "
            "try out distributed code, start several processes with `torchrun`."
        )
    limit = parts[0].memory_limit
    if limit is not None:
        _check_gpu(device)
        number = _number(device)
        total = torch.cuda.get_device_properties(number).total_memory
        torch.cuda.set_per_process_memory_fraction(min(1.0, limit * 2**20 / total), number)
    _Chosen.limits[device] = parts


def get_logical_device_configuration(device: PhysicalDevice) -> list[LogicalDeviceConfiguration] | None:
    """Return what :func:`set_logical_device_configuration` set, or None."""
    return _Chosen.limits.get(device)


def get_device_details(device: PhysicalDevice) -> dict[str, Any]:
    """Return name and compute capability of a GPU; of the CPU nothing."""
    if device.device_type != "GPU":
        return {}
    properties = torch.cuda.get_device_properties(_number(device))
    return {"device_name": properties.name, "compute_capability": (properties.major, properties.minor)}


def get_memory_info(device: str) -> dict[str, int]:
    """Return the bytes that tensors take on a GPU: ``current``, and the most since the start, ``peak``.

    Args:
        device: ``"GPU:0"``.

    Raises:
        ValueError: it is not a GPU of this computer.
    """
    number = _gpu_number(device)
    return {"current": torch.cuda.memory_allocated(number), "peak": torch.cuda.max_memory_allocated(number)}


def get_memory_usage(device: str) -> int:
    """Return the bytes that tensors take on a GPU.

    Raises:
        ValueError: it is not a GPU of this computer.
    """
    return get_memory_info(device)["current"]


def reset_memory_stats(device: str) -> None:
    """Let the peak of :func:`get_memory_info` begin with what is taken now.

    Raises:
        ValueError: it is not a GPU of this computer.
    """
    torch.cuda.reset_peak_memory_stats(_gpu_number(device))


def _number(device: PhysicalDevice) -> int:
    return int(device.name.rpartition(":")[2])


def _gpu_number(name: str) -> int:
    kind, _, number = name.rpartition("device:")[2].strip("/").partition(":")
    if kind.upper() != "GPU" or not (number or "0").isdigit() or int(number or 0) >= torch.cuda.device_count():
        raise ValueError(f"No such GPU: {name!r}. This computer has {torch.cuda.device_count()} that torch can use.")
    return int(number or 0)


def _check_gpu(device: PhysicalDevice) -> None:
    if device not in list_physical_devices("GPU"):
        raise ValueError(f"Unrecognized device: {device!r}. This setting is for GPUs: {list_physical_devices('GPU')}")
