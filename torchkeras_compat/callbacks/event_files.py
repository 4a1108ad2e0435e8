"""The event files of one training run: a folder for the steps of training, one for validation."""

from __future__ import annotations

import importlib.util
import os
import sys
import types
from collections.abc import Mapping
from typing import Any

import numpy as np


def check_tensorboard_is_installed() -> None:
    """Raise unless event files can be written.

    Raises:
        ImportError: the package `tensorboard` is not installed.
    """
    if importlib.util.find_spec("tensorboard") is None:
        raise ImportError(
            "The TensorBoard callback needs the package `tensorboard`, which is not installed. Install it: "
            "pip install torchkeras-compat[tensorboard]"
        )


def summary_writer(folder: str) -> Any:
    """Return a ``torch.utils.tensorboard.SummaryWriter`` that writes into ``folder``."""
    # TensorBoard looks for TensorFlow to open files with, which may be the stand-in that `install_as_keras` puts there;
    # a module of this name is its own switch for doing without.
    sys.modules.setdefault("tensorboard.compat.notf", types.ModuleType("tensorboard.compat.notf"))
    from torch.utils.tensorboard import SummaryWriter  # optional, and 0.2 s

    return SummaryWriter(folder)


class EventFiles:
    """Writers that open their file at the first value, so that a run without validation leaves no empty file.

    Args:
        log_dir: Folder of the run.

    Attributes:
        folders: Paths of the subfolders ``train`` and ``validation``, by name.
    """

    def __init__(self, log_dir: str) -> None:
        self.folders = {name: os.path.join(log_dir, name) for name in ("train", "validation")}
        self._writers: dict[str, Any] = {}

    def writer(self, name: str) -> Any:
        """Return the writer for ``"train"`` or ``"validation"``."""
        if name not in self._writers:
            self._writers[name] = summary_writer(self.folders[name])
        return self._writers[name]

    def add_scalars(self, name: str, values: Mapping[str, Any], step: int) -> None:
        """Write numbers under their tags; an array (one value a class) gets a tag for each element, ``tag/index``."""
        for tag, value in values.items():
            array = np.asarray(value)
            if not np.issubdtype(array.dtype, np.number) and array.dtype != bool:
                continue  # text that a callback put into the logs is not a curve
            if array.size == 1:
                self.writer(name).add_scalar(tag, array.item(), step)
            else:
                for index, part in enumerate(array.ravel().tolist()):
                    self.writer(name).add_scalar(f"{tag}/{index}", part, step)

    def flush(self) -> None:
        """Let what was written be seen by readers."""
        for writer in self._writers.values():
            writer.flush()

    def close(self) -> None:
        """Close the files; a later value opens new ones."""
        for writer in self._writers.values():
            writer.close()
        self._writers = {}
