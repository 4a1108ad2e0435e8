"""`CSVLogger`: one line of a text file an epoch."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.callbacks.base import Callback, Logs
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.atomic import saying_what_is_full, written_whole


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
        self._size: int | None = None  # of the file after the last row; None before the first

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.keys = None
        self._size = None
        with Path(self.filename).open("a"):  # where it cannot be written is known now, not after an epoch
            pass

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        if self.keys is None:
            self.keys = self._columns(logs)
        columns = ["epoch", *self.keys]
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=columns, delimiter=self.sep, lineterminator="\n")
        path = Path(self.filename)
        is_new = self._size is None and (not self.append or _size(path) == 0)
        if is_new:
            writer.writeheader()
        writer.writerow({"epoch": epoch, **{k: _written(logs[k]) if k in logs else "NA" for k in self.keys}})
        if is_new and _size(path) > 0:
            with written_whole(path) as temporary:  # an older log, which stays if there is no room for this one
                temporary.write_text(text.getvalue(), newline="")
        else:
            self._append(path, text.getvalue())
        self._size = _size(path)

    def _append(self, path: Path, text: str) -> None:
        """Write at the end; if there is no room for all of it, the file is as before."""
        with saying_what_is_full(path):
            before = _size(path)
            try:
                with path.open("a", newline="") as file:
                    file.write(text)
            except OSError:
                if path.is_file():
                    os.truncate(path, before)
                raise

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self._size is None and not self.append:
            Path(self.filename).write_text("")

    def state_dict(self) -> dict[str, Any]:
        return {"keys": self.keys, "_size": self._size}

    def _check_state_dict(self, state_dict: Any) -> None:
        super()._check_state_dict(state_dict)
        self._check_names(state_dict)
        self._check_kinds(state_dict)
        keys, size = state_dict.get("keys"), state_dict.get("_size")
        path = Path(self.filename)
        if keys is not None and not all(isinstance(key, str) for key in keys):
            raise FileContentError(f"The columns of CSVLogger are names. The copy has {keys!r:.60}.")
        if size is not None and (type(size) is not int or size < 0):
            raise FileContentError(f"The size of the file of CSVLogger is an int. The copy has {size!r:.60}.")
        if size is not None and size > _size(path):
            raise FileContentError(
                f"{self.filename!r} had {size} bytes when the copy was made, and has {_size(path)} now. Put the file"
                " back, or leave out CSVLogger."
            )

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict(state_dict)
        if self._size is not None:
            os.truncate(self.filename, self._size)  # the rows after it are of epochs that run again

    def _columns(self, logs: Mapping[str, Any]) -> list[str]:
        keys = sorted(logs)
        if not any(key.startswith("val_") for key in keys):
            # A header is written once, and validation may come in a later epoch (`validation_freq`).
            keys += [f"val_{key}" for key in keys if key != "learning_rate"]
        return keys


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _written(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable) and np.ndim(value) > 0:  # type: ignore[arg-type]
        return f'"[{", ".join(map(str, value))}]"'
    return value
