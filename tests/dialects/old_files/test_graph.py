"""Graphs of functional models of Keras 1 and 2."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.dialects.old_files.graph import graph_of_today


def _entry(name: str, class_name: str, *calls: Any, **config: Any) -> dict[str, Any]:
    return {"name": name, "class_name": class_name, "config": {"name": name, **config}, "inbound_nodes": list(calls)}


def _graph(*layers: dict[str, Any], outputs: Any = (("y", 0, 0),)) -> dict[str, Any]:
    ends = [list(end) for end in outputs] if isinstance(outputs, tuple) else outputs
    return graph_of_today(
        {"name": "m", "layers": list(layers), "input_layers": [["i", 0, 0]], "output_layers": ends}, lambda entry: entry
    )


def _history(name: str, call: int, index: int) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, call, index]}}


_INPUT = _entry("i", "InputLayer")


def test_one_input_and_several() -> None:
    found = _graph(_INPUT, _entry("a", "Dense", [["i", 0, 0, {}]]), _entry("y", "Add", [["i", 0, 0], ["a", 0, 0]]))
    assert found["layers"][1]["inbound_nodes"] == [{"args": [_history("i", 0, 0)], "kwargs": {}}]
    assert found["layers"][2]["inbound_nodes"] == [{"args": [[_history("i", 0, 0), _history("a", 0, 0)]], "kwargs": {}}]
    assert found["output_layers"] == ["y", 0, 0]


@pytest.mark.parametrize("config", [{"layers": []}, []], ids=["settings", "list of Keras 1"])
def test_calls_of_models_count_from_one(config: Any) -> None:
    model = {"name": "s", "class_name": "Sequential", "config": config, "inbound_nodes": [[["i", 0, 0, {}]]]}
    found = _graph(_INPUT, model, _entry("y", "Dense", [["s", 1, 0, {}]]), outputs=(("s", 1, 0), ("y", 0, 0)))
    assert found["layers"][2]["inbound_nodes"][0]["args"] == [_history("s", 0, 0)]
    assert found["output_layers"] == [["s", 0, 0], ["y", 0, 0]]


def test_states_of_recurrent_layers() -> None:
    call = [["i", 0, 0, {"initial_state": None, "constants": None}], ["h", 0, 1, {}]]
    found = _graph(_INPUT, _entry("h", "LSTM", [["i", 0, 0]]), _entry("y", "GRU", call))
    assert found["layers"][2]["inbound_nodes"] == [
        {"args": [_history("i", 0, 0)], "kwargs": {"initial_state": [_history("h", 0, 1)]}}
    ]


def test_tensors_in_keyword_arguments() -> None:
    found = _graph(_INPUT, _entry("y", "MultiHeadAttention", [["i", 0, 0, {"value": ["i", 0, 0]}]]))
    assert found["layers"][1]["inbound_nodes"][0]["kwargs"] == {"value": _history("i", 0, 0)}


@pytest.mark.parametrize("kind", ["Attention", "AdditiveAttention"])
def test_causal_attention_is_said_by_the_call(kind: str) -> None:
    found = _graph(_INPUT, _entry("y", kind, [["i", 0, 0, {}], ["i", 0, 0, {}]], causal=True, dropout=0.1))
    assert found["layers"][1]["config"] == {"name": "y", "dropout": 0.1}
    assert found["layers"][1]["inbound_nodes"][0]["kwargs"] == {"use_causal_mask": True}


def test_inputs_and_outputs_by_name() -> None:
    call = {"a": ["i", 0, 0, {}], "b": ["i", 0, 0, {}]}
    found = _graph(_INPUT, _entry("y", "DenseFeatures", call), outputs={"z": ["y", 0, 0]})
    assert found["layers"][1]["inbound_nodes"][0]["args"] == [{k: _history("i", 0, 0) for k in "ab"}]
    assert found["output_layers"] == {"z": ["y", 0, 0]}
