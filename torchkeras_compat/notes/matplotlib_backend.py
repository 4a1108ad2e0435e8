"""A backend of matplotlib for notes without a display: ``plt.show()`` neither waits nor warns, and hands figures on.

It is named as ``module://torchkeras_compat.notes.matplotlib_backend``, and draws with Agg.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from torchkeras_compat.notes.figures import listener

FigureManager = FigureManagerBase


class FigureCanvas(FigureCanvasAgg):  # type: ignore[misc, unused-ignore]
    """The canvas of Agg, with the manager of this module."""

    manager_class = FigureManager


def show(*args: Any, **options: Any) -> None:
    """Hand every open figure to the runner, and close it, as notebooks do."""
    on_figure: Callable[[Any], None] | None = listener()
    for manager in Gcf.get_all_fig_managers():
        if on_figure is not None:
            on_figure(manager.canvas.figure)
    Gcf.destroy_all()
