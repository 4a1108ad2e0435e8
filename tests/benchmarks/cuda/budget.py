"""Seconds that a run has, and that its parts may use of them."""

from __future__ import annotations

import time
from collections.abc import Callable


class Budget:
    """Time that runs from now on.

    Args:
        seconds: How long.
        clock: Says the time, in seconds.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Seconds until the end, 0 after it."""
        return max(0.0, self._end - self._clock())

    def part(self, seconds: float) -> Budget:
        """Return the budget of a part: so many seconds, and never beyond the end of the whole."""
        return Budget(min(seconds, self.left()), self._clock)
