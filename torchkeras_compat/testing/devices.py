"""Devices to check on: those that the machine has, and a stand-in for one where it has only the CPU."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from torchkeras_compat.device import package_device

STAND_IN = "meta"


def accelerators() -> list[str]:
    """Return the devices besides the CPU, without an index."""
    found = ["cuda"] if torch.cuda.is_available() else []
    return found + [kind for kind in ("xpu", "mps") if getattr(torch, kind).is_available()]


@contextlib.contextmanager
def stand_in_device() -> Iterator[str]:
    """Compute without values on a device that is not the CPU, the same on every machine.

    Tensors of the CPU that meet one of it are an error, and so is reading a value: what would wait for an accelerator.
    """
    with package_device(STAND_IN), FakeTensorMode(allow_non_fake_inputs=True), torch.no_grad():
        yield STAND_IN
