"""`HistoryPlot`: the curves of a training run, drawn again while it runs."""

from __future__ import annotations

import importlib.util
import io
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.callbacks.base import Callback, Logs
from torchkeras_compat.saving.atomic import written_whole
from torchkeras_compat.user_warnings import warn_user

_FORMATS = ("png", "svg", "pdf", "jpg", "jpeg", "webp")
_COLUMNS = 3
_PAUSE = 9  # times as long as a drawing takes


class HistoryPlot(Callback):
    """Draws losses and metrics over the epochs, into a picture file and, in a notebook, below the cell.

    There is a panel for each value; that of the training and its ``val_`` twin share one. The picture is drawn when
    epochs end, and when training ends. The file is replaced all at once, so a viewer never sees half of it. Needs the
    package ``matplotlib``; neither a display nor ``pyplot`` is used.

    Args:
        to_file: Picture to write, None for none; its ending says the format: ``.png``, ``.svg``, ``.pdf``, ... Folders
            are made.
        metrics: Names of the values to draw, without ``val_``; None for all.
        interval: Seconds between two drawings, at least. There are fewer if they would take more than a tenth of the
            time. 0 for one an epoch, whatever it takes.
        log_scale: Whether the axes of the values are logarithmic.
        show: Whether to display the picture in the notebook; ``"auto"`` for "if there is one".

    Raises:
        ImportError: ``matplotlib`` is not installed.
        ValueError: the format is unknown, or there is neither a file nor a notebook to draw for.

    Attributes:
        history: The values drawn, by name; each a list of ``(epoch, value)`` with epochs from 1. A training run that
            goes on after the last epoch continues the curves; one that starts over begins new ones.

    Example:
        >>> HistoryPlot("run/history.svg", metrics=["loss"]).metrics
        ['loss']

    Source: ours; Keras shows the history when training is over.
    """

    def __init__(
        self,
        to_file: str | os.PathLike[str] | None = "history.png",
        metrics: Iterable[str] | None = None,
        interval: float = 1.0,
        log_scale: bool = False,
        show: bool | str = "auto",
    ) -> None:
        super().__init__()
        if importlib.util.find_spec("matplotlib") is None:
            raise ImportError(
                "HistoryPlot needs the package `matplotlib`, which is not installed. Install it: "
                "pip install torchkeras-compat[plot]"
            )
        if show not in (True, False, "auto"):
            raise ValueError(f"`show` is True, False or 'auto'. Received: show={show!r}")
        if to_file is None and not show:
            raise ValueError(
                "HistoryPlot has nothing to draw for: give a file, `to_file`, or do not pass `show=False`."
            )
        if isinstance(interval, bool) or not isinstance(interval, (int, float)) or interval < 0:
            raise ValueError(f"`interval` is a number of seconds, not negative. Received: interval={interval!r}")
        self.to_file = None if to_file is None else Path(to_file)
        self.format = "png" if self.to_file is None else self.to_file.suffix[1:].lower() or "png"
        if self.format not in _FORMATS:
            raise ValueError(
                f"HistoryPlot writes {', '.join(_FORMATS)}. Received: to_file={os.fspath(to_file or '')!r}, which ends "
                f"in '.{self.format}'."
            )
        self.metrics = None if metrics is None else [metrics] if isinstance(metrics, str) else list(metrics)
        self.interval = interval
        self.log_scale = log_scale
        self.show = show
        self.history: dict[str, list[tuple[int, float]]] = {}
        self._last_epoch = -1
        self._next_drawing = 0.0
        self._is_drawn = True
        self._handle: Any = None
        self._has_warned = False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        if self.to_file is not None:
            self.to_file.parent.mkdir(parents=True, exist_ok=True)
        self._handle = None
        self._next_drawing = 0.0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if epoch <= self._last_epoch:
            self.history = {}
        self._last_epoch = epoch
        for name, value in (logs or {}).items():
            wanted = self.metrics is None or name.removeprefix("val_") in self.metrics
            if wanted and not isinstance(value, str) and np.size(value) == 1:
                self.history.setdefault(name, []).append((epoch + 1, float(np.asarray(value).item())))
        self._is_drawn = False
        began = time.monotonic()
        if began >= self._next_drawing:
            self._draw()
            ended = time.monotonic()
            self._next_drawing = ended + max(self.interval, _PAUSE * (ended - began)) if self.interval else 0.0

    def on_train_end(self, logs: Logs | None = None) -> None:
        if not self._is_drawn:
            self._draw()

    def _draw(self) -> None:
        self._is_drawn = True
        if not self.history:
            self._warn(f"HistoryPlot has no value to draw: the logs have none of {self.metrics}.")
            return
        content = picture(self.history, self.format, self.log_scale)
        if self.to_file is not None:
            try:
                with written_whole(self.to_file) as temporary:
                    temporary.write_bytes(content)
            except (OSError, ValueError) as error:  # a full disk: no reason to lose the training run
                self._warn(f"HistoryPlot could not write {os.fspath(self.to_file)!r}: {error} Training goes on.")
        if self.show is True or (self.show == "auto" and is_notebook()):
            self._display(content if self.format in ("png", "svg") else picture(self.history, "png", self.log_scale))

    def _display(self, content: bytes) -> None:
        from IPython import display  # there is a notebook, or the user says so

        shown = display.SVG(content.decode()) if content.lstrip().startswith(b"<") else display.Image(content)
        if self._handle is None:
            self._handle = display.display(shown, display_id=True)
        else:
            self._handle.update(shown)

    def _warn(self, message: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            warn_user(message)


def picture(history: dict[str, list[tuple[int, float]]], form: str, log_scale: bool = False) -> bytes:
    """Return curves over epochs as a picture.

    Args:
        history: ``(epoch, value)`` pairs by name.
        form: Format, such as ``"png"``.
        log_scale: Whether the axes of the values are logarithmic.
    """
    from matplotlib.figure import Figure  # optional, and 0.3 s
    from matplotlib.ticker import MaxNLocator

    names = list(dict.fromkeys(name.removeprefix("val_") for name in history))
    columns = min(len(names), _COLUMNS)
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(4.5 * columns, 3.2 * rows), layout="constrained")
    for place, name in enumerate(names):
        axes = figure.add_subplot(rows, columns, place + 1, title=name, xlabel="epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        for key, label in {name: "training", f"val_{name}": "validation"}.items():
            if key in history:
                epochs, values = zip(*history[key])
                axes.plot(epochs, values, label=label, marker="." if len(epochs) < 30 else None)
        if log_scale and any(value > 0 for key in (name, f"val_{name}") for _, value in history.get(key, ())):
            axes.set_yscale("log")
        if f"val_{name}" in history:
            axes.legend()
        axes.grid(alpha=0.3)
    content = io.BytesIO()
    figure.savefig(content, format=form)
    return content.getvalue()


def is_notebook() -> bool:
    """Return whether the program runs in the kernel of a notebook."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module is not None else None
    return shell is not None and hasattr(shell, "kernel")
