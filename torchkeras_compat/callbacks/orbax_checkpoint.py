"""`OrbaxCheckpoint`: the state of a training run, step by step, as torch's distributed checkpoints."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import torch

from torchkeras_compat.callbacks.base import Logs
from torchkeras_compat.callbacks.console import write_message
from torchkeras_compat.callbacks.monitor import MonitorCallback
from torchkeras_compat.optimizers.modes import weights_to_use
from torchkeras_compat.saving.assets import save_assets
from torchkeras_compat.saving.atomic import saying_what_is_full
from torchkeras_compat.saving.checkpoint_files import steps_of, write_checkpoint
from torchkeras_compat.saving.keras_archive import CONFIG
from torchkeras_compat.serialization import serialize_keras_object, sharing_objects, without_single_marks
from torchkeras_compat.user_warnings import warn_user


class OrbaxCheckpoint(MonitorCallback):
    """Writes the state of a model, its optimizer and its metrics into a folder for each step.

    Keras writes it with orbax-checkpoint, which is built on JAX. Here a step is one of torch's distributed checkpoints,
    which `torch.distributed.checkpoint.load` reads, beside the config of the model. `saving.load_model` and
    `Model.load_weights` of ``directory`` read the last step, and of ``directory/STEP`` that one. They unpickle nothing.

    A step appears whole or not at all. In the background, the tensors are copied at once and written while training
    goes on; the next step waits until that is done, so that there is one copy at a time.

    Args:
        directory: Folder for the folders of steps; made if it is not there.
        monitor: Name of the value in the logs for ``save_best_only``.
        verbose: 1 to say what is saved.
        save_best_only: Whether to save only when the value improved.
        mode: ``"min"``, ``"max"`` or ``"auto"``.
        save_freq: ``"epoch"``, or a number of batches, counted through the epochs. The number of a step is that of its
            epoch, from 0, or of the batches so far.
        initial_value_threshold: Value that has to be beaten to save for the first time; None for none.
        max_to_keep: How many steps stay, those written last; None for all.
        save_on_background: Whether to write in a thread.
        save_weights_only: Whether to leave out the config, the optimizer and the metrics.

    Raises:
        ValueError: ``save_freq`` or ``max_to_keep`` is something else.
        OSError: a step cannot be written: in the background it is raised when the next one is saved, or training ends.

    Example:
        >>> OrbaxCheckpoint("checkpoints", save_freq=100, max_to_keep=3).max_to_keep
        3

    Source: Keras API, callbacks/orbax_checkpoint.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
        max_to_keep: int | None = 1,
        save_on_background: bool = True,
        save_weights_only: bool = False,
    ) -> None:
        super().__init__(monitor, mode)
        if save_freq != "epoch" and (isinstance(save_freq, bool) or not isinstance(save_freq, int) or save_freq < 1):
            raise ValueError(
                f"Unrecognized save_freq: {save_freq!r}. Expected save_freq are 'epoch' or positive integer values."
            )
        if max_to_keep is not None and (
            isinstance(max_to_keep, bool) or not isinstance(max_to_keep, int) or max_to_keep < 1
        ):
            raise ValueError(f"`max_to_keep` is a positive int, or None for all. Received: max_to_keep={max_to_keep!r}")
        self.directory = os.fspath(directory)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_freq = save_freq
        self.best = initial_value_threshold
        self.max_to_keep = max_to_keep
        self.save_on_background = save_on_background
        self.save_weights_only = save_weights_only
        self._since_last = 0
        self._last_batch = -1
        self._batches = 0
        self._pool: ThreadPoolExecutor | None = None
        self._pending: Future[None] | None = None

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        optimizer = getattr(model, "optimizer", None)
        if optimizer is not None:
            self._batches = int(optimizer.iterations)  # of a model that goes on training

    def state_dict(self) -> dict[str, Any]:
        return {name: vars(self)[name] for name in ("best", "_since_last", "_batches")}

    def _idle_hooks(self) -> set[str]:
        return {"on_train_batch_end"} if self.save_freq == "epoch" else set()

    def is_multihost_enabled(self) -> bool:
        """Return whether several processes train together."""
        return torch.distributed.is_available() and torch.distributed.is_initialized()

    def is_primary_host(self) -> bool:
        """Return whether this process is the first of them, which writes, or the only one."""
        return not self.is_multihost_enabled() or torch.distributed.get_rank() == 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._last_batch = -1

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            return
        passed = batch - self._last_batch if batch > self._last_batch else batch + 1
        self._last_batch = batch
        self._since_last += passed
        self._batches += passed
        if self._since_last >= int(self.save_freq):
            self._since_last = 0
            if self._should_save(logs, f"batch {batch}"):
                self._save(self._batches)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch" and self._should_save(logs, f"epoch {epoch}"):
            self._save(epoch)

    def on_train_end(self, logs: Logs | None = None) -> None:
        self.wait_until_finished()

    def _release(self) -> None:
        """Let what is being written be finished, also where training ended by an error."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True)
        pending, self._pending = self._pending, None
        error = None if pending is None else pending.exception()
        if error is not None:  # another error ends the training, which this one must not hide
            warn_user(f"The last step could not be written to {self.directory!r}: {error}")

    def wait_until_finished(self) -> None:
        """Wait until the last step is written.

        Raises:
            OSError: it could not be.
        """
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()
        if self._pool is not None:
            self._pool.shutdown(wait=True)
            self._pool = None

    def _should_save(self, logs: Logs | None, when: str) -> bool:
        if not self.save_best_only:
            return True
        current = (logs or {}).get(self.monitor)
        if current is None:
            warn_user(
                f"Can save best model only with {self.monitor} available, skipping save at {when}. Available:"
                f" {', '.join(logs or ()) or 'none'}."
            )
            return False
        self.find_direction()
        if not self.is_improvement(current, self.best):
            return False
        self.best = current
        return True

    def _save(self, step: int) -> None:
        if not self.is_primary_host():
            return
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()
        if self.verbose > 0:
            write_message(f"\nSaving step {step} to {os.path.join(self.directory, str(step))}")
        with weights_to_use(self.model), saying_what_is_full(os.path.join(self.directory, str(step))):
            state, files = self._state(), {} if self.save_weights_only else _files(self.model)
        if not self.save_on_background:
            self._write(step, state, files)
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="checkpoint")
        self._pending = self._pool.submit(self._write, step, state, files)

    def _state(self) -> dict[str, torch.Tensor]:
        """Return copies of the variables on the CPU, by part and path."""
        found: dict[str, torch.Tensor] = {}
        for part, branch in self.model.get_state_tree().items():
            if not self.save_weights_only or part in ("trainable_variables", "non_trainable_variables"):
                _flatten(branch, part, found)
        return found

    def _write(self, step: int, state: dict[str, torch.Tensor], files: dict[str, str | bytes]) -> None:
        os.makedirs(self.directory, exist_ok=True)
        write_checkpoint(os.path.join(self.directory, str(step)), state, files)
        if self.max_to_keep is not None:
            steps = steps_of(self.directory)
            written = sorted(steps.values(), key=lambda path: (path.stat().st_mtime_ns, int(path.name)))
            for path in written[: -self.max_to_keep]:
                shutil.rmtree(path)


def _flatten(branch: Any, path: str, found: dict[str, torch.Tensor]) -> None:
    if isinstance(branch, dict):
        for key, value in branch.items():
            _flatten(value, f"{path}/{key}", found)
    else:
        found[path] = branch.detach().to("cpu", copy=True).contiguous()


def _files(model: Any) -> dict[str, str | bytes]:
    """Return what is beside the tensors: the config, and the assets of layers."""
    with sharing_objects():
        config = without_single_marks(serialize_keras_object(model))
    files: dict[str, str | bytes] = {CONFIG: json.dumps(config)}
    with tempfile.TemporaryDirectory() as root:
        save_assets(model, Path(root, "assets"))
        for path in Path(root).rglob("*"):
            if path.is_file():
                files[path.relative_to(root).as_posix()] = path.read_bytes()
    return files
