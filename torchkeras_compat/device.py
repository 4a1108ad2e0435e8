"""The one place that picks a device.

Order: the innermost ``device(...)`` scope, torch's own default device if it was changed, the device of the
distribution in use, the environment variable ``TORCHKERAS_DEVICE``, then CUDA, XPU or MPS if there is one, else
the CPU. Of several CUDA devices it is the current one of torch, or that of ``LOCAL_RANK``, as they are at the time. A
process that was forked from one that uses CUDA, as the workers of a ``DataLoader`` are, cannot use it: its
default is the CPU.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator

import torch

_scopes: list[torch.device] = []
_placed: torch.device | None = None
_KINDS = {"gpu": "cuda"}


def parse_device(name: str | torch.device) -> torch.device:
    """Return the torch device of a name as Keras or torch writes it.

    Args:
        name: ``"cpu"``, ``"cuda:1"``, ``"gpu:0"``, ``"meta"``, ``"/GPU:0"`` or a ``torch.device``.

    Raises:
        ValueError: torch knows no such device.

    Example:
        >>> parse_device("gpu:0"), parse_device("CPU:0")
        (device(type='cuda', index=0), device(type='cpu'))
    """
    if isinstance(name, torch.device):
        return name
    if not isinstance(name, str):
        raise ValueError(
            f"A device is named by a string such as 'cpu' or 'cuda:0'. Received: {name!r} of type {type(name)}"
        )
    kind, _, index = name.lower().split("/")[-1].removeprefix("device:").partition(":")
    kind = _KINDS.get(kind, kind)
    try:
        return torch.device("cpu" if kind == "cpu" else f"{kind}:{index}" if index else kind)
    except RuntimeError as error:
        raise ValueError(f"Unknown device {name!r}. Use 'cpu', 'cuda', 'cuda:N', 'mps', 'xpu' or 'meta'.") from error


def _accelerator() -> torch.device:
    found = _accelerator_seen(os.environ.get("CUDA_VISIBLE_DEVICES"))
    return torch.device("cuda", _cuda_index()) if found.type == "cuda" else found


def _cuda_index() -> int:
    """Return the number of the CUDA device of this process: what `torch.cuda.set_device` said, else ``LOCAL_RANK``.

    `torchrun` gives each process of a machine a rank. Where each sees one device only, or torch has another current
    device than the first, the rank is not asked.
    """
    current = torch.cuda.current_device()
    rank = os.environ.get("LOCAL_RANK", "")
    if current == 0 and rank.isdecimal() and 0 < int(rank) < torch.cuda.device_count():
        return int(rank)
    return current


@functools.cache
def _accelerator_seen(visible: str | None) -> torch.device:
    """Return the kind of accelerator that torch sees, asked once for each setting of ``CUDA_VISIBLE_DEVICES``."""
    if _cannot_use_cuda():
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda")
    for kind in ("xpu", "mps"):
        if getattr(torch, kind, None) is not None and getattr(torch, kind).is_available():
            return torch.device(kind)
    return torch.device("cpu")


def _cannot_use_cuda() -> bool:
    return bool(torch.cuda._is_in_bad_fork())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_accelerator_seen.cache_clear)


def current_device() -> torch.device:
    """Return the device on which weights are made and to which data goes.

    Raises:
        ValueError: ``TORCHKERAS_DEVICE`` names no device.

    Example:
        >>> with device("cpu"):
        ...     current_device()
        device(type='cpu')
    """
    if _scopes:
        return _scopes[-1]
    default = torch.get_default_device()
    return default if default.type != "cpu" else _configured_device()


def is_device_chosen() -> bool:
    """Return whether the user has said which device to use: by a scope, a distribution, torch's default device or
    the environment.

    Example:
        >>> with device("cpu"):
        ...     is_device_chosen()
        True
    """
    return bool(_scopes or _placed or torch.get_default_device().type != "cpu" or os.environ.get("TORCHKERAS_DEVICE"))


def place(chosen: torch.device | None) -> None:
    """Make ``chosen`` the device of this package outside scopes, as a distribution over one device does."""
    global _placed
    _placed = chosen


# torch.compile cannot trace the questions asked in here. This is what torch.compiler.assume_constant_result sets, which
# imports all of torch._dynamo (and 0.5 s of sympy) to do so.
current_device._dynamo_marked_constant = True  # type: ignore[attr-defined]


def _configured_device() -> torch.device:
    if _placed is not None:
        return _placed
    named = os.environ.get("TORCHKERAS_DEVICE")
    if not named:
        return _accelerator()
    found = parse_device(named)
    if found.type != "cuda":
        return found
    if _cannot_use_cuda():
        return torch.device("cpu")
    return torch.device("cuda", _cuda_index()) if found.index is None and torch.cuda.is_available() else found


@contextlib.contextmanager
def device(device_name: str | torch.device) -> Iterator[torch.device]:
    """Put everything that is created inside on one device.

    Args:
        device_name: As :func:`parse_device` takes it.

    Raises:
        ValueError: torch knows no such device.

    Example:
        >>> with device("meta"):
        ...     torch.zeros(2).device
        device(type='meta')
    """
    chosen = parse_device(device_name)
    _scopes.append(chosen)
    try:
        with chosen:
            yield chosen
    finally:
        _scopes.pop()


@contextlib.contextmanager
def package_device(name: str | torch.device) -> Iterator[None]:
    """Make ``name`` the device of this package inside the scope, as the accelerator of a machine is without any scope.

    Functions of torch keep their own default device: :func:`device` changes that too, and then ``torch.as_tensor``
    moves tensors.
    """
    _scopes.append(parse_device(name))
    try:
        yield
    finally:
        _scopes.pop()


_SHAPE_INFERENCE = torch.device(
    "meta"
)  # the scope that shape inference opens, distinguished from a user's "meta" by identity


@contextlib.contextmanager
def shape_inference_device() -> Iterator[None]:
    """Let everything created inside lie on the meta device, except weights made under :func:`weights_device`."""
    _scopes.append(_SHAPE_INFERENCE)
    try:
        with torch.device("meta"):
            yield
    finally:
        _scopes.pop()


def is_inferring_shapes() -> bool:
    """Return whether shape inference is under way."""
    return bool(_scopes) and _scopes[-1] is _SHAPE_INFERENCE


@contextlib.contextmanager
def weights_device() -> Iterator[None]:
    """Leave shape inference for as long as weights are made: a layer built during it gets real weights."""
    if not is_inferring_shapes():
        yield
        return
    hidden = []
    while _scopes and _scopes[-1] is _SHAPE_INFERENCE:
        hidden.append(_scopes.pop())
    try:
        with torch.device(current_device() if _scopes else _configured_device()):
            yield
    finally:
        _scopes.extend(hidden)
