"""The devices of this process, by Keras's names."""

from __future__ import annotations

import torch

from torchkeras_compat.errors import nearest

_KINDS = {"cpu": "cpu", "gpu": "cuda", "cuda": "cuda", "xpu": "xpu", "mps": "mps", "tpu": "tpu"}


def list_devices(device_type: str | None = None) -> list[str]:
    """Return the devices that this process can compute on: ``["gpu:0", "gpu:1"]``, or ``["cpu:0"]``.

    Args:
        device_type: ``"cpu"``, ``"gpu"``, ``"tpu"`` (torch has none), or torch's ``"cuda"``, ``"xpu"``, ``"mps"``; None
            for those of the accelerator if there is one, else the CPU.

    Raises:
        ValueError: ``device_type`` is not a kind of device.

    Example:
        >>> list_devices("cpu")
        ['cpu:0']
    """
    if device_type is None:
        accelerators = [name for kind in ("gpu", "xpu", "mps") for name in list_devices(kind)]
        return accelerators or list_devices("cpu")
    name = device_type.lower() if isinstance(device_type, str) else device_type
    if name not in _KINDS:
        hint = nearest(name, _KINDS) if isinstance(name, str) else ""
        raise ValueError(f"`device_type` must be 'cpu', 'gpu', 'tpu' or None. Received: {device_type!r}.{hint}")
    return [f"{'gpu' if name == 'cuda' else name}:{i}" for i in range(_count(_KINDS[name]))]


def get_device_count(device_type: str | None = None) -> int:
    """Return the number of devices that :func:`list_devices` lists.

    Args:
        device_type: As for :func:`list_devices`.

    Raises:
        ValueError: ``device_type`` is not a kind of device.

    Example:
        >>> get_device_count("cpu"), get_device_count("tpu")
        (1, 0)
    """
    return len(list_devices(device_type))


def _count(kind: str) -> int:
    if kind == "cpu":
        return 1
    module = getattr(torch, kind, None)
    return module.device_count() if module is not None and module.is_available() else 0
