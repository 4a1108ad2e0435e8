"""Figures of matplotlib in a note: where they go when there is no display."""

from __future__ import annotations

import base64
import io
import os
import sys
from collections.abc import Callable
from typing import Any

BACKEND = "module://torchkeras_compat.notes.matplotlib_backend"
_listener: Callable[[Any], None] | None = None


def listener() -> Callable[[Any], None] | None:
    """Return what is called with each figure that a note shows, if anything is."""
    return _listener


def has_display() -> bool:
    """Return whether windows can be opened: on Linux, whether the environment names a display."""
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def png(figure: Any) -> str:
    """Return a figure as PNG in base64, as notebooks hold it."""
    file = io.BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight")
    return base64.b64encode(file.getvalue()).decode("ascii")


class Figures:
    """A context in which ``plt.show()`` hands figures to ``on_figure``, unless ``MPLBACKEND`` is set.

    Args:
        on_figure: Called with each figure.
    """

    def __init__(self, on_figure: Callable[[Any], None]) -> None:
        self._on_figure = on_figure
        self._is_ours = False
        self._before: str | None = None

    def __enter__(self) -> Figures:
        global _listener
        if "MPLBACKEND" not in os.environ:
            _listener = self._on_figure
            self._is_ours = True
            os.environ["MPLBACKEND"] = BACKEND
            if "matplotlib.pyplot" in sys.modules:
                self._before = sys.modules["matplotlib"].get_backend()
                sys.modules["matplotlib"].use(BACKEND)
        return self

    def __exit__(self, *exc_info: object) -> None:
        global _listener
        if not self._is_ours:
            return
        _listener = None
        del os.environ["MPLBACKEND"]
        if self._before is not None:
            sys.modules["matplotlib"].use(self._before)
