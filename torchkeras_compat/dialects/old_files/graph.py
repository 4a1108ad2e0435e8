"""Graphs of functional models of Keras 1 and 2: layers, calls and ends in the form of Keras 3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras_compat.dialects.old_files.constants import tensor_config
from torchkeras_compat.dialects.old_files.functions import OF_RAGGED_TENSORS, function_entry
from torchkeras_compat.dialects.old_files.graph_operations import graph_operation_entry
from torchkeras_compat.dialects.old_files.histories import is_constant, is_history
from torchkeras_compat.naming import free_name

_RNN = ("RNN", "LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Bidirectional", "StackedRNNCells")
# Whose setting ``causal`` is an argument of the call today.
_ATTENTIONS = ("Attention", "AdditiveAttention")
_OF_FUNCTIONS = ("TFOpLambda", "SlicingOpLambda", *OF_RAGGED_TENSORS)
_Config = dict[str, Any]


def graph_of_today(settings: _Config, object_of_today: Callable[[_Config], _Config]) -> _Config:
    """Return the config of a functional model of Keras 1 or 2 in Keras 3's form.

    Args:
        settings: What ``get_config`` of the model returned there.
        object_of_today: What makes the config of one layer.
    """
    # Calls of a model inside a model count from 1: number 0 was the one that made it.
    models = {e["name"] for e in settings["layers"] if isinstance(e["config"], list) or "layers" in e["config"]}
    # Keras 3 still does so for functional models, where they are outputs of the model around.
    graphs = {e["name"] for e in settings["layers"] if isinstance(e["config"], dict) and "input_layers" in e["config"]}

    def history(entry: Any) -> list[Any]:
        name, call, index = entry[:3]
        return [name, call - 1 if name in models else call, index]

    def tensor(entry: Any) -> _Config:
        return {"class_name": "__keras_tensor__", "config": {"keras_history": history(entry)}}

    def value(x: Any) -> Any:
        if is_history(x):
            return tensor(x)
        if isinstance(x, list):
            return [value(v) for v in x]
        if isinstance(x, dict):
            return {k: value(v) for k, v in x.items()}
        return x

    def layer(entry: _Config) -> _Config:
        if entry["class_name"] in _OF_FUNCTIONS:
            return function_entry(entry, tensor, value)
        if entry["class_name"] == "TensorFlowOpLayer":
            return graph_operation_entry(entry, tensor)
        nodes = [_call(entry, call, tensor, value) for call in entry.get("inbound_nodes") or []]
        # The graph builds its layers; the shapes that Keras 2 noted for them have other forms.
        made = {k: v for k, v in object_of_today(_without_causal(entry)).items() if k != "build_config"}
        return {**made, "name": entry["name"], "inbound_nodes": nodes}

    def ends(structure: Any) -> Any:
        if is_history(structure):
            return structure[:3] if structure[0] in graphs else history(structure)
        if isinstance(structure, dict):
            return {k: ends(v) for k, v in structure.items()}
        found = [ends(x) for x in structure]
        return found[0] if len(found) == 1 else found

    return {
        **{k: v for k, v in settings.items() if k not in ("layers", "input_layers", "output_layers")},
        "layers": [layer(entry) for entry in settings["layers"]],
        "input_layers": ends(settings["input_layers"]),
        "output_layers": ends(settings["output_layers"]),
    }


def _without_causal(entry: _Config) -> _Config:
    """Return the config of a layer without what its calls say today."""
    if entry["class_name"] not in _ATTENTIONS or not isinstance(entry["config"], dict):
        return entry
    return {**entry, "config": {k: v for k, v in entry["config"].items() if k != "causal"}}


def _call(entry: _Config, call: Any, tensor: Callable[[Any], Any], value: Callable[[Any], Any]) -> _Config:
    """Return one entry of ``inbound_nodes``: inputs, each with the keyword arguments of the call."""
    kind = entry["class_name"]
    entries = [call] if is_history(call) else call
    if isinstance(entries, dict):
        return {"args": [value(entries)], "kwargs": {}}
    inputs = [tensor_config(entry[2]) if is_constant(entry) else tensor(entry) for entry in entries]
    kwargs = {k: _argument(value(v)) for k, v in (entries[0][3] if len(entries[0]) > 3 else {}).items()}
    if kind in _ATTENTIONS and entry["config"].get("causal") is True:
        kwargs["use_causal_mask"] = True
    if kind in _RNN:
        kwargs = {k: v for k, v in kwargs.items() if v is not None}
    if kind in _RNN and len(inputs) > 1:
        return {"args": inputs[:1], "kwargs": {**kwargs, "initial_state": inputs[1:]}}
    return {"args": inputs if len(inputs) == 1 else [inputs], "kwargs": kwargs}


def _argument(x: Any) -> Any:
    """Return an argument of a layer, arrays in lists as tensors: ``initial_state=[[[0.0, 0.0]], ...]``."""
    is_list = isinstance(x, list) and len(x) > 0
    if is_list and all(isinstance(part, list) for part in x):
        return [tensor_config(part) for part in x]
    return x


def output_names(settings: Any) -> list[str]:
    """Return the names of the outputs of a functional model, empty for a model of another kind.

    Args:
        settings: Its config in the file.

    Example:
        >>> output_names({"output_layers": [["p", 0, 0], ["q", 0, 0]]})
        ['p', 'q']
    """
    ends = settings.get("output_layers") if isinstance(settings, dict) else None
    if isinstance(ends, dict):
        return sorted(str(name) for name in ends)
    found: list[str] = []
    for end in ends if isinstance(ends, list) and not is_history(ends) else []:
        if is_history(end):
            found.append(free_name(end[0], found))
    return found
