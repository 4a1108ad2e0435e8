"""`Progbar` with the arguments of Keras 1 and 2."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from torchkeras_compat.callbacks import progress


class Progbar(progress.Progbar):
    """Draws a progress bar, 30 characters wide and as Keras 3 draws it.

    Args:
        target: Number of steps, or None (in Keras 1: -1) if nobody knows.
        width: Characters of the bar.
        verbose: 0 draws nothing, 1 a bar, 2 one line at the end.
        interval: Seconds between two drawings, at least.
        stateful_metrics: Names of values to show as they are; the others are averaged over the steps.
        unit_name: What a step is called.

    Example:
        >>> bar = Progbar(2, verbose=2)
        >>> bar.add(2, [("loss", 0.25)])  # doctest: +ELLIPSIS
        2/2 - 0s - .../step - loss: 0.2500

    Source: Keras 2.15 API, utils/Progbar.
    """

    def __init__(
        self,
        target: int | None,
        width: int = 30,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        super().__init__(
            None if target == -1 else target,
            width=width,
            verbose=verbose,
            interval=interval,
            stateful_metrics=stateful_metrics,
            unit_name=unit_name,
        )

    def update(
        self,
        current: int,
        values: Iterable[tuple[str, Any]] | None = None,
        finalize: bool | None = None,
        *,
        force: bool = False,
    ) -> None:
        """Set the progress, and draw it if it is time to.

        Args:
            current: Steps done.
            values: Names and values.
            finalize: Whether this is the last update; None for "if the target is reached".
            force: Whether to draw also if it is not time to; the argument of Keras 1.
        """
        if force:
            self._last_drawn = -math.inf
        super().update(current, values, finalize)
