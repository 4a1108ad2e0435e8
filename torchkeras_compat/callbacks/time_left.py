"""How long the rest of an epoch, and of a whole training, will take."""

from __future__ import annotations

import time
from collections import deque

_EPOCHS = 5  # that the mean of an epoch's duration is of


class TimeLeft:
    """Estimates seconds from what has passed: the steps of this epoch, and the last epochs as a whole.

    The first step builds and compiles, so it is left out as soon as there are others. Validation and saving count from
    the second epoch on.

    Example:
        >>> clock = TimeLeft()
        >>> clock.begin_epoch(steps=None, epochs_after=3, now=0.0)
        >>> clock.end_epoch(now=10.0)
        >>> clock.begin_epoch(steps=None, epochs_after=2, now=10.0)
        >>> clock.of_epoch(now=14.0), clock.of_run(now=14.0)
        (6.0, 26.0)
    """

    def __init__(self) -> None:
        self._durations: deque[float] = deque(maxlen=_EPOCHS)
        self._steps: int | None = None
        self._done = 0
        self._epochs_after = 0
        self._began = 0.0
        self._after_first: tuple[float, int] | None = None
        self._last_step = 0.0

    def begin_epoch(self, steps: int | None, epochs_after: int, now: float | None = None) -> None:
        """Begin an epoch.

        Args:
            steps: Its steps, None if nobody knows.
            epochs_after: Epochs that follow.
            now: Seconds of a monotonic clock; None to look.
        """
        self._steps, self._done, self._epochs_after = steps, 0, epochs_after
        self._began = self._last_step = _seconds(now)
        self._after_first = None

    def step(self, done: int, now: float | None = None) -> None:
        """Take note that ``done`` steps of the epoch are over."""
        self._done, self._last_step = done, _seconds(now)
        if self._after_first is None:
            self._after_first = self._last_step, done

    def end_epoch(self, now: float | None = None) -> None:
        """Take note of the end of the epoch."""
        self._durations.append(_seconds(now) - self._began)

    def of_epoch(self, now: float | None = None) -> float | None:
        """Return the seconds to the end of this epoch; None if nothing tells."""
        passed = _seconds(now) - self._began
        if self._durations:
            whole = sum(self._durations) / len(self._durations)
            steps = self._of_steps(now)
            # An epoch that is slower than the last ones is believed where its steps say so.
            return max(whole - passed, steps or 0.0)
        return self._of_steps(now)

    def of_run(self, now: float | None = None) -> float | None:
        """Return the seconds to the end of the last epoch, if no callback stops before; None if nothing tells."""
        here = self.of_epoch(now)
        if here is None:
            return None
        if self._durations:
            whole = sum(self._durations) / len(self._durations)
        else:
            whole = (_seconds(now) - self._began) + here
        return here + whole * self._epochs_after

    def _of_steps(self, now: float | None) -> float | None:
        per_step = self.seconds_a_step()
        if self._steps is None or per_step is None:
            return None
        return max(per_step * (self._steps - self._done) - (_seconds(now) - self._last_step), 0.0)

    def seconds_a_step(self) -> float | None:
        """Return the mean duration of a step of this epoch; None before the first."""
        if self._after_first is None:
            return None
        moment, steps = self._after_first
        if self._done > steps:
            return (self._last_step - moment) / (self._done - steps)
        return (self._last_step - self._began) / self._done


def duration(seconds: float | None) -> str:
    """Return a duration as text.

    Example:
        >>> duration(5), duration(65), duration(7265), duration(None)
        ('0:05', '1:05', '2:01:05', '-:--')
    """
    if seconds is None:
        return "-:--"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _seconds(now: float | None) -> float:
    return time.monotonic() if now is None else now
