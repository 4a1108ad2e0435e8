"""`RichProgress`: a progress display for long runs, with the time left for the epoch and for the whole training."""

from __future__ import annotations

import importlib.util
import sys
import time
from typing import Any

import numpy as np

from torchkeras_compat import config
from torchkeras_compat.callbacks.base import Logs
from torchkeras_compat.callbacks.history_plot import is_notebook
from torchkeras_compat.callbacks.progbar_logger import ProgbarLogger
from torchkeras_compat.callbacks.time_left import TimeLeft, duration
from torchkeras_compat.user_warnings import warn_user

# Reading a value makes the program wait for the device, so the line is drawn no more than a few times a second.
_INTERVAL = 0.25
_BAR = 20


class RichProgress(ProgbarLogger):
    """One line, drawn over and over: the epoch, its bar, the time left for it and for the run, the values so far.

    It stands in for the progress bar of ``fit``, ``evaluate`` and ``predict`` when it is among the callbacks. The line
    of an epoch that is over stays, with its duration. An interrupted run leaves the terminal as it was. ``verbose=0``
    is silent; ``verbose=2``, and output that is not a terminal, get one plain line an epoch.

    Needs the package ``rich``; without it, a warning says so and the usual bar is drawn.

    Args:
        console: A ``rich.console.Console`` to draw on; None for standard output.

    Example:
        >>> RichProgress().verbose
        1

    Source: ours. Texts are laid out by rich.
    """

    def __init__(self, console: Any = None) -> None:
        super().__init__()
        self.console = console
        self._has_rich = console is not None or importlib.util.find_spec("rich") is not None
        if not self._has_rich:
            warn_user(
                "RichProgress needs the package `rich`, which is not installed, so the usual progress bar is drawn. "
                "Install it: pip install torchkeras-compat[progress]"
            )
        self._clock = TimeLeft()
        self._what = ""
        self._values: dict[str, Any] = {}
        self._handle: Any = None

    def set_params(self, params: dict[str, Any]) -> None:
        super().set_params(params)
        if self.verbose == 1 and self._has_rich:
            if self.console is None:
                from rich.console import Console  # optional

                self.console = Console(file=sys.stdout)
            if not (self.console.is_terminal or is_notebook()) or not config.is_interactive_logging_enabled():
                self.verbose = 2

    @property
    def _draws(self) -> bool:
        return self.verbose == 1 and self._has_rich

    def on_train_begin(self, logs: Logs | None = None) -> None:
        super().on_train_begin(logs)
        self._clock = TimeLeft()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if not self._draws:
            super().on_epoch_begin(epoch, logs)
            return
        self._start(f"Epoch {epoch + 1}/{self.epochs}", self.epochs - epoch - 1)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        if not self._draws:
            super().on_test_begin(logs)
        elif not self._in_fit:
            self._start("Evaluate", 0)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        if not self._draws:
            super().on_predict_begin(logs)
        else:
            self._start("Predict", 0)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if not self._draws or not self._in_fit:
            super().on_test_batch_end(batch, logs)
        elif self._is_time():
            self._draw(f"validation {batch + 1}")

    def _start(self, what: str, epochs_after: int) -> None:
        self._what, self._values, self._handle = what, {}, None
        self.seen = 0
        self._began = time.monotonic()
        self._next_drawing = 0.0
        self._clock.begin_epoch(self.target, epochs_after)

    def _advance(self, batch: int, logs: Logs | None) -> None:
        if not self._draws:
            super()._advance(batch, logs)
            return
        self.seen = batch + 1
        self._clock.step(self.seen)
        if self._is_time():
            self._values = dict(logs.items()) if logs else {}
            self._draw()

    def _end(self, logs: Logs | None) -> None:
        if not self._draws:
            super()._end(logs)
            return
        self._clock.end_epoch()
        self.target = self.target or self.seen
        self._values = dict(logs) if logs else {}
        self._draw(is_over=True)

    def _is_time(self) -> bool:
        now = time.monotonic()
        if now < self._next_drawing:
            return False
        self._next_drawing = now + _INTERVAL
        return True

    def _draw(self, note: str = "", is_over: bool = False) -> None:
        from rich.control import Control
        from rich.segment import ControlType

        line = self._line(note, is_over)
        if is_notebook():
            self._show_in_notebook(line)
            return
        self.console.control(Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2)))
        if is_over:
            self.console.print(line, soft_wrap=True)
        else:
            # One column less than there are: a full line would break, and the next drawing would begin below.
            self.console.print(line, end="", no_wrap=True, overflow="ellipsis", width=self.console.width - 1)

    def _line(self, note: str, is_over: bool) -> Any:
        from rich.text import Text

        done = self.seen / self.target if self.target else 0.0
        filled = _BAR if is_over else min(int(_BAR * done), _BAR)
        parts: list[str | tuple[str, str]] = [
            (self._what, "bold"),
            " ",
            ("━" * filled, "green"),
            ("━" * (_BAR - filled), "dim"),
            f" {self.seen}/{self.target or '?'}",
        ]
        if is_over:
            parts.append((f" {duration(time.monotonic() - self._began)}", "cyan"))
        else:
            parts.append((f" {duration(self._clock.of_epoch())} left", "cyan"))
            if self._in_fit and self.epochs > 1:
                parts.append((f", {duration(self._clock.of_run())} for the run", "cyan"))
        seconds = self._clock.seconds_a_step()
        if seconds:
            parts.append(f" {_rate(seconds)}")
        if note:
            parts.append((f" {note}", "italic"))
        parts.extend(f" {name}: {_number(value)}" for name, value in self._values.items())
        return Text.assemble(*parts)

    def _show_in_notebook(self, line: Any) -> None:
        from IPython import display  # there is a notebook

        if self._handle is None:
            self._handle = display.display(line, display_id=True)
        else:
            self._handle.update(line)


def _rate(seconds: float) -> str:
    return f"{1 / seconds:.1f} steps/s" if seconds < 1 else f"{seconds:.1f} s/step"


def _number(value: Any) -> str:
    if isinstance(value, str) or np.size(value) != 1:
        return str(value)
    number = float(np.asarray(value).item())
    return f"{number:.4f}" if number == 0 or abs(number) > 1e-3 or number != number else f"{number:.4e}"
