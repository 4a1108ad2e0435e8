"""What a call does to the world: files, network, processes, imports and the state of the package."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from torchkeras_compat import config
from torchkeras_compat.custom_objects import get_custom_objects
from torchkeras_compat.dtypes import dtype_policy as policy
from torchkeras_compat.saving import keras2_hard_sigmoid, saving_and_loading

_OUTSIDE = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "urllib.",
    "http.",
)
_CHANGES = (
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.truncate",
    "shutil.",
)
_CODE = ("pickle.find_class", "webbrowser.")
_LOADED = keras2_hard_sigmoid, saving_and_loading  # a first import registers functions, and is not an act of a file
_seen: list[tuple[str, tuple[Any, ...]]] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _seen is not None and event.startswith(("open", "import", *_OUTSIDE, *_CHANGES, *_CODE)):
        _seen.append((event, arguments))


sys.addaudithook(_hook)


def process_state() -> dict[str, Any]:
    """The switches of the process that a file must leave alone."""
    return {
        "floatx": config.floatx(),
        "epsilon": config.epsilon(),
        "image_data_format": config.image_data_format(),
        "dtype policy": policy.dtype_policy().name,
        "registered": dict(get_custom_objects()),
        "folder": os.getcwd(),
        "environment": dict(os.environ),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "threads": torch.get_num_threads(),
        "gradients": torch.is_grad_enabled(),
        "default dtype": torch.get_default_dtype(),
    }


@contextlib.contextmanager
def nothing_happens(*may_write: Path, may_import: tuple[str, ...] = ()) -> Iterator[None]:
    """Fail if the body writes files, connects, starts processes, imports unknown modules or changes the process.

    Args:
        may_write: Folders where temporary files may be made and removed.
        may_import: Packages that may be imported beside this one and what it builds on.
    """
    global _seen
    before, loaded, _seen = process_state(), set(sys.modules), []
    try:
        yield
    finally:
        events, _seen = _seen, None
    allowed = ("torchkeras_compat", "torch", "numpy", "h5py", "lazy_loader", "pluggy", *may_import)
    known = {name.partition(".")[0] for name in loaded} | set(sys.stdlib_module_names) | set(allowed)
    strange = {name for name in set(sys.modules) - loaded if name.partition(".")[0] not in known - _SPECTACULAR}
    assert not strange, f"modules were imported: {strange}"
    wrong = [(event, arguments) for event, arguments in events if _is_wrong(event, arguments, may_write)]
    assert not wrong, f"it reached out of the file: {wrong}"
    changed = {key: (before[key], value) for key, value in process_state().items() if before[key] != value}
    assert not changed, f"the state of the process changed: {changed}"


# Modules of the standard library that nothing here needs: what attacks import.
_SPECTACULAR = {"this", "antigravity", "webbrowser", "ftplib", "turtle"}


def _is_wrong(event: str, arguments: tuple[Any, ...], may_write: tuple[Path, ...]) -> bool:
    if event == "import":
        return False
    if event == "open":
        path, mode, flags = (*arguments, None, None)[:3]
        writes = any(c in (mode or "") for c in "wax+") or bool((flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        return writes and isinstance(path, (str, bytes)) and not _is_below(os.fsdecode(path), may_write)
    if event.startswith(_CHANGES):
        paths = [os.fsdecode(a) for a in arguments if isinstance(a, (str, bytes, os.PathLike))]
        return not all(_is_below(path, may_write) for path in paths)
    return True


def _is_below(path: str, folders: tuple[Path, ...]) -> bool:
    return path == os.devnull or "__pycache__" in path or any(Path(path).is_relative_to(f) for f in folders)
