"""Figures where there is no display."""

from __future__ import annotations

import base64
import os
import warnings

import pytest

from torchkeras_compat.notes.figures import BACKEND, Figures, has_display, listener, png

plt = pytest.importorskip("matplotlib.pyplot")


def test_shown_figures_are_handed_on_and_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MPLBACKEND", raising=False)
    figures: list[str] = []
    before = plt.get_backend()
    with Figures(lambda figure: figures.append(png(figure))), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert os.environ["MPLBACKEND"] == BACKEND
        plt.plot([1, 2])
        plt.show()
        assert plt.get_fignums() == []
    assert plt.get_backend() == before
    assert "MPLBACKEND" not in os.environ and listener() is None
    assert base64.b64decode(figures[0]).startswith(b"\x89PNG")


def test_the_users_backend_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "svg")
    with Figures(print):
        assert os.environ["MPLBACKEND"] == "svg"
        assert listener() is None


def test_a_display_is_named_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not has_display()
    monkeypatch.setenv("DISPLAY", ":0")
    assert has_display()
