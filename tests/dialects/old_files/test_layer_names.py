"""Names of layers with ``/``."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.dialects.old_files.layer_names import without_slashes
from torchkeras_compat.naming import free_name


def _layer(name: str, *calls: Any) -> dict[str, Any]:
    return {"class_name": "Dense", "name": name, "config": {"name": name}, "inbound_nodes": list(calls)}


def test_names_and_calls_lose_their_slashes() -> None:
    layers = [_layer("a/b"), _layer("c", [["a/b", 0, 0, {"mask": ["a/b", 0, 1]}]])]
    found = without_slashes({"layers": layers, "input_layers": [["a/b", 0, 0]], "output_layers": {"y": ["c", 0, 0]}})
    assert [entry["config"]["name"] for entry in found["layers"]] == ["a_b", "c"]
    assert found["layers"][1]["inbound_nodes"] == [[["a_b", 0, 0, {"mask": ["a_b", 0, 1]}]]]
    assert found["input_layers"] == [["a_b", 0, 0]]
    assert found["output_layers"] == {"y": ["c", 0, 0]}


def test_a_name_that_is_taken_gets_a_number() -> None:
    found = without_slashes({"layers": [_layer("a_b"), _layer("a/b"), _layer("a_b_1")]})
    assert [entry["name"] for entry in found["layers"]] == ["a_b", "a_b_2", "a_b_1"]
    assert free_name("x", {"x", "x_1"}) == "x_2"


def test_others_stay_the_same_object() -> None:
    for settings in ({"layers": [_layer("a")]}, {"units": 3}, {"layers": 3}, {"layers": [3, None]}):
        assert without_slashes(settings) is settings
