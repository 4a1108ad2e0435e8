"""Configs of Keras 1, Keras 2 and tf_keras, rewritten as Keras 3 would have them."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.custom_objects import get_registered_object
from torchkeras_compat.dialects.old_files.graph import graph_of_today
from torchkeras_compat.dialects.old_files.optimizers import optimizer_of_today
from torchkeras_compat.dialects.old_files.versions import FileVersion, file_version

_Config = dict[str, Any]
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
    return OldConfigs(file_version(version)).value(config)


def graph_to_keras3(settings: _Config, version: str) -> _Config:
    """Return the config of a functional model of Keras 2 in Keras 3's form.

    Args:
        settings: What ``get_config`` of the model returned there.
        version: ``keras_version`` of the file.
    """
    return graph_of_today(settings, OldConfigs(file_version(version)).object_of_today)


class OldConfigs:
    """What configs of one version of Keras are today.

    Args:
        version: Which Keras wrote them.
    """

    def __init__(self, version: FileVersion) -> None:
        self.version = version

    def value(self, config: Any) -> Any:
        """Return a value of a config, and the configs in it, as Keras 3 would have it."""
        if isinstance(config, list):
            return [self.value(x) for x in config]
        if not isinstance(config, dict):
            return config
        if not isinstance(config.get("class_name"), str) or not isinstance(config.get("config"), (dict, list)):
            return {k: self.value(v) for k, v in config.items()}
        return self.object_of_today(config)

    def object_of_today(self, config: _Config) -> _Config:
        """Return the config of one object as Keras 3 would have it."""
        result = {k: self.value(v) for k, v in config.items() if k not in ("config", "inbound_nodes", "class_name")}
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
        old = name
        name, settings = optimizer_of_today(name, settings, self.version)
        if name != old:
            result["module"] = None
        result["class_name"] = name
        if "input_layers" in settings:
            result["config"] = graph_of_today(settings, self.object_of_today)
        else:
            result["config"] = self._settings(name, settings)
        return result

    def _settings(self, name: str, settings: dict[str, Any]) -> dict[str, Any]:
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
                found[_RENAMED.get((name, key), key)] = self.value(value)
        return found
