"""The older whole-model `.h5` format, of Keras 1 to 3: arrays by layer and name, configs in attributes."""

from __future__ import annotations

import contextlib
import functools
import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from torchkeras_compat.custom_objects import custom_object_scope, get_registered_object
from torchkeras_compat.deserialization import deserialize_model
from torchkeras_compat.errors import FileContentError, NotBuiltError
from torchkeras_compat.kinds import OLD_FUNCTIONS
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.naming import free_name
from torchkeras_compat.optimizers.state import OptimizerState
from torchkeras_compat.plugins.config_source import reading_file
from torchkeras_compat.saving.atomic import written_whole
from torchkeras_compat.saving.file_limits import check_config, current_limits, parsed_json
from torchkeras_compat.saving.h5_checks import attribute, text_of
from torchkeras_compat.saving.h5_walk import declared_bytes
from torchkeras_compat.saving.keras2_config import (
    OLD_FUNCTION,
    is_keras2,
    slot_order,
    to_keras3,
    training_to_keras3,
)
from torchkeras_compat.saving.keras_format import FORMAT_VERSION
from torchkeras_compat.saving.late_arrays import late_arrays_of
from torchkeras_compat.saving.memory_budget import MemoryBudget
from torchkeras_compat.saving.open_h5 import new_h5, opened_h5
from torchkeras_compat.saving.plugin_requirements import KEY, add_advice, plugin_requirements
from torchkeras_compat.saving.stores import child
from torchkeras_compat.saving.weights_h5 import assign_arrays, size_of_weights, wrong_numbers
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.unfilled_values import UnfilledValues
from torchkeras_compat.user_warnings import warn_user

_LARGEST_ATTRIBUTE = 64512  # bytes; HDF5 keeps no larger ones, so longer lists of names are cut in parts


def save_legacy_h5(model: Any, path: str) -> None:
    """Write a model whole, as Keras 3 writes a `.h5` file.

    Args:
        model: Model, built.
        path: File.

    Raises:
        NotBuiltError: the model has no weights yet.
    """
    if not model.built:
        raise NotBuiltError(
            "A model is saved in a `.h5` file with its weights, and this one is not built. Call it on data or"
            " `build(input_shape)`, or save a `.keras` file."
        )
    whole = serialize_keras_object(model)
    config, needed = _without_modules(whole), plugin_requirements(whole)
    with written_whole(path, functools.partial(size_of_weights, model)) as temporary, new_h5(temporary) as file:
        file.attrs["keras_version"] = FORMAT_VERSION
        file.attrs["backend"] = "torch"
        file.attrs["model_config"] = json.dumps(config)
        if needed:
            file.attrs[KEY] = json.dumps(needed)
        _write_layers(model, file.create_group("model_weights"))
        optimizer: Any = getattr(model, "optimizer", None)
        settings = model.get_compile_config() if isinstance(optimizer, OptimizerState) else None
        if settings:
            entry = settings.pop("optimizer")
            settings["optimizer_config"] = {k: entry[k] for k in ("class_name", "config")}
            file.attrs["training_config"] = json.dumps(settings)
            if type(optimizer).save_own_variables is OptimizerState.save_own_variables:
                _write_variables(file.create_group("optimizer_weights"), optimizer.variables_for_files())
            else:
                warn_user(
                    f"The state of optimizer '{optimizer.name}' is left out: {type(optimizer).__name__} stores it in a"
                    " form of its own, which `.h5` files of whole models have no place for. Save a `.keras` file to"
                    " keep it."
                )


def _without_modules(config: dict[str, Any]) -> dict[str, Any]:
    """The config of a model as this format has it: models and their layers by class name alone."""
    result: dict[str, Any] = {k: config[k] for k in ("class_name", "config", "name", "inbound_nodes") if k in config}
    if isinstance(config["config"].get("layers"), list):
        layers = [_without_modules(layer) for layer in config["config"]["layers"]]
        result["config"] = {**config["config"], "layers": layers}
    return result


def _write_layers(model: Any, group: Any) -> None:
    group.attrs["keras_version"] = FORMAT_VERSION
    group.attrs["backend"] = "torch"
    layers = model.layers
    _write_names(group, "layer_names", [layer.name for layer in layers])
    for layer in layers:
        _write_variables(group.create_group(layer.name), _variables(layer))
    _write_variables(group.create_group("top_level_model_weights"), model._own_variables())


def _write_variables(group: Any, variables: Iterable[Any]) -> None:
    names: list[str] = []
    for variable in variables:
        name = free_name(variable.path, names)
        names.append(name)
        late = late_arrays_of(group)
        is_plain = variable.dtype != "bfloat16"  # which this format has as float32
        if late is None or not (is_plain and late.add(group, name, variable)):
            group.create_dataset(name, data=variable.numpy())
    _write_names(group, "weight_names", names)


def _write_names(group: Any, key: str, names: list[str]) -> None:
    parts = 1
    while any(len(part) and part.nbytes > _LARGEST_ATTRIBUTE for part in np.array_split(np.array(names, "S"), parts)):
        parts += 1
    if parts == 1:
        group.attrs[key] = np.array(names, dtype="S") if names else []
        return
    for i, part in enumerate(np.array_split(np.array(names, "S"), parts)):
        group.attrs[f"{key}{i}"] = part


def _variables(layer: Any) -> list[Any]:
    """The weights of one layer, those below included, in the order of this format: trainable ones first."""
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def load_legacy_h5(
    path: str, custom_objects: Mapping[str, Any] | None = None, compile: bool = True, safe_mode: bool = True
) -> Any:
    """Return the model of a `.h5` file.

    Args:
        path: File.
        custom_objects: Further names and their classes or functions.
        compile: Whether to compile it as it was.
        safe_mode: Kept for Keras's signature: code in a file is never run.

    Raises:
        FileNotFoundError: there is no such file.
        FileContentError: it is broken, or holds no whole model.
        UnknownNameError: it names a class or function that is not known.
    """
    with (
        opened_h5(path) as root,
        custom_object_scope(custom_objects or {}),
        reading_file(path),
        UnfilledValues(_within_memory(root, path)) as unfilled,
    ):
        config = _json(root, "model_config", path)
        if config is None:
            what = (
                "It holds weights only: make the model and use `load_weights`."
                if "layer_names" in root.attrs or "layers" in root or "vars" in root
                else "Save the whole model with `model.save`; of weights, make the model and use `load_weights`."
            )
            raise FileContentError(f"{path!r} holds no model: it has no `model_config`. {what}")
        check_config(config, source=repr(path))
        old = is_keras2(text_of(attribute(root, "keras_version", "1")))
        try:
            config = to_keras3(config) if old else with_operations(config)
            model = deserialize_model(config)
        except (ValueError, TypeError) as error:
            add_advice(error, _needed_plugins(root))
            error.add_note(f"while loading {path!r}")
            raise
        if not isinstance(model, Layer):
            raise FileContentError(f"{path!r} describes {config.get('class_name')!r}, which is not a model or layer.")
        weights = child(root, "model_weights")
        _load_layers(model, weights, path, by_name=False, skip_mismatch=False, unfilled=unfilled)
        training = _json(root, "training_config", path)
        if compile and training is not None:
            check_config(training, source=repr(path))
            try:
                _compile(model, training, child(root, "optimizer_weights"), old, unfilled)
            except (ValueError, TypeError) as error:
                add_advice(error, _needed_plugins(root))
                raise
        unfilled.fill()
    return model


def _needed_plugins(root: Any) -> Any:
    """Return what the file says of plugins; it is for the message of another error, so nothing is wrong with it."""
    with contextlib.suppress(ValueError, TypeError):
        return parsed_json(text_of(attribute(root, KEY, "null")), KEY)
    return None


def _within_memory(root: Any, path: str) -> MemoryBudget:
    stored = os.path.getsize(path)
    return MemoryBudget(path, stored, current_limits(), lambda: declared_bytes(root, stored))


def with_operations(config: dict[str, Any]) -> dict[str, Any]:
    """Tell operations, whose configs hold no layer's settings, from layers of the same name."""
    settings = config.get("config")
    if not isinstance(settings, dict):
        return config
    if isinstance(settings.get("layers"), list):
        return {**config, "config": {**settings, "layers": [with_operations(x) for x in settings["layers"]]}}
    kinds = (config["class_name"], f"Custom>{config['class_name']}")
    if "inbound_nodes" in config and "trainable" not in settings and config["class_name"] != "InputLayer":
        if all(get_registered_object(kind) is None for kind in kinds):
            module = OLD_FUNCTIONS if config["class_name"] == OLD_FUNCTION else "keras.src.ops"
            return {"module": module, **config}
    return config


def _compile(model: Any, training: dict[str, Any], group: Any, old: bool, unfilled: UnfilledValues) -> None:
    settings = training_to_keras3(training) if old else dict(training)
    settings["optimizer"] = settings.pop("optimizer_config", None)
    model.compile_from_config(settings)
    if group is None or not isinstance(model.optimizer, OptimizerState):
        return
    optimizer = model.optimizer
    names = _names(group, "weight_names")
    arrays = [child_array(group, names[i]) for i in (slot_order(names) if old else range(len(names)))]
    own = [v for v in optimizer.variables if not (old and v.name == "learning_rate")]  # Keras 2 keeps it in the config
    if old and len(own) == 1:
        arrays = arrays[:1]  # its SGD keeps moments of no use
    if [tuple(v.shape) for v in own] != [tuple(a.shape) for a in arrays]:
        warn_user(
            f"The state of optimizer '{optimizer.name}' in the file has another form ({len(arrays)} arrays for"
            f" {len(own)} variables) and is left out: training starts with a new state."
        )
        return
    assign_arrays(list(zip(own, arrays, strict=True)), unfilled)


def save_legacy_weights(model: Any, path: str) -> None:
    """Write the weights of a model alone, as Keras 1 and 2 wrote them in HDF5 files of any name.

    Args:
        model: Model, built.
        path: File.
    """
    with written_whole(path, functools.partial(size_of_weights, model)) as temporary, new_h5(temporary) as file:
        _write_layers(model, file)


def load_legacy_weights(model: Any, path: str, by_name: bool = False, skip_mismatch: bool = False) -> None:
    """Set the weights of a model from a `.h5` file with a whole model, or with weights alone.

    Args:
        model: Model, built.
        path: File.
        by_name: Whether layers are matched by name; else by position.
        skip_mismatch: Whether layers that the file does not fit keep their values, with a warning.

    Raises:
        FileContentError: the file is broken, or does not fit; nothing has been changed.
    """
    with opened_h5(path) as root:
        group = child(root, "model_weights") if "layer_names" not in root.attrs else root
        _load_layers(model, root if group is None else group, path, by_name, skip_mismatch)


def _load_layers(
    model: Any, group: Any, path: str, by_name: bool, skip_mismatch: bool, unfilled: UnfilledValues | None = None
) -> None:
    if group is None or not _has_names(group, "layer_names"):
        raise FileContentError(f"{path!r} holds no weights: it has no `layer_names`. Save the model again.")
    stored = {name: _names(child(group, name), "weight_names") for name in _names(group, "layer_names")}
    stored = {name: names for name, names in stored.items() if names}
    layers = [layer for layer in model.layers if _variables(layer)]
    if by_name:
        pairs = [(layer, layer.name) for layer in layers if layer.name in stored]
    else:
        if len(stored) != len(layers):
            raise FileContentError(
                f"Layer count mismatch when loading weights from file {path!r}. Model expected {len(layers)} layers"
                f" with weights ({[x.name for x in layers]}), found {len(stored)} saved layers ({list(stored)})."
            )
        pairs = list(zip(layers, stored, strict=True))
    found: list[tuple[Any, Any]] = []
    for layer, name in pairs:
        found.extend(_match(layer, _variables(layer), child(group, name), stored[name], path, skip_mismatch))
    top = child(group, "top_level_model_weights")
    if top is not None and _names(top, "weight_names") and not by_name:
        found.extend(_match(model, model._own_variables(), top, _names(top, "weight_names"), path, skip_mismatch))
    assign_arrays(found, unfilled)


def _match(
    layer: Any, variables: list[Any], group: Any, names: list[str], path: str, skip_mismatch: bool
) -> list[tuple[Any, Any]]:
    arrays = [child_array(group, name) for name in names]
    for variable, array in zip(variables, arrays, strict=False):
        fault = wrong_numbers(array, variable)
        if fault is not None:
            raise FileContentError(f"The weights of layer '{layer.name}' in {path!r} do not fit: {fault}")
    expected, received = [tuple(v.shape) for v in variables], [tuple(a.shape) for a in arrays]
    if expected == received:
        return list(zip(variables, arrays, strict=True))
    message = (
        f"The weights of layer '{layer.name}' in {path!r} do not fit: the layer expects {len(expected)} weights of"
        f" shapes {expected}, the file has {len(received)} of shapes {received}."
    )
    if not skip_mismatch:
        raise FileContentError(
            f"{message} Nothing was changed. Build the model as the one that was saved, or pass `skip_mismatch=True`."
        )
    warn_user(f"{message} They keep their values, as `skip_mismatch=True` says.")
    return []


def child_array(group: Any, name: str) -> Any:
    """Return the dataset of a name with ``/`` in it.

    Raises:
        FileContentError: there is none.
    """
    found = group
    for part in name.split("/"):
        found = child(found, part) if hasattr(found, "keys") else None
    if found is None or not hasattr(found, "shape"):
        raise FileContentError(f"The group {group.name!r} lists the array {name!r}, but does not hold it.")
    return found


def _has_names(group: Any, key: str) -> bool:
    return key in group.attrs or f"{key}0" in group.attrs


def _names(group: Any, key: str) -> list[str]:
    """A list of names, which lies in one attribute or, if it is long, in several."""
    if group is None:
        raise FileContentError("A layer is listed, but its group is missing.")
    if key in group.attrs:
        return [text_of(name) for name in _listed(attribute(group, key))]
    found: list[str] = []
    i = 0
    while f"{key}{i}" in group.attrs:
        found.extend(text_of(name) for name in _listed(attribute(group, f"{key}{i}")))
        i += 1
    return found


def _listed(names: Any) -> Any:
    return names if isinstance(names, (list, np.ndarray)) and np.ndim(names) == 1 else ()


def _json(root: Any, key: str, path: str) -> dict[str, Any] | None:
    if key not in root.attrs:
        return None
    found = parsed_json(text_of(attribute(root, key)), f"`{key}` in {path!r}")
    if not isinstance(found, dict):
        raise FileContentError(f"`{key}` in {path!r} is not a JSON object but {type(found).__name__}.")
    return found
