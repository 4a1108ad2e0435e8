"""Configs of Keras 1, Keras 2 and tf_keras, rewritten as Keras 3 would have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from torchkeras_compat import kinds
from torchkeras_compat.custom_objects import get_registered_object
from torchkeras_compat.dialects.old_files.graph import graph_of_today, output_names
from torchkeras_compat.dialects.old_files.layer_names import without_slashes
from torchkeras_compat.dialects.old_files.names import old_class
from torchkeras_compat.dialects.old_files.optimizers import optimizer_of_today
from torchkeras_compat.dialects.old_files.other_numbers import has_unwritten_ordering, warn_of_unwritten_ordering
from torchkeras_compat.dialects.old_files.settings import settings_of_today
from torchkeras_compat.dialects.old_files.training import SETTINGS, OldTraining
from torchkeras_compat.dialects.old_files.versions import FileVersion, file_version
from torchkeras_compat.registry import find_custom

_Config = dict[str, Any]
_OLD_MODULES = ("tf_keras", "tensorflow", "keras.engine", "keras.src.engine", "keras.src", "keras.layers.")
_GRAPHS = ("Model", "Functional", "Network", "Container")
# What positions take, by the ends of their names.
_KINDS = {
    "initializer": "initializers",
    "init": "initializers",
    "regularizer": "regularizers",
    "constraint": "constraints",
    "optimizer": "optimizers",
    "learning_rate": "schedules",
    "layer": "layers",
    "layers": "layers",
    "cell": "layers",
    "cells": "layers",
    "loss": "losses",
    "metric": "metrics",
    "metrics": "metrics",
}


def to_keras3(config: Any, version: str) -> Any:
    """Return a config of a model, layer or other object as Keras 3 would have it.

    Args:
        config: What ``to_json``, a `.h5` or a `.keras` file holds.
        version: ``keras_version`` of the file.

    Raises:
        ValueError: it holds what is not known, or means nothing here.

    Example:
        >>> to_keras3({"class_name": "LeakyReLU", "config": {"name": "a", "alpha": 0.5}}, "2.15.0")["config"]
        {'name': 'a', 'negative_slope': 0.5}
    """
    found = OldConfigs(file_version(version))
    found.note_ordering(config)
    return found.value(config)


def training_to_keras3(config: _Config, version: str, outputs: Sequence[str] = ()) -> _Config:
    """Return the ``training_config`` of a `.h5` file as Keras 3 would have it.

    Args:
        config: Optimizer, loss and metrics.
        version: ``keras_version`` of the file.
        outputs: Names of the outputs of the model.
    """
    configs = OldConfigs(file_version(version))
    return OldTraining(configs.version, configs.value, outputs).settings(config)


def graph_to_keras3(settings: _Config, version: str) -> _Config:
    """Return the config of a functional model of Keras 2 in Keras 3's form.

    Args:
        settings: What ``get_config`` of the model returned there.
        version: ``keras_version`` of the file.
    """
    return graph_of_today(without_slashes(settings), OldConfigs(file_version(version)).object_of_today)


class OldConfigs:
    """What configs of one version of Keras are today.

    Args:
        version: Which Keras wrote them.
    """

    def __init__(self, version: FileVersion) -> None:
        self.version = version
        self.ordering: str | None = None

    def note_ordering(self, config: Any) -> None:
        """Note the order of axes that all layers of a model of Keras 1 have which wrote it: others had it, too.

        Args:
            config: That of the model.
        """
        if self.version.major < 2:
            found = set(_orderings(config))
            self.ordering = found.pop() if len(found) == 1 else None

    def value(self, config: Any, kind: str | None = None) -> Any:
        """Return a value of a config, and the configs in it, as Keras 3 would have it.

        Args:
            config: The value.
            kind: Key of `kinds.KINDS` that its position takes; None if the position does not say.
        """
        if isinstance(config, list):
            return [self.value(x, kind) for x in config]
        if not isinstance(config, dict):
            return config
        if kind in ("regularizers", "constraints") and "class_name" not in config and "name" in config:  # of Keras 1
            config = {"class_name": config["name"], "config": {k: v for k, v in config.items() if k != "name"}}
        if not isinstance(config.get("class_name"), str) or not isinstance(config.get("config"), (dict, list)):
            return {k: self.value(v, _kind(k, kind)) for k, v in config.items()}
        return self.object_of_today(config, kind)

    def object_of_today(self, config: _Config, kind: str | None = None) -> _Config:
        """Return the config of one object as Keras 3 would have it.

        Args:
            config: Its config, with ``class_name`` and ``config``.
            kind: As for :meth:`value`.
        """
        apart = ("config", "inbound_nodes", "class_name", "compile_config")
        result = {k: self.value(v) for k, v in config.items() if k not in apart}
        if isinstance(config.get("compile_config"), dict):
            result["compile_config"] = self._compiled(config["compile_config"], config["config"])
        name, settings = config["class_name"], config["config"]
        if name.startswith("Custom>") and get_registered_object(name) is None:
            name = name.removeprefix("Custom>")
        if str(result.get("module", "")).startswith(_OLD_MODULES):
            result["module"] = None
            result["registered_name"] = None
        if name in ("Policy", "PolicyV1"):
            return {"module": "keras", "class_name": "DTypePolicy", "config": {"name": settings.get("name")}}
        if isinstance(settings, list):  # Keras 1 stored a Sequential as the list of its layers
            settings = {"name": "sequential", "layers": settings}
        settings = _with_inputs_of_strings(without_slashes(settings))
        if name in _GRAPHS and "input_layers" in settings:
            return {**result, "class_name": "Functional", "config": graph_of_today(settings, self.object_of_today)}
        given = (config.get("registered_name"), name)
        if any(isinstance(n, str) and find_custom(kinds.ANY, n) is not None for n in given):
            return {**result, "class_name": name, "config": self._of_the_user(settings)}
        optimizer, settings = optimizer_of_today(name, settings, self.version)
        if optimizer != name:
            return {**result, "module": None, "class_name": optimizer, "config": self._values(settings)}
        old = old_class(name, kind)
        if old is None or old.path.startswith("optimizers."):
            if old is not None and settings.get("name", "") is None:  # of a schedule, which Keras 3 cannot call so
                settings = {k: v for k, v in settings.items() if k != "name"}
            return {**result, "class_name": name, "config": self._of_the_user(settings)}
        if has_unwritten_ordering(old.target.__name__, settings, self.version):
            if self.ordering is None:
                warn_of_unwritten_ordering(old.target.__name__)
            else:
                settings = {"dim_ordering": self.ordering, **settings}
        return {**result, **settings_of_today(old, self._values(settings), self.version)}

    def _compiled(self, compiled: _Config, model: Any) -> _Config:
        """Return the ``compile_config`` of a model; a class of the user may have other settings there."""
        own = {k: self.value(v) for k, v in compiled.items() if k not in SETTINGS}
        return {**own, **OldTraining(self.version, self.value, output_names(model)).settings(compiled)}

    def _of_the_user(self, settings: _Config) -> _Config:
        """Return the settings of a class of the user; a model made of inputs and outputs has a graph."""
        is_graph = settings.keys() >= {"name", "layers", "input_layers", "output_layers"}
        return graph_of_today(settings, self.object_of_today) if is_graph else self._values(settings)

    def _values(self, settings: _Config) -> _Config:
        return {name: self.value(value, _kind(name, None)) for name, value in settings.items()}


def _with_inputs_of_strings(settings: _Config) -> _Config:
    """Return the settings of a `Sequential` with an input of strings before a first layer that takes them."""
    layers = settings.get("layers")
    if "input_layers" in settings or not isinstance(layers, list) or not layers or not isinstance(layers[0], dict):
        return settings
    first = layers[0].get("config")
    if not isinstance(first, dict) or first.get("dtype") != "string" or first.get("batch_input_shape") is None:
        return settings
    if layers[0].get("class_name") == "InputLayer":
        return settings
    settings_of_input = {"batch_input_shape": first["batch_input_shape"], "dtype": "string"}
    rest = {**layers[0], "config": {k: v for k, v in first.items() if k != "batch_input_shape"}}
    return {**settings, "layers": [{"class_name": "InputLayer", "config": settings_of_input}, rest, *layers[1:]]}


def _orderings(config: Any) -> Iterator[str]:
    """Yield the values of ``dim_ordering`` in a config."""
    if isinstance(config, list):
        for item in config:
            yield from _orderings(item)
    elif isinstance(config, dict):
        for name, value in config.items():
            if name == "dim_ordering" and isinstance(value, str):
                yield value
            elif isinstance(value, (dict, list)):
                yield from _orderings(value)


def _kind(name: str, above: str | None) -> str | None:
    return next((kind for end, kind in _KINDS.items() if name.endswith(end)), above)
