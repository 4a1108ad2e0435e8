"""Scopes of TensorFlow and functions around them: names, devices, dependencies."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any, Self

import torch

from torchkeras_compat import naming
from torchkeras_compat.device import device as core_device
from torchkeras_compat.tree import flatten

newaxis = None
_DEVICE = re.compile(r"(?:/job:\w+/replica:\d+/task:\d+)?/?(?:device:|physical_device:)?(\w+)(?::(\d+|\*))?")


class name_scope(contextlib.ContextDecorator):
    """Names what is made inside: ``with tf.name_scope("block") as scope``.

    Args:
        name: Name of the scope.
        default_name: Name, where ``name`` is None, as TensorFlow 1 had it.
        values: Kept for TensorFlow's signature.

    Example:
        >>> with name_scope("block") as scope:
        ...     scope
        'block/'
    """

    def __init__(self, name: str | None, default_name: str | None = None, values: Any = None) -> None:
        self._name = name if name is not None else default_name
        self._scope = contextlib.ExitStack()

    @property
    def name(self) -> str | None:
        """Name of the scope."""
        return self._name

    def __enter__(self) -> str:
        if self._name:
            for part in self._name.strip("/").split("/"):
                self._scope.enter_context(naming.name_scope(part))
        path = naming.current_path()
        return f"{path}/" if path else ""

    def __exit__(self, *exc_info: object) -> None:
        self._scope.close()


@contextlib.contextmanager
def device(device_name: Any) -> Iterator[None]:
    """Put what is made inside on a device: ``"/GPU:0"``, ``"cpu:0"``; ``None`` leaves it.

    A GPU that is not there is the CPU, as with TensorFlow's soft placement.

    Args:
        device_name: Name as TensorFlow has it, or a device.

    Raises:
        ValueError: there is no such kind of device.

    Example:
        >>> with device("/CPU:0"):
        ...     torch.zeros(1).device
        device(type='cpu')
    """
    if device_name is None or (isinstance(device_name, str) and not device_name):
        yield
        return
    with core_device(torch_device(getattr(device_name, "name", device_name))):
        yield


def torch_device(name: Any) -> str:
    """Return torch's name of a device of TensorFlow: ``"/job:localhost/replica:0/task:0/device:GPU:1"`` is `cuda:1`.

    Raises:
        ValueError: there is no such kind of device.

    Example:
        >>> torch_device("/device:CPU:0"), torch_device("cpu")
        ('cpu', 'cpu')
    """
    found = _DEVICE.fullmatch(str(name))
    kind = found[1].lower() if found else ""
    number = int(found[2]) if found and found[2] not in (None, "*") else 0
    if kind in ("gpu", "cuda", "xla_gpu"):
        return f"cuda:{number}" if number < torch.cuda.device_count() else "cpu"
    if kind in ("cpu", "xla_cpu"):
        return "cpu"
    raise ValueError(f"Unknown device {name!r}. Use a name such as '/CPU:0' or '/GPU:0'.")


class control_dependencies(contextlib.AbstractContextManager["control_dependencies"]):
    """Does nothing: functions run in the order in which they are written.

    Args:
        control_inputs: Kept for TensorFlow's signature.
    """

    def __init__(self, control_inputs: Any = None) -> None:
        self.control_inputs = control_inputs

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        return None


@contextlib.contextmanager
def init_scope() -> Iterator[None]:
    """Run what is inside outside of graphs, which there are none of; no tape records it."""
    enabled = torch.is_grad_enabled()
    torch._C._set_grad_enabled(False)
    try:
        yield
    finally:
        torch._C._set_grad_enabled(enabled)


def executing_eagerly() -> bool:
    """Return True: functions run at once."""
    return True


def inside_function() -> bool:
    """Return False: there are no graphs."""
    return False


def group(*inputs: Any, **kwargs: Any) -> None:
    """Return None: what is given has run already.

    Raises:
        TypeError: a keyword is not ``name``.
    """
    if not kwargs.keys() <= {"name"}:
        raise TypeError(f"tf.group takes tensors and `name`. Received: {sorted(kwargs)}")
    flatten(inputs)


def no_op(name: str | None = None) -> None:
    """Return None."""


def tuple_of(tensors: Any, name: str | None = None, control_inputs: Any = None) -> list[Any]:
    """Return the tensors, in a list: what ``tf.tuple`` gives."""
    return list(tensors)
