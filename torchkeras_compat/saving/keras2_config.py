"""Configs of Keras 1, Keras 2 and tf_keras, rewritten as Keras 3 would have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import hardsigmoid

from torchkeras_compat.custom_objects import get_registered_object, register_keras_serializable
from torchkeras_compat.ops.operands import as_float
from torchkeras_compat.symbolic.operation import operation

# Settings that Keras 3 no longer has, with the values that mean what it does anyway; None: any value.
_DROPPED: dict[str, tuple[Any, ...] | None] = {
    "time_major": (False,),
    "implementation": None,
    "groups": (1,),
    "input_length": None,
    "noise_shape": (None,),
    "softmax_robust_masking": (False,),
    "jit_compile": None,
    "is_legacy_optimizer": None,
    "decay": (0.0,),
    "batch_input_shape": (None,),
    "query_shape": None,
    "key_shape": None,
    "value_shape": None,
}
_DROPPED_OF_SEPARABLE = ("kernel_initializer", "kernel_regularizer", "kernel_constraint")
_WITH_GROUPS = ("Conv1D", "Conv2D", "Conv3D", "GroupNormalization")
_WITH_NOISE_SHAPE = ("Dropout", "AlphaDropout")
_RENAMED = {("LeakyReLU", "alpha"): "negative_slope", ("InputLayer", "batch_input_shape"): "batch_shape"}
# Optimizers whose formula Keras 3 changed, and those that had a decay of the learning rate.
_CHANGED_OPTIMIZERS = ("RMSprop", "Adagrad", "Nadam")
_WITH_DECAY = (*_CHANGED_OPTIMIZERS, "SGD", "Adadelta", "Adam", "Adamax", "Ftrl")
_RNN = ("RNN", "LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Bidirectional", "StackedRNNCells")

# The class that a recorded function of an old dialect has in files.
OLD_FUNCTION = "OldFunction"
# Functions of TensorFlow that Keras 2 stores for arithmetic on symbolic tensors, and the operations that they are.
_OPERATIONS = {
    "__operators__.add": "Add",
    "__operators__.sub": "Subtract",
    "__operators__.mul": "Multiply",
    "__operators__.truediv": "TrueDivide",
    "__operators__.pow": "Power",
    "__operators__.neg": "Negative",
    "__operators__.matmul": "Matmul",
    "math.add": "Add",
    "math.subtract": "Subtract",
    "math.multiply": "Multiply",
    "math.divide": "TrueDivide",
    "math.truediv": "TrueDivide",
    "math.pow": "Power",
    "math.negative": "Negative",
    "math.abs": "Absolute",
    "math.exp": "Exp",
    "math.log": "Log",
    "math.sqrt": "Sqrt",
    "math.square": "Square",
    "math.tanh": "Tanh",
    "math.sigmoid": "Sigmoid",
    "math.maximum": "Maximum",
    "math.minimum": "Minimum",
    "linalg.matmul": "Matmul",
    "nn.relu": "Relu",
    "nn.softmax": "Softmax",
}


@register_keras_serializable("torchkeras_compat", "keras2_hard_sigmoid")
@operation
def keras2_hard_sigmoid(x: Any) -> torch.Tensor:
    """``clip(0.2 x + 0.5, 0, 1)``, which Keras 1 and 2 call `hard_sigmoid`; Keras 3's is ``clip(x / 6 + 0.5, 0, 1)``.

    Example:
        >>> keras2_hard_sigmoid(torch.tensor([-3.0, 0.0, 1.0])).tolist()
        [0.0, 0.5, 0.699999988079071]
    """
    x = x if type(x) is torch.Tensor and x.is_floating_point() else as_float(x)
    return hardsigmoid(1.2 * x)  # clip(y / 6 + 0.5): two kernels where the formula has three, and half the time


def is_keras2(version: Any) -> bool:
    """Return whether a ``keras_version`` is one before 3."""
    return str(version).split(".")[0] in ("0", "1", "2")


def to_keras3(config: Any) -> Any:
    """Return a config of a model, layer or other object as Keras 3 would have it.

    Args:
        config: What ``to_json``, a `.h5` or a `.keras` file holds.

    Raises:
        ValueError: it holds a function of TensorFlow that is not known.

    Example:
        >>> to_keras3({"class_name": "LeakyReLU", "config": {"name": "a", "alpha": 0.5}})["config"]
        {'name': 'a', 'negative_slope': 0.5}
    """
    if isinstance(config, list):
        return [to_keras3(x) for x in config]
    if not isinstance(config, dict):
        return config
    if not isinstance(config.get("class_name"), str) or not isinstance(config.get("config"), (dict, list)):
        return {k: to_keras3(v) for k, v in config.items()}
    return _object(config)


def _object(config: dict[str, Any]) -> dict[str, Any]:
    result = {k: to_keras3(v) for k, v in config.items() if k not in ("config", "inbound_nodes", "class_name")}
    name = config["class_name"]
    settings = config["config"]
    if name.startswith("Custom>") and get_registered_object(name) is None:
        name = name.removeprefix("Custom>")
    if str(result.get("module", "")).startswith(("tf_keras", "tensorflow", "keras.engine")):
        result["module"] = None
        result["registered_name"] = None
    if name in ("Policy", "PolicyV1"):
        return {"module": "keras", "class_name": "DTypePolicy", "config": {"name": settings["name"]}}
    if isinstance(settings, list):  # Keras 1 stored a Sequential as the list of its layers
        settings = {"name": "sequential", "layers": settings}
    if name == "Model" and "input_layers" in settings:
        name = "Functional"
    if name in _WITH_DECAY and "decay" in settings and (settings["decay"] or name in _CHANGED_OPTIMIZERS):
        name, settings, result["module"] = f"Legacy{name}", _optimizer_settings(name, settings), None
    result["class_name"] = name
    result["config"] = graph_to_keras3(settings) if "input_layers" in settings else _settings(name, settings)
    return result


def _optimizer_settings(name: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of an optimizer of `legacy.optimizers`."""
    found = dict(settings)
    if name == "Nadam":  # whose decay is that of its momentum
        found["schedule_decay"] = found.pop("schedule_decay", found["decay"])
        found["decay"] = 0.0
    if name == "Adagrad":
        found.setdefault("initial_accumulator_value", 0.0)  # of Keras before TensorFlow
    return found


def _settings(name: str, settings: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in settings.items():
        if (key == "groups" and name in _WITH_GROUPS) or (key == "noise_shape" and name in _WITH_NOISE_SHAPE):
            found[key] = value
        elif name.startswith("Separable") and key in _DROPPED_OF_SEPARABLE:
            continue
        elif key == "axis" and name.endswith("Normalization") and isinstance(value, list) and len(value) == 1:
            found[key] = value[0]
        elif key in _DROPPED and (_DROPPED[key] is None or value in _DROPPED[key]):  # type: ignore[operator]
            continue
        elif key.endswith("activation") and value == "hard_sigmoid":
            found[key] = {
                "module": "builtins",
                "class_name": "function",
                "config": "keras2_hard_sigmoid",
                "registered_name": "torchkeras_compat>keras2_hard_sigmoid",
            }
        else:
            found[_RENAMED.get((name, key), key)] = to_keras3(value)
    return found


def graph_to_keras3(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the config of a functional model of Keras 2 in Keras 3's form.

    Args:
        settings: What ``get_config`` of the model returned there.
    """
    # Calls of a model inside a model count from 1: number 0 was the one that made it.
    models = {e["name"] for e in settings["layers"] if isinstance(e["config"], dict) and "layers" in e["config"]}
    # Keras 3 still does so for functional models, where they are outputs of the model around.
    graphs = {e["name"] for e in settings["layers"] if isinstance(e["config"], dict) and "input_layers" in e["config"]}

    def history(entry: Any) -> list[Any]:
        name, call, index = entry[:3]
        return [name, call - 1 if name in models else call, index]

    def tensor(entry: Any) -> dict[str, Any]:
        return {"class_name": "__keras_tensor__", "config": {"keras_history": history(entry)}}

    def value(x: Any) -> Any:
        if _is_history(x):
            return tensor(x)
        if isinstance(x, list):
            return [value(v) for v in x]
        if isinstance(x, dict):
            return {k: value(v) for k, v in x.items()}
        return x

    def layer(entry: dict[str, Any]) -> dict[str, Any]:
        if entry["class_name"] in ("TFOpLambda", "SlicingOpLambda"):
            return _operation(entry, tensor, value)
        nodes = [_call(entry["class_name"], call, tensor, value) for call in entry.get("inbound_nodes") or []]
        # The graph builds its layers; the shapes that Keras 2 noted for them have other forms.
        made = {k: v for k, v in _object(entry).items() if k != "build_config"}
        return {**made, "name": entry["name"], "inbound_nodes": nodes}

    def ends(structure: Any) -> Any:
        if _is_history(structure):
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


def _is_history(x: Any) -> bool:
    return isinstance(x, list) and len(x) in (3, 4) and isinstance(x[0], str) and all(type(i) is int for i in x[1:3])


def _call(kind: str, call: Any, tensor: Callable, value: Callable) -> dict[str, Any]:
    """One entry of ``inbound_nodes``: inputs, each with the keyword arguments of the call."""
    entries = [call] if _is_history(call) else call
    if isinstance(entries, dict):
        return {"args": [value(entries)], "kwargs": {}}
    inputs = [tensor(entry) for entry in entries]
    kwargs = {k: value(v) for k, v in (entries[0][3] if len(entries[0]) > 3 else {}).items()}
    if kind in _RNN and len(inputs) > 1:
        return {"args": inputs[:1], "kwargs": {**kwargs, "initial_state": inputs[1:]}}
    return {"args": inputs if len(inputs) == 1 else [inputs], "kwargs": kwargs}


def _operation(entry: dict[str, Any], tensor: Callable, value: Callable) -> dict[str, Any]:
    function = entry["config"]["function"]
    name = "GetItem" if function == "__operators__.getitem" else _OPERATIONS.get(function)
    if name is None:
        raise ValueError(
            f"The file calls the function tf.{function} of TensorFlow, which is not known here. Known are:"
            f" {sorted(_OPERATIONS)}. Build the model again, and use `load_weights`."
        )
    nodes = []
    for call in entry["inbound_nodes"]:
        first, kwargs = (call if _is_history(call) else call[0]), {}
        if len(first) > 3:
            kwargs = {k: v for k, v in first[3].items() if k != "name" and v is not None}
        args = [tensor(first)]
        if name == "GetItem":
            args.append([_index(x) for x in kwargs.pop("slice_spec")])
        args.extend(value(v) for v in (kwargs.pop(k) for k in ("y", "x", "b") if k in kwargs))
        nodes.append({"args": args, "kwargs": {k: value(v) for k, v in kwargs.items()}})
    return {
        "module": "keras.src.ops",
        "class_name": name,
        "config": {"name": entry["name"].replace(".", "_")},
        "name": entry["name"],
        "inbound_nodes": nodes,
    }


def _index(x: Any) -> Any:
    if isinstance(x, dict) and x.keys() == {"start", "stop", "step"}:
        return {"class_name": "__slice__", "config": x}
    return {"class_name": "__ellipsis__", "config": {}} if x == "..." else x


def training_to_keras3(config: dict[str, Any]) -> dict[str, Any]:
    """Return the ``training_config`` of a `.h5` file as Keras 3 would have it.

    Args:
        config: Optimizer, loss and metrics.
    """
    found = {k: v for k, v in config.items() if k in ("loss", "loss_weights", "optimizer_config")}
    for key in ("metrics", "weighted_metrics"):
        found[key] = _metrics(config.get(key))
    optimizer = dict(found.get("optimizer_config") or {})
    if "config" in optimizer:
        settings = dict(optimizer["config"])
        for old, new in (("lr", "learning_rate"),):
            if old in settings:
                settings[new] = settings.pop(old)
        optimizer = {**optimizer, "config": settings, "module": None}
        found["optimizer_config"] = to_keras3(optimizer)
    return {k: to_keras3(v) for k, v in found.items()}


def _metrics(value: Any) -> Any:
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], list):
            return _metrics(value[0])
        return [_metrics(v) for v in value]
    if isinstance(value, dict) and value.get("class_name") == "MeanMetricWrapper":
        return _short(value["config"])
    if isinstance(value, dict) and "class_name" not in value:
        return {k: _metrics(v) for k, v in value.items()}
    return value


def _short(config: dict[str, Any]) -> str:
    """The name that was given to ``compile``: ``"accuracy"``, else the function that it stood for."""
    return config["name"] if config["name"] in ("accuracy", "acc") else str(config.get("fn", config["name"]))


def slot_order(names: list[str]) -> list[int]:
    """Return the positions of optimizer arrays in Keras 3's order, from their names in a Keras 2 file.

    Keras 2 stored all first moments, then all second ones, where Keras 3 goes from variable to variable.

    Args:
        names: Names of the arrays: ``"Adam/dense/kernel/m:0"``.

    Example:
        >>> slot_order(["Adam/iter:0", "Adam/a/m:0", "Adam/b/m:0", "Adam/a/v:0", "Adam/b/v:0"])
        [0, 1, 3, 2, 4]
    """
    for first_slot, second_slot in _PAIRS_OF_SLOTS:
        first = [i for i, name in enumerate(names) if name.endswith(first_slot)]
        second = [i for i, name in enumerate(names) if name.endswith(second_slot)]
        if second and len(first) == len(second):
            break
    else:
        return list(range(len(names)))
    moved = [i for pair in zip(first, second, strict=True) for i in pair]
    others = [i for i in range(len(names)) if i not in moved]
    last = [i for i in others if i > min(moved) or names[i].endswith("/momentum_cache:0")]  # of Nadam, after the slots
    return [i for i in others if i not in last] + moved + last


# Slots that Keras 3 keeps side by side.
_PAIRS_OF_SLOTS = (("/m:0", "/v:0"), ("/accum_grad:0", "/accum_var:0"), ("/accumulator:0", "/linear:0"))
