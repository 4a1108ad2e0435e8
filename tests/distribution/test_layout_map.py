"""Layouts by patterns of paths, looked up as Keras does."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.distribution import DeviceMesh, LayoutMap, TensorLayout


def test_keys_patterns_and_nothing(mesh: DeviceMesh) -> None:
    layouts = LayoutMap(mesh)
    exact, pattern = TensorLayout([None, "model"]), TensorLayout([None, None])
    layouts["dense/kernel"] = exact
    layouts[".*dense.*kernel"] = pattern
    layouts["bias"] = ("model",)
    assert layouts["dense/kernel"] is exact
    assert layouts["dense_2/kernel"] is pattern
    assert layouts["conv/bias"].axes == ("model",)
    assert layouts["conv/kernel"] is None
    assert exact.device_mesh is mesh
    assert list(layouts) == ["dense/kernel", ".*dense.*kernel", "bias"]
    assert "conv/bias" in layouts
    assert "conv/kernel" not in layouts
    layouts[".*dense.*bias"] = (None,)
    with pytest.raises(ValueError, match=r"Path 'dense_2/bias' matches multiple layout"):
        layouts["dense_2/bias"]


def test_keys_are_removed_as_they_are_written(mesh: DeviceMesh) -> None:
    layouts = LayoutMap(mesh)
    layouts["dense/kernel"] = [None, "model"]
    with pytest.raises(KeyError):
        layouts.pop(".*kernel")
    with pytest.raises(KeyError):
        layouts.pop("my/dense/kernel")
    assert layouts.pop("my/dense/kernel", 3) == 3
    assert layouts.pop("dense/kernel").axes == (None, "model")
    with pytest.raises(KeyError):
        del layouts["dense/kernel"]
    assert len(layouts) == 0


@pytest.mark.parametrize(
    ("key", "layout", "text"),
    [
        ("there", ("data",), "there already exist"),
        ("new", ["a", "b"], r"\['a', 'b'\] should be a TensorLayout type"),
        ("new", 3, "3 should be a TensorLayout type, got <class 'int'>"),
        ("(new", ("data",), r"regular expression of paths. Received: '\(new'"),
        (3, ("data",), "regular expression of paths. Received: 3"),
    ],
)
def test_wrong_entries_are_refused(mesh: DeviceMesh, key: Any, layout: Any, text: str) -> None:
    layouts = LayoutMap(mesh)
    layouts["there"] = ("data",)
    with pytest.raises(ValueError, match=text):
        layouts[key] = layout
    assert len(layouts) == 1


def test_only_a_mesh_is_a_mesh() -> None:
    with pytest.raises(TypeError, match="must be a DeviceMesh. Received: 3"):
        LayoutMap(3)


def test_it_is_shown(mesh: DeviceMesh) -> None:
    layouts = LayoutMap(mesh)
    layouts["kernel"] = (None, "model")
    assert "'kernel': (None, 'model')" in repr(layouts)
