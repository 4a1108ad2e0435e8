"""`BackupAndRestore`: training that was interrupted goes on where it was."""

from __future__ import annotations

import contextlib
import json
import os
import warnings
from pathlib import Path
from typing import Any

from torchkeras_compat.callbacks.backup_file import read_copy, write_copy
from torchkeras_compat.callbacks.base import Callback, Logs
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.atomic import remove_leftovers, sync, written_whole
from torchkeras_compat.saving.locks import FileLock, LockHeldError


class BackupAndRestore(Callback):
    """Keeps a copy of all that `fit` has come to, and lets the next `fit` go on from it.

    The copy holds weights, optimizers, metrics, the place in the data, the random generators, and the states of the
    other callbacks (`Callback.state_dict`). On the CPU, a training run that was killed at any moment and started again
    ends with the bits of one that never stopped, in weights and history, given data that comes in the same order
    again: arrays, datasets and loaders that draw from the generators of Python, NumPy or torch, generators that a
    program makes again in the same state. At the end of `fit` the copy goes away.

    A training run with another model, optimizer, loss, metrics, batch size or amount of data is not what was
    interrupted: `fit` says what differs, and changes nothing. Other values in arrays of the same sizes are a warning.

    Args:
        backup_dir: Folder for the copy, of this training run alone; made if it does not exist.
        save_freq: ``"epoch"``, or the number of steps from one copy to the next.
        double_checkpoint: Whether the copy before the last is kept too, and used if the last one is broken.
        delete_checkpoint: Whether the copy is deleted when `fit` ends, and the folder with it if nothing else is there.

    Raises:
        ValueError: an argument is not one of these; `fit` begins with a model that is not built, a folder that another
            training run uses, or the copy of another one.
        FileContentError: the copy is broken: a bit that differs from what was written is enough.
        OSError: the copy cannot be written; the one before stays.

    Example:
        >>> BackupAndRestore("backup", save_freq=100).backup_dir
        'backup'

    Source: Keras API, callbacks/backup_and_restore, whose files these are: the state beyond weights lies in the weights
        file. Keras starts an interrupted epoch, and other callbacks, from the start.
    """

    runs_last = True  # so that the copy has what the others made of a step

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
        self._lock: FileLock | None = None
        self._description: dict[str, Any] = {}

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if not self.model.built:
            raise ValueError(
                "To use the BackupAndRestore callback, the model must be built before you call `fit()`. Call it on a"
                " batch of data, use `build(input_shape)`, or start it with an `Input`."
            )
        self._steps = 0
        self._take_folder()
        training = self.model._training_state
        training.data.keeps_position = True
        self._description = training.describe()
        for weights in (self._paths("latest")[0], self._paths("previous")[0]):
            if self._restore(weights):
                return

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def _idle_hooks(self) -> set[str]:
        return {"on_train_batch_end"} if self.save_freq == "epoch" else set()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            return
        self._steps += 1
        if self._steps >= int(self.save_freq):
            self._steps = 0
            self._save(self._epoch, batch + 1, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch + 1, 0, logs)

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.delete_checkpoint:
            for which in ("latest", "previous"):
                for path in self._paths(which):
                    path.unlink(missing_ok=True)
                    if path.parent.is_dir():
                        remove_leftovers(path)
            # The next `fit` is a training run of its own. Where the copy stays, it goes on from what this one began as.
            self.model._training_state.forget()
            self._description = {}
        self._leave_folder()

    def _release(self) -> None:
        description, self._description = self._description, {}
        try:
            if description:
                self.model._training_state.remember(description)
        finally:
            self._leave_folder()

    def _take_folder(self) -> None:
        self._leave_folder()
        folder = Path(self.backup_dir)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._lock = FileLock(folder / ".lock")
        except LockHeldError as error:
            raise ValueError(
                f"The folder {self.backup_dir!r} is in use by the training run of {error}. Give each training run a"
                " `backup_dir` of its own, or wait for that one to end."
            ) from None
        self._lock.sign()

    def _leave_folder(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None
            with contextlib.suppress(OSError):  # the copy is there, or files of somebody else
                Path(self.backup_dir).rmdir()

    def _paths(self, which: str) -> tuple[Path, Path]:
        prefix = "" if which == "latest" else "prev_"
        folder = Path(self.backup_dir)
        return folder / f"{prefix}latest.weights.h5", folder / f"{prefix}training_metadata.json"

    def _save(self, epoch: int, step: int, logs: Logs | None) -> None:
        weights, record = self._paths("latest")
        state = self.model._training_state.state_dict(epoch, step, logs)
        state["description"] = self._description
        # One file, so that no moment leaves weights of one step beside the state of another.
        with written_whole(weights) as temporary:
            write_copy(temporary, self.model, state)
            sync(temporary)
            if self.double_checkpoint:
                for path, previous in zip((weights, record), self._paths("previous"), strict=True):
                    if path.exists():
                        os.replace(path, previous)
        with written_whole(record) as temporary:
            temporary.write_text(json.dumps({"epoch": epoch, "batch": step}))

    def _restore(self, weights: Path) -> bool:
        """Take one copy; return False if there is none, or it is broken and there is one before."""
        if not weights.exists():
            return False
        training = self.model._training_state
        try:
            state = read_copy(weights)
            self._compare(state)
            training.go_on_from(state)
        except (FileContentError, OSError) as error:
            previous = self._paths("previous")[0]
            if weights == previous or not previous.exists():
                raise FileContentError(
                    f"The copy in {self.backup_dir!r} cannot be restored: {error} Nothing was changed. Delete the"
                    " folder to start again."
                ) from error
            warnings.warn(
                f"The last copy in {self.backup_dir!r} is broken ({error}); training goes on from the one before.",
                stacklevel=2,
            )
            return False
        return True

    def _compare(self, state: dict[str, Any]) -> None:
        try:
            self.model._training_state.check_same(state, self._description)
        except FileContentError:
            raise
        except ValueError as error:
            raise ValueError(
                f"{error} Nothing was changed. To go on, train as before; to start again, delete the folder"
                f" {self.backup_dir!r} or choose another."
            ) from None
