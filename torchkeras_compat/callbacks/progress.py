"""`Progbar`: one line that tells how far a loop is, how long it will take, and the values so far."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from torchkeras_compat.callbacks.console import redraws_lines, write_message

_BOLD, _GREEN, _WHITE, _RESET = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"


class Progbar:
    """Draws a progress bar as Keras 3 draws it.

    Values may be tensors: they are read only when the bar is drawn, at most once an ``interval``. Where standard output
    is a file or a pipe, the bar is drawn once, at its end, without colours.

    Args:
        target: Number of steps, or None if nobody knows.
        width: Characters of the bar.
        verbose: 0 draws nothing, 1 a bar, 2 one line at the end.
        interval: Seconds between two drawings, at least.
        stateful_metrics: Names of values to show as they are; the others are averaged over the steps.
        stateless_metrics: Names of values to average; the others are shown as they are. Without either list, all
            values are averaged. The last update shows every value as it is.
        unit_name: What a step is called.

    Raises:
        ValueError: both lists are given.

    Example:
        >>> bar = Progbar(2, verbose=2)
        >>> bar.update(2, [("loss", 0.25)])  # doctest: +ELLIPSIS
        2/2 - 0s - .../step - loss: 0.2500

    Source: Keras API, utils/Progbar; drawn after the output of keras 3.15.
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError(
                "Only one of `stateful_metrics` and `stateless_metrics` can be given. "
                f"Received: stateful_metrics={stateful_metrics}, stateless_metrics={stateless_metrics}"
            )
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.stateful_metrics = None if stateful_metrics is None else set(stateful_metrics)
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self.unit_name = unit_name
        self.seen_so_far = 0
        self._totals: dict[str, tuple[Any, int]] = {}  # name -> sum of the values times their steps, steps
        self._start = time.time()
        self._last_drawn = -math.inf
        self._after_first_step: float | None = None
        self._drawn_width = 0

    def update(
        self, current: int, values: Iterable[tuple[str, Any]] | None = None, finalize: bool | None = None
    ) -> None:
        """Set the progress, and draw it if it is time to.

        Args:
            current: Steps done.
            values: Names and values: numbers, arrays or tensors, whose mean is shown.
            finalize: Whether this is the last update; None for "if the target is reached".
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        for name, value in values or ():
            self._take(name, value, current, finalize)
        self.seen_so_far = current
        now = time.time()
        if self._after_first_step is None and current > 0:
            self._after_first_step, self._first_step = now, current
        if self.verbose == 1 and (finalize or now - self._last_drawn >= self.interval):
            self._last_drawn = now
            if redraws_lines():
                self._draw(current, now, finalize)
            elif finalize:
                self._draw_once(current, now)
        elif self.verbose == 2 and finalize:
            write_message(self._summary(current, now))

    def add(self, n: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """Advance the progress by ``n`` steps."""
        self.update(self.seen_so_far + n, values)

    def _take(self, name: str, value: Any, current: int, finalize: bool) -> None:
        if finalize or isinstance(value, str) or not self._is_averaged(name):
            self._totals[name] = (value, 1)
            return
        steps = max(current - self.seen_so_far, 1)
        value = value if isinstance(value, torch.Tensor) else _mean(value)
        total, count = self._totals.get(name, (0, 0))
        self._totals[name] = (total + value * steps, count + steps)

    def _is_averaged(self, name: str) -> bool:
        if self.stateless_metrics is not None:
            return name in self.stateless_metrics
        return self.stateful_metrics is None or name not in self.stateful_metrics

    def _draw(self, current: int, now: float, finalize: bool) -> None:
        time_per_step = self._time_per_step(current, now)
        if self.target:
            digits = len(str(self.target))
            count = f"{current:{digits}d}/{self.target}"
            done = int(self.width * current / self.target)
            bar = f"{_GREEN}{'━' * done}{_RESET}" if done > 0 else ""
            bar += f"{_WHITE}{'━' * (self.width - done)}{_RESET}"
            text = f"{_BOLD}{count}{_RESET} {bar} "
            visible = len(count) + 1 + max(self.width, done) + 1
        else:
            text = f"{current:7d}/Unknown "
            visible = len(text)
        if self.target and not finalize:
            clock = _duration(time_per_step * (self.target - current))
        else:
            clock = f"{now - self._start:.0f}s"
        rest = f"{_step_duration(time_per_step)}/{self.unit_name}{self._values()}"
        text += f"{_BOLD}{clock}{_RESET} {rest}"
        visible += len(clock) + 1 + len(rest)
        back = "\b" * self._drawn_width + "\r"
        padding = " " * max(0, self._drawn_width - visible)
        self._drawn_width = visible
        write_message(back + text + padding, line_break=finalize)

    def _draw_once(self, current: int, now: float) -> None:
        """Write the finished bar as plain text."""
        if not self.target:
            write_message(f"{current:7d}/Unknown {self._rest(current, now)}")
            return
        done = int(self.width * current / self.target)
        bar = "━" * max(self.width, done)
        write_message(f"{current:{len(str(self.target))}d}/{self.target} {bar} {self._rest(current, now)}")

    def _rest(self, current: int, now: float) -> str:
        duration = _step_duration(self._time_per_step(current, now))
        return f"{now - self._start:.0f}s {duration}/{self.unit_name}{self._values()}"

    def _summary(self, current: int, now: float) -> str:
        count = f"{current}" if not self.target else f"{current:{len(str(self.target))}d}/{self.target}"
        duration = _step_duration(self._time_per_step(current, now))
        return f"{count} - {now - self._start:.0f}s - {duration}/{self.unit_name}{self._values()}"

    def _time_per_step(self, current: int, now: float) -> float:
        """Seconds a step; the first is left out as soon as there are others, since it builds and compiles."""
        if self._after_first_step is None or not current:
            return 0.0
        if current > self._first_step:
            return (now - self._after_first_step) / (current - self._first_step)
        return (now - self._start) / current

    def _values(self) -> str:
        return "".join(f" - {name}: {_shown(total, count)}" for name, (total, count) in self._totals.items())


def _mean(value: Any) -> float:
    if isinstance(value, torch.Tensor):
        return value.detach().double().mean().item()
    array = np.asarray(value, dtype="float64")
    return float(array.mean()) if array.size else math.nan


def _shown(total: Any, count: int) -> str:
    if isinstance(total, str) or total is None:
        return f"{total}"
    value = _mean(total) / count
    return f"{value:.4f}" if abs(value) > 1e-3 or math.isnan(value) else f"{value:.4e}"


def _duration(seconds: float) -> str:
    if seconds > 3600:
        return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d}:{int(seconds % 60):02d}"
    if seconds > 60:
        return f"{int(seconds // 60)}:{int(seconds % 60):02d}"
    return f"{int(seconds)}s"


def _step_duration(seconds: float) -> str:
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"
