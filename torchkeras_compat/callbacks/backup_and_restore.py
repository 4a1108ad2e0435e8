"""`BackupAndRestore`: training that was interrupted goes on where it was."""

from __future__ import annotations

import json
import os
import shutil
import warnings
from pathlib import Path
from typing import Any

from torchkeras_compat.callbacks.base import Callback, Logs
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.atomic import written_whole


class BackupAndRestore(Callback):
    """Keeps a copy of the weights and of the optimizer while `fit` runs, and starts the next `fit` from it.

    An interrupted epoch begins anew, with the weights of the copy. At the end of `fit` the copy goes away.

    Args:
        backup_dir: Folder for the copy, of this training alone; made if it does not exist.
        save_freq: ``"epoch"``, or the number of steps from one copy to the next.
        double_checkpoint: Whether the copy before the last is kept too, and used if the last one is broken.
        delete_checkpoint: Whether the folder is deleted when `fit` ends.

    Raises:
        ValueError: an argument is not one of these, or `fit` begins with a model that is not built.

    Example:
        >>> BackupAndRestore("backup", save_freq=100).backup_dir
        'backup'

    Source: Keras API, callbacks/backup_and_restore.
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        if not backup_dir:
            raise ValueError(f"Empty `backup_dir` argument passed: it names a folder. Received: {backup_dir!r}")
        if save_freq != "epoch" and (isinstance(save_freq, bool) or not isinstance(save_freq, int) or save_freq < 1):
            raise ValueError(
                f"Invalid value for argument `save_freq`. Received: save_freq={save_freq!r}. Use 'epoch' or a positive"
                " number of steps."
            )
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._epoch = 0
        self._steps = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if not self.model.built:
            raise ValueError(
                "To use the BackupAndRestore callback, the model must be built before you call `fit()`. Call it on a"
                " batch of data, use `build(input_shape)`, or start it with an `Input`."
            )
        self._steps = 0
        for weights, record in (self._paths("latest"), self._paths("previous")):
            epoch = self._restore(weights, record)
            if epoch is not None:
                self.model.__dict__["_initial_epoch"] = epoch
                return

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            return
        self._steps += 1
        if self._steps >= int(self.save_freq):
            self._steps = 0
            self._save(self._epoch, batch)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch + 1, 0)

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.delete_checkpoint:
            shutil.rmtree(self.backup_dir, ignore_errors=True)

    def _paths(self, which: str) -> tuple[Path, Path]:
        prefix = "" if which == "latest" else "prev_"
        folder = Path(self.backup_dir)
        return folder / f"{prefix}latest.weights.h5", folder / f"{prefix}training_metadata.json"

    def _save(self, epoch: int, batch: int) -> None:
        Path(self.backup_dir).mkdir(parents=True, exist_ok=True)
        weights, record = self._paths("latest")
        if self.double_checkpoint and weights.exists() and record.exists():
            for path, previous in zip((weights, record), self._paths("previous"), strict=True):
                os.replace(path, previous)
        self.model.save_weights(weights, overwrite=True)
        with written_whole(record) as temporary:
            temporary.write_text(json.dumps({"epoch": epoch, "batch": batch}))

    def _restore(self, weights: Path, record: Path) -> int | None:
        """Load one copy and return the epoch to go on with; None if there is none, or it is broken."""
        if not (weights.exists() and record.exists()):
            return None
        try:
            found: Any = json.loads(record.read_text())
            epoch = int(found["epoch"])
            self.model.load_weights(weights)
        except (FileContentError, ValueError, KeyError, TypeError) as error:
            previous = self._paths("previous")
            if weights == previous[0] or not previous[0].exists():
                raise FileContentError(
                    f"The copy in {self.backup_dir!r} cannot be restored: {error} Delete the folder to start anew."
                ) from error
            warnings.warn(
                f"The last copy in {self.backup_dir!r} is broken ({error}); training goes on from the one before.",
                stacklevel=2,
            )
            return None
        return epoch
