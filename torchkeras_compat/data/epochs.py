"""Epochs and steps: what an adapter yields, cut into epochs of a given number of steps."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from torchkeras_compat import config
from torchkeras_compat.data.adapter import Adapter
from torchkeras_compat.data.user_warning import warn_user

Batch = tuple[Any, Any, Any]


class Epochs:
    """One epoch after the other of an adapter's batches.

    Without ``steps_per_epoch`` an epoch is one pass. With it, an epoch is that many steps, and the next one goes on in
    the data where the last one stopped; when the data runs out inside an epoch, a warning says so, the epoch ends
    there, and the next one starts the data anew, as in Keras. ``config.set_max_steps_per_epoch`` limits the steps.

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
        self._batches: Iterator[Batch] | None = None

    @property
    def num_steps(self) -> int | None:
        """Steps of an epoch, for the progress bar; None as long as nobody knows."""
        return self.adapter.num_batches if self.steps_per_epoch is None else self.steps_per_epoch

    def steps(self) -> Generator[Batch, None, None]:
        """Yield the batches of the next epoch, ``(x, y, sample_weight)``.

        Nothing is yielded, after a warning, when the source has nothing left; :attr:`is_exhausted` is True then.
        """
        self.adapter.on_epoch_begin()
        try:
            if self.steps_per_epoch is not None:
                yield from self._counted_steps(self.steps_per_epoch)
                return
            count = 0
            batches = self.adapter.epoch()
            try:
                for count, batch in enumerate(batches, 1):  # noqa: B007
                    yield batch
            finally:
                _close(batches)
            if count == 0:
                self._warn_exhausted()
        finally:
            self.adapter.on_epoch_end()

    def close(self) -> None:
        """Let go of an iterator that was kept for the next epoch, and of the workers behind it."""
        if self._batches is not None:
            _close(self._batches)
            self._batches = None

    def _counted_steps(self, steps: int) -> Iterator[Batch]:
        for step in range(steps):
            if self._batches is None:
                self._batches = self.adapter.epoch()
            batch = next(self._batches, None)
            if batch is None and step == 0:  # the last epoch ended exactly with the data
                self._batches = self.adapter.epoch()
                batch = next(self._batches, None)
                if batch is None:
                    self._warn_exhausted()
                    return
            if batch is None:
                self._batches = None
                warn_user(
                    f"Your input ran out of data after {step} of {steps} steps; interrupting the epoch. Give a smaller "
                    "`steps_per_epoch`, or data that yields `steps_per_epoch * epochs` batches."
                )
                return
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
