"""``tf.train.CheckpointManager``: the latest few checkpoints of a training run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from torchkeras_compat.dialects.tensorflow.io.gfile import local
from torchkeras_compat.dialects.tensorflow.train.checkpoint import SUFFIX, Checkpoint
from torchkeras_compat.dialects.tensorflow.train.checkpoint_state import get_checkpoint_state, write_checkpoint_state


class CheckpointManager:
    """Saves checkpoints into a directory and removes the oldest.

    Args:
        checkpoint: What is saved.
        directory: Where.
        max_to_keep: Checkpoints that stay; None for all.
        keep_checkpoint_every_n_hours: None, or the hours after which one stays for good.
        checkpoint_name: Begin of the names of files.
        step_counter: Variable with the step, for ``checkpoint_interval``.
        checkpoint_interval: Steps between two saves; None to save at each call.
        init_fn: Called by :meth:`restore_or_initialize` where there is no checkpoint.

    Raises:
        ValueError: ``max_to_keep`` is not positive, or an interval without step counter.

    Source: TensorFlow API, train/CheckpointManager.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        directory: Any,
        max_to_keep: int | None,
        keep_checkpoint_every_n_hours: float | None = None,
        checkpoint_name: str = "ckpt",
        step_counter: Any = None,
        checkpoint_interval: int | None = None,
        init_fn: Callable[[], Any] | None = None,
    ) -> None:
        if max_to_keep is not None and max_to_keep <= 0:
            raise ValueError(f"`max_to_keep` must be None or a positive int. Received: {max_to_keep!r}")
        if checkpoint_interval is not None and step_counter is None:
            raise ValueError("`step_counter` is needed to save every `checkpoint_interval` steps.")
        self.checkpoint = checkpoint
        self.directory = local(directory)
        self.checkpoint_interval = checkpoint_interval
        self._prefix = os.path.join(self.directory, checkpoint_name)
        self._max_to_keep = max_to_keep
        self._hours = keep_checkpoint_every_n_hours
        self._counter = step_counter
        self._init_fn = init_fn
        self._last_step: int | None = None
        self._last_kept = time.time()
        state = get_checkpoint_state(self.directory)
        known = [] if state is None else state.all_model_checkpoint_paths
        self._paths = [path for path in known if os.path.exists(path + SUFFIX)]

    @property
    def latest_checkpoint(self) -> str | None:
        """Path of the latest checkpoint, or None."""
        return self._paths[-1] if self._paths else None

    @property
    def checkpoints(self) -> list[str]:
        """Paths of the checkpoints that are there, the oldest first."""
        return list(self._paths)

    def save(self, checkpoint_number: Any = None, check_interval: bool = True, options: Any = None) -> str | None:
        """Save a checkpoint and return its path; None if the interval has not passed.

        Args:
            checkpoint_number: Number in its name; None for that of ``save_counter``.
            check_interval: Whether ``checkpoint_interval`` counts.
            options: Nothing to decide.
        """
        if self.checkpoint_interval is not None:
            step = int(self._counter)
            if check_interval and self._last_step is not None and step - self._last_step < self.checkpoint_interval:
                return None
            self._last_step = step
        self.checkpoint.save_counter.assign_add(1)
        number = int(self.checkpoint.save_counter.numpy()) if checkpoint_number is None else int(checkpoint_number)
        path = self.checkpoint.write(f"{self._prefix}-{number}")
        self._paths = [one for one in self._paths if one != path] + [path]
        self._sweep()
        write_checkpoint_state(self.directory, self._paths)
        return path

    def restore_or_initialize(self) -> str | None:
        """Restore the latest checkpoint and return its path; call ``init_fn`` and return None if there is none."""
        if self.latest_checkpoint is not None:
            self.checkpoint.restore(self.latest_checkpoint)
            return self.latest_checkpoint
        if self._init_fn is not None:
            self._init_fn()
        return None

    def _sweep(self) -> None:
        while self._max_to_keep is not None and len(self._paths) > self._max_to_keep:
            oldest = self._paths.pop(0)
            now = os.path.getmtime(oldest + SUFFIX)
            if self._hours is not None and now - self._last_kept >= self._hours * 3600:
                self._last_kept = now
                continue
            os.remove(oldest + SUFFIX)
