"""`CSVLogger`: one line of a text file an epoch."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from torchkeras_compat.callbacks.base import Callback, Logs


class CSVLogger(Callback):
    """Writes the logs of every epoch to a CSV file; what an epoch lacks is ``NA``.

    The columns are those of the first epoch, in the order of the alphabet, and the validation's even without one.

    Args:
        filename: The file; it is opened when training begins.
        separator: Between two values.
        append: Whether to go on in a file that exists, without a second header.

    Raises:
        OSError: the file cannot be written, from ``on_train_begin`` on.

    Example:
        >>> import tempfile, os
        >>> path = os.path.join(tempfile.mkdtemp(), "log.csv")
        >>> logger = CSVLogger(path)
        >>> logger.on_train_begin()
        >>> logger.on_epoch_end(0, {"loss": 0.5, "val_loss": 0.75})
        >>> logger.on_train_end()
        >>> with open(path) as file:
        ...     print(file.read().strip())
        epoch,loss,val_loss
        0,0.5,0.75

    Source: Keras API, callbacks/csv_logger.
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        self.filename = os.fspath(filename)
        self.sep = separator
        self.append = append
        self.keys: list[str] | None = None
        self.writer: csv.DictWriter[str] | None = None
        self.csv_file: IO[str] | None = None
        self.append_header = True

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if self.csv_file is not None:  # of a training that an error ended
            self.csv_file.close()
        path = Path(self.filename)
        self.append_header = not (self.append and path.exists() and path.stat().st_size > 0)
        self.csv_file = path.open("a" if self.append else "w", newline="")
        self.writer = None
        self.keys = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.csv_file is None:
            return
        logs = logs or {}
        if self.writer is None or self.keys is None:
            self.keys = self._columns(logs)
            self.writer = csv.DictWriter(
                self.csv_file, fieldnames=["epoch", *self.keys], delimiter=self.sep, lineterminator="\n"
            )
            if self.append_header:
                self.writer.writeheader()
        self.writer.writerow(
            {"epoch": epoch, **{key: _written(logs[key]) if key in logs else "NA" for key in self.keys}}
        )
        self.csv_file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.csv_file is not None:
            self.csv_file.close()
        self.csv_file = None
        self.writer = None

    def _columns(self, logs: Mapping[str, Any]) -> list[str]:
        keys = sorted(logs)
        if not any(key.startswith("val_") for key in keys):
            # A header is written once, and validation may come in a later epoch (`validation_freq`).
            keys += [f"val_{key}" for key in keys if key != "learning_rate"]
        return keys


def _written(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable) and np.ndim(value) > 0:  # type: ignore[arg-type]
        return f'"[{", ".join(map(str, value))}]"'
    return value
