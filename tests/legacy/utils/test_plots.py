from __future__ import annotations

import pytest

from torchkeras_compat import Sequential, layers
from torchkeras_compat.legacy.utils.plots import plot


def test_models_are_drawn(tmp_path):
    pytest.importorskip("pydot")
    model = Sequential([layers.Input((4,)), layers.Dense(2, name="narrow")])
    plot(model, tmp_path / "a.dot", show_shapes=True)
    assert "narrow" in (tmp_path / "a.dot").read_text() and "4" in (tmp_path / "a.dot").read_text()
    plot(model, tmp_path / "b.dot", show_layer_names=False)
    assert "narrow" not in (tmp_path / "b.dot").read_text()
