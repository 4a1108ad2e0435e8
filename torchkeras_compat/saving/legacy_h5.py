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
from torchkeras_compat.public_names import named
from torchkeras_compat.saving.atomic import written_whole
from torchkeras_compat.saving.file_limits import check_config, current_limits, parsed_json
from torchkeras_compat.saving.h5_checks import attribute, text_of
from torchkeras_compat.saving.h5_names import has_names
from torchkeras_compat.saving.h5_optimizer import STATE, restore_state, state_group
from torchkeras_compat.saving.h5_training import training_config
from torchkeras_compat.saving.h5_walk import declared_bytes
from torchkeras_compat.saving.keras_format import FORMAT_VERSION, newer_than_known
from torchkeras_compat.saving.late_arrays import late_arrays_of
from torchkeras_compat.saving.memory_budget import MemoryBudget
from torchkeras_compat.saving.no_counterpart import say_what_keras_lacks
from torchkeras_compat.saving.old_arrays.loading import legacy_weights, load_layers
from torchkeras_compat.saving.old_files import OLD_FUNCTION, is_keras2, to_keras3, training_to_keras3
from torchkeras_compat.saving.open_h5 import new_h5, opened_h5
from torchkeras_compat.saving.plugin_requirements import KEY, add_advice, plugin_requirements
from torchkeras_compat.saving.stores import child
from torchkeras_compat.saving.weights_h5 import size_of_weights
from torchkeras_compat.saving.words_in_configs import give_learned_words
from torchkeras_compat.serialization import sharing_objects, with_shared_layers
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
    if not model.built and not model.weights:  # one of a class of the user's may be called for the first time later
        raise NotBuiltError(
            "A model is saved in a `.h5` file with its weights, and this one is not built. Call it on data or"
            " `build(input_shape)`, or save a `.keras` file."
        )
    whole = with_shared_layers(model)
    give_learned_words(whole, model)
    config, needed = _model_config(whole), plugin_requirements(whole)
    say_what_keras_lacks(whole, needed)
    with written_whole(path, functools.partial(size_of_weights, model)) as temporary, new_h5(temporary) as file:
        file.attrs["keras_version"] = np.bytes_(FORMAT_VERSION)
        file.attrs["backend"] = np.bytes_("torch")  # bytes of fixed length, as Keras 2 reads them
        file.attrs["model_config"] = json.dumps(config)
        if needed:
            file.attrs[KEY] = json.dumps(needed)
        _write_layers(model, file.create_group("model_weights"))
        optimizer: Any = getattr(model, "optimizer", None)
        settings = model.get_compile_config() if isinstance(optimizer, OptimizerState) else None
        if settings:
            file.attrs["training_config"] = json.dumps(training_config(settings))
            if type(optimizer).save_own_variables is OptimizerState.save_own_variables:
                _write_variables(file.create_group(STATE), optimizer.variables_for_files())
            else:
                warn_user(
                    f"The state of optimizer '{optimizer.name}' is left out: {type(optimizer).__name__} stores it in a"
                    " form of its own, which `.h5` files of whole models have no place for. Save a `.keras` file to"
                    " keep it."
                )


def _model_config(config: dict[str, Any]) -> dict[str, Any]:
    """The config of a model as this format has it, without ``compile_config``.

    Real Keras knows a model of a class of one's own by its registered name alone, and reads layers that have a module
    as it reads them in `.keras` files: operations, layers of one's own, functions of them.
    """
    name = config["registered_name"] or config["class_name"]
    return {**{k: v for k, v in config.items() if k != "compile_config"}, "class_name": name}


def _write_layers(model: Any, group: Any) -> None:
    group.attrs["keras_version"] = np.bytes_(FORMAT_VERSION)
    group.attrs["backend"] = np.bytes_("torch")  # bytes of fixed length, as Keras 2 reads them
    layers = model.layers
    _write_names(group, "layer_names", [layer.name for layer in layers])
    for layer in layers:
        _write_variables(group.create_group(layer.name), legacy_weights(layer))
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
    encoded = np.array([name.encode() for name in names], "S")
    parts = 1
    while any(len(part) and part.nbytes > _LARGEST_ATTRIBUTE for part in np.array_split(encoded, parts)):
        parts += 1
    if parts == 1:
        group.attrs[key] = encoded if names else []
        return
    for i, part in enumerate(np.array_split(encoded, parts)):
        group.attrs[f"{key}{i}"] = part


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
        version = text_of(attribute(root, "keras_version", "1"))
        try:
            if is_keras2(version):
                model = deserialize_model(to_keras3(config, version))
            else:
                with sharing_objects():
                    model = deserialize_model(with_operations(config))
        except (ValueError, TypeError) as error:
            add_advice(error, _needed_plugins(root))
            error.add_note(f"while loading {path!r}{newer_than_known(version)}")
            raise
        if not isinstance(model, Layer):
            raise FileContentError(f"{path!r} describes {config.get('class_name')!r}, which is not a model or layer.")
        load_layers(model, child(root, "model_weights"), path, root=root, unfilled=unfilled)
        training = _json(root, "training_config", path)
        if compile and training is not None:
            check_config(training, source=repr(path))
            try:
                _compile(model, training, root, path, unfilled)
            except (ValueError, TypeError) as error:
                add_advice(error, _needed_plugins(root))
                error.add_note("It is about `compile`: with `compile=False` the model is loaded without it.")
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
        is_known = config["class_name"] == OLD_FUNCTION or named("models.operation_signatures.is_known")(kinds[0])
        if is_known and all(get_registered_object(kind) is None for kind in kinds):
            module = OLD_FUNCTIONS if config["class_name"] == OLD_FUNCTION else "keras.src.ops"
            return {"module": module, **config}
    return config


def _compile(model: Any, training: dict[str, Any], root: Any, path: str, unfilled: UnfilledValues) -> None:
    version = text_of(attribute(root, "keras_version", "1"))
    settings = (
        training_to_keras3(training, version, getattr(model, "output_names", None) or ())
        if is_keras2(version)
        else dict(training)
    )
    settings["optimizer"] = settings.pop("optimizer_config", None)
    if settings["optimizer"] is None:
        warn_user(f"{path!r} says how the model learns, but names no optimizer. It is not compiled: call `compile`.")
        return
    model.compile_from_config(settings)
    if state_group(root) is not None and isinstance(model.optimizer, OptimizerState):
        optimizer: Any = model.optimizer
        if not optimizer.built and model.trainable_variables:
            optimizer.build(model.trainable_variables)  # of a model that is built by its first call
        restore_state(model, root, version, path, unfilled)


def save_legacy_weights(model: Any, path: str) -> None:
    """Write the weights of a model alone, as Keras 1 and 2 wrote them in HDF5 files of any name.

    Args:
        model: Model, built.
        path: File.
    """
    with written_whole(path, functools.partial(size_of_weights, model)) as temporary, new_h5(temporary) as file:
        _write_layers(model, file)


def load_legacy_weights(
    model: Any, path: str, by_name: bool = False, skip_mismatch: bool = False, reshape: bool = False
) -> None:
    """Set the weights of a model from a `.h5` file with a whole model, or with weights alone.

    Args:
        model: Model, built.
        path: File.
        by_name: Whether layers are matched by name; else by position.
        skip_mismatch: Whether weights that the file does not fit keep their values, with a warning.
        reshape: Whether arrays of the right size and another shape are reshaped, as Keras 2 could.

    Raises:
        FileContentError: the file is broken, or does not fit; nothing has been changed.
    """
    with opened_h5(path) as root:
        whole = None if has_names(root, "layer_names") else child(root, "model_weights")
        options: Any = {"by_name": by_name, "skip_mismatch": skip_mismatch, "reshape": reshape}
        load_layers(model, root if whole is None else whole, path, above=root, **options)


def _json(root: Any, key: str, path: str) -> dict[str, Any] | None:
    if key not in root.attrs:
        return None
    found = parsed_json(text_of(attribute(root, key)), f"`{key}` in {path!r}")
    if not isinstance(found, dict):
        raise FileContentError(f"`{key}` in {path!r} is not a JSON object but {type(found).__name__}.")
    return found
