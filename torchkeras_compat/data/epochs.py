"""Epochs and steps: what an adapter yields, cut into epochs of a given number of steps."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from torchkeras_compat import config
from torchkeras_compat.data.adapter import Adapter
from torchkeras_compat.random.states import random_states, set_random_states
from torchkeras_compat.user_warnings import warn_user

Batch = tuple[Any, Any, Any]


class Epochs:
    """One epoch after the other of an adapter's batches.

    Without ``steps_per_epoch`` an epoch is one pass. With it, an epoch is that many steps, and the next one goes on in
    the data where the last one stopped; when the data runs out inside an epoch, a warning says so, the epoch ends
    there, and the next one starts the data again, as in Keras. ``config.set_max_steps_per_epoch`` limits the steps.

    Args:
        adapter: Where the batches come from.
        steps_per_epoch: Steps of an epoch, or None.

    Example:
        >>> from torchkeras_compat.data.make_adapter import make_adapter
        >>> epochs = Epochs(make_adapter([1.0, 2.0, 3.0], batch_size=1, shuffle=False), steps_per_epoch=2)
        >>> [x.item() for x, y, weights in epochs.steps()]
        [1.0, 2.0]
    """

    def __init__(self, adapter: Adapter, steps_per_epoch: int | None = None) -> None:
        self.adapter = adapter
        limit = config.max_steps_per_epoch()
        if limit is not None:
            steps_per_epoch = limit if steps_per_epoch is None else min(limit, steps_per_epoch)
        self.steps_per_epoch = steps_per_epoch
        self.is_exhausted = False
        """True once the source, a generator, has nothing left: training has to end."""
        self.keeps_position = False
        """Whether :meth:`position` will be asked for."""
        self._batches: Iterator[Batch] | None = None
        self._step = 0
        self._taken = 0  # of the present pass through the data, which began with these states
        self._pass_start: dict[str, Any] = {}
        self._goes_on_at: dict[str, Any] | None = None

    @property
    def num_steps(self) -> int | None:
        """Steps of an epoch, for the progress bar; None as long as nobody knows."""
        return self.adapter.num_batches if self.steps_per_epoch is None else self.steps_per_epoch

    def steps(self, none: bool = False) -> Generator[Batch, None, None]:
        """Yield the batches of the next epoch, ``(x, y, sample_weight)``.

        Nothing is yielded, after a warning, when the source has nothing left; :attr:`is_exhausted` is True then.

        Args:
            none: Whether to yield nothing, and leave the source alone.
        """
        if none:
            return
        position, self._goes_on_at = self._goes_on_at, None
        self._step = 0
        if position is not None:
            self._go_to(position)
        if self._step == 0:
            self.adapter.on_epoch_begin()
        try:
            if self.steps_per_epoch is not None:
                yield from self._counted_steps(self.steps_per_epoch)
                return
            if self._batches is None:
                self._start_pass()
            batches: Any = self._batches
            try:
                for batch in batches:
                    self._step += 1
                    self._taken += 1
                    yield batch
            finally:
                _close(batches)
                self._batches = None
            if self._step == 0:
                self._warn_exhausted()
        finally:
            self.adapter.on_epoch_end()

    def close(self) -> None:
        """Let go of an iterator that was kept for the next epoch, and of the workers behind it."""
        if self._batches is not None:
            _close(self._batches)
            self._batches = None

    def position(self, *, between_epochs: bool = False) -> dict[str, Any]:
        """Return where in the data the last batch was: numbers, tensors, and the random states it takes to get there.

        Needs :attr:`keeps_position`, set before the first epoch.

        Args:
            between_epochs: Whether the epoch of that batch has ended, so that the next one begins with a first step.
        """
        is_within = not between_epochs or self.steps_per_epoch is not None
        return {
            "step": 0 if between_epochs else self._step,
            "taken": self._taken if is_within else 0,
            "pass_start": self._pass_start if is_within else {},
            "source": self.adapter.state_dict(),
        }

    def go_on_at(self, position: dict[str, Any]) -> None:
        """Let the next :meth:`steps` yield what followed the batch that was last at a :meth:`position`.

        The batches before are made again and dropped: with a source that draws from the random generators of Python,
        NumPy and torch, or from none, they are those of the interrupted training.
        """
        self._goes_on_at = position

    def _start_pass(self) -> None:
        self._taken = 0
        if self.keeps_position:
            self._pass_start = {"random": random_states(), "source": self.adapter.state_dict()}
        self._batches = self.adapter.epoch()

    def _go_to(self, position: dict[str, Any]) -> None:
        """Start the pass in which an earlier training was, and leave out what it had taken."""
        now = random_states()
        self._step = position["step"]
        if position["taken"] > 0:
            set_random_states(position["pass_start"]["random"])
            self.adapter.load_state_dict(position["pass_start"]["source"])
            self._start_pass()
            self._pass_start = position["pass_start"]
            for _ in range(position["taken"]):
                if next(self._batches, None) is None:  # type: ignore[arg-type]
                    break
                self._taken += 1
        self.adapter.load_state_dict(position["source"])
        set_random_states(now)

    def _counted_steps(self, steps: int) -> Iterator[Batch]:
        while self._step < steps:
            if self._batches is None:
                self._start_pass()
            batch = next(self._batches, None)  # type: ignore[arg-type]
            if batch is None and self._step == 0:  # the last epoch ended exactly with the data
                self._start_pass()
                batch = next(self._batches, None)  # type: ignore[arg-type]
                if batch is None:
                    self._warn_exhausted()
                    return
            if batch is None:
                self._batches = None
                warn_user(
                    f"Your input ran out of data after {self._step} of {steps} steps; interrupting the epoch. Give a "
                    "smaller `steps_per_epoch`, or data that yields `steps_per_epoch * epochs` batches."
                )
                return
            self._step += 1
            self._taken += 1
            yield batch

    def _warn_exhausted(self) -> None:
        self.is_exhausted = True
        warn_user(
            "Your input ran out of data; interrupting training. A generator is used up by one pass: give "
            "`steps_per_epoch` "
            "and one that yields enough batches for all epochs, or something that can be iterated over again."
        )


def _close(batches: Any) -> None:
    close = getattr(batches, "close", None)
    if close is not None:
        close()
