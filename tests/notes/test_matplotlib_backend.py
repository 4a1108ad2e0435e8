"""The backend of matplotlib for notes."""

from __future__ import annotations

import pytest

plt = pytest.importorskip("matplotlib.pyplot")

from torchkeras_compat.notes import matplotlib_backend  # noqa: E402


def test_showing_closes_all_figures_without_waiting() -> None:
    before = plt.get_backend()
    plt.switch_backend(f"module://{matplotlib_backend.__name__}")
    try:
        plt.figure()
        plt.figure()
        matplotlib_backend.show(block=True)
        assert plt.get_fignums() == []
    finally:
        plt.switch_backend(before)
