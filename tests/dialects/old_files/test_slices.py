"""Slices in files of Keras 2, as operations of today."""

from __future__ import annotations

from torchkeras_compat.dialects.old_files.slices import as_get_item, with_ellipses

_WHOLE = {"start": None, "stop": None, "step": None}
_REVERSED = {"start": None, "stop": None, "step": -1}
_ELLIPSIS = {"class_name": "__ellipsis__"}


def _entry(spec):
    return as_get_item("s", [("x", {"slice_spec": spec})])


def test_plain_indices_become_get_item():
    entry = _entry([_WHOLE, 1, None, _ELLIPSIS])
    assert entry["class_name"] == "GetItem"
    key = entry["inbound_nodes"][0]["args"][1]
    assert key == [
        {"class_name": "__slice__", "config": _WHOLE},
        1,
        None,
        {"class_name": "__ellipsis__", "config": {}},
    ]
    assert _entry(0)["inbound_nodes"][0]["args"] == ["x", 0]


def test_reversed_axes_become_flip():
    assert _entry([_ELLIPSIS, _REVERSED])["config"] == {"name": "s", "axis": [-1]}
    assert _entry([_REVERSED, _WHOLE, _REVERSED])["config"] == {"name": "s", "axis": [0, 2]}
    assert _entry([_REVERSED, _ELLIPSIS, _WHOLE])["config"] == {"name": "s", "axis": [0]}
    assert _entry(_REVERSED)["config"] == {"name": "s", "axis": [0]}


def test_parts_of_an_axis_in_reverse_do_not():
    assert _entry([{"start": 3, "stop": None, "step": -1}])["class_name"] == "GetItem"
    assert _entry([_ELLIPSIS, {"start": None, "stop": None, "step": -2}])["class_name"] == "GetItem"
    assert _entry([_WHOLE, _ELLIPSIS])["class_name"] == "GetItem"


def test_indices_that_are_tensors_are_left_to_tensorflows_slices():
    tensor = {"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}
    assert _entry(tensor) is None
    assert _entry([_WHOLE, {"start": None, "stop": tensor, "step": None}]) is None
    assert with_ellipses([_ELLIPSIS, tensor]) == [{"class_name": "__ellipsis__", "config": {}}, tensor]
