"""The distribution in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchkeras_compat.device import parse_device, place
from torchkeras_compat.distribution.processes import HOW_TO_USE_SEVERAL, process_count

if TYPE_CHECKING:
    from torchkeras_compat.distribution.base import Distribution

_active: Distribution | None = None


def distribution() -> Distribution | None:
    """Return the distribution in use, or None.

    Example:
        >>> distribution() is None
        True
    """
    return _active


def set_distribution(value: Distribution | None) -> None:
    """Use a distribution from now on: its device is where weights are made and data goes.

    Args:
        value: A `DataParallel` or `ModelParallel` over one device; None for none.

    Raises:
        TypeError: ``value`` is not a distribution.
        NotImplementedError: it spans several devices or processes.

    Example:
        >>> from torchkeras_compat.distribution import DataParallel
        >>> set_distribution(DataParallel(devices=["cpu:0"]))
        >>> distribution()
        <DataParallel device_mesh=<DeviceMesh shape=(1,), axis_names=['batch']>>
        >>> set_distribution(None)
    """
    global _active
    if value is None:
        place(None)
    else:
        mesh = getattr(value, "device_mesh", None)
        if mesh is None:
            raise TypeError(f"A distribution is a DataParallel or ModelParallel, or None. Received: {value!r}")
        place(parse_device(one_device(mesh.devices.reshape(-1).tolist(), value)))
    _active = value


def one_device(devices: list[str], what: object) -> str:
    """Return the one device of a mesh.

    Args:
        devices: Names of its devices.
        what: What is to run on it, for the message.

    Raises:
        NotImplementedError: there are several, or several processes.
    """
    processes = process_count()
    if len(devices) > 1 or processes > 1:
        named = ", ".join(map(str, devices[:4])) + (", ..." if len(devices) > 4 else "")
        raise NotImplementedError(
            f"{what} spans {len(devices)} devices ({named}) and {processes} process{'es' if processes > 1 else ''}:"
            " `fit` and tensors of this package use one of each."
            f" {HOW_TO_USE_SEVERAL}; or use one device: DataParallel(devices=[{str(devices[0])!r}])."
        )
    return str(devices[0])
