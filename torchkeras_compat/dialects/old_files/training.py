"""What Keras 1 and 2 wrote of `compile`, as Keras 3 would have it: losses, metrics, and their names in logs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torchkeras_compat import kinds
from torchkeras_compat.dialects.adapters.functions import function_of
from torchkeras_compat.dialects.methods.log_names import name_in_logs
from torchkeras_compat.dialects.names.layers import HINGES_OF_SIGNS
from torchkeras_compat.dialects.old_files.versions import FileVersion
from torchkeras_compat.errors import UnknownNameError
from torchkeras_compat.metrics.identifiers import ALIASES, CHOSEN_BY_SHAPE
from torchkeras_compat.naming import to_snake_case
from torchkeras_compat.public_names import named
from torchkeras_compat.registry import find_custom
from torchkeras_compat.user_warnings import warn_user

_Config = dict[str, Any]
# From a config and the kind of its position to that of today.
Today = Callable[[Any, str], Any]
_KEPT = ("optimizer", "optimizer_config", "loss", "loss_weights", "run_eagerly", "steps_per_execution", "jit_compile")
SETTINGS = (*_KEPT, "metrics", "weighted_metrics")
# Functions of metrics by names that Keras 3 does not have.
_RENAMED = {"kullback_leibler_divergence": "kl_divergence", "log_cosh": "logcosh", "cosine": "cosine_similarity"}
_PROXIMITIES = ("cosine", "cosine_proximity")
_CLASSES = {**ALIASES, "cosine_similarity": "CosineSimilarity"}
_LOSSES_OF_KERAS_3 = frozenset({"categorical_generalized_cross_entropy", "circle", "ctc", "dice", "tversky"})


class OldTraining:
    """The settings of `compile` in files of one version.

    Args:
        version: Which Keras wrote them.
        today: Makes the config of an object one of Keras 3.
        outputs: Names of the outputs of the model, in their order; one or none if it has a single one.
    """

    def __init__(self, version: FileVersion, today: Today, outputs: Sequence[str] = ()) -> None:
        self.version = version
        self.outputs = [str(name) for name in outputs] if len(outputs) > 1 else []
        self._today = today
        self._is_before_tf_1_14 = version.is_tf and version.is_in((1, 0), (2, 1))

    def settings(self, config: _Config) -> _Config:
        """Return the ``training_config`` of a `.h5` file, or the ``compile_config`` of a `.keras` one, as of today."""
        found = {k: v for k, v in config.items() if k in _KEPT and v is not None}
        if self.version.is_tf and self.version.is_in((2, 2), (2, 2)):  # "2.2.4-tf" is TensorFlow 1.12 to 2.0
            self._is_before_tf_1_14 = _has_lr(config.get("optimizer_config"))
        if "loss" in found:
            found["loss"] = self.loss(found["loss"])
        for key in ("optimizer", "optimizer_config"):
            if isinstance(found.get(key), dict):
                names = (found[key].get("registered_name"), found[key].get("class_name"))
                place = {} if any(map(_is_custom, names)) else {"module": None, "registered_name": None}
                found[key] = self._today({**found[key], **place}, "optimizers")
        for key in ("metrics", "weighted_metrics"):
            metrics = self.metrics(config.get(key))
            if metrics:
                found[key] = metrics
        return found

    # -- losses ----------------------------------------------------------------------------------------------------

    def loss(self, value: Any) -> Any:
        """Return a loss, or a structure of losses."""
        if isinstance(value, list):
            return [self.loss(v) for v in value]
        if isinstance(value, str):
            return self._function("losses", value)
        if not isinstance(value, dict):
            return value
        if "class_name" not in value:
            return {k: self.loss(v) for k, v in value.items()}
        settings = value.get("config")
        if isinstance(settings, dict) and isinstance(settings.get("fn"), str) and not _is_custom(value["class_name"]):
            if value["class_name"] == "LossFunctionWrapper":
                return self.loss(settings["fn"])
            value = {**value, "config": {k: v for k, v in settings.items() if k != "fn"}}
        if value["class_name"] == "function" and isinstance(settings, str):
            self._check_age("losses", settings)
        return self._today(value, "losses")

    # -- metrics ---------------------------------------------------------------------------------------------------

    def metrics(self, value: Any) -> Any:
        """Return metrics, in a list for each output if there are several."""
        if not value:
            return None
        if isinstance(value, dict) and "class_name" not in value:
            return {k: self._listed(v, str(k)) for k, v in value.items()}
        if not isinstance(value, list):
            return self._listed(value, "")
        is_nested = any(isinstance(v, (list, dict, type(None))) and not _is_object(v) for v in value)
        if not self.outputs:
            return self._listed(value[0] if is_nested and len(value) == 1 else value, "")
        if not is_nested:  # for all outputs
            return [self._listed(value, name) for name in self.outputs]
        if len(value) != len(self.outputs):
            return [self._listed(v, "") for v in value]
        return [self._listed(v, name) for v, name in zip(value, self.outputs, strict=True)]

    def _listed(self, value: Any, output: str) -> list[Any]:
        if isinstance(value, list):
            return [metric for v in value for metric in self._listed(v, output)]
        return [] if value is None else [self._metric(value, output)]

    def _metric(self, value: Any, output: str) -> Any:
        if isinstance(value, str):
            return self._named(value)
        settings = value.get("config") if isinstance(value, dict) else None
        if not isinstance(settings, dict):
            return value
        settings = dict(settings)
        prefix = f"{output}_"
        if self.outputs and isinstance(settings.get("name"), str) and settings["name"].startswith(prefix):
            settings["name"] = settings["name"].removeprefix(prefix)  # Keras puts it there again
        function = settings.get("fn")
        if isinstance(function, str) and not _is_custom(value["class_name"]):
            del settings["fn"]
            if value["class_name"] == "MeanMetricWrapper":
                return self._mean_of(function, settings)
        return self._today({**value, "config": settings}, "metrics")

    def _named(self, name: str) -> Any:
        """A metric that `compile` got as a string."""
        if _is_custom(name) or (self.version.is_tf and not self._is_before_tf_1_14 and name in CHOSEN_BY_SHAPE):
            return name
        found = kinds.find("metrics", name) if self.version.is_tf else None
        if isinstance(found, type) and found.__name__ == name:  # in logs under the name of its own: "auc"
            own = "kullback_leibler_divergence" if name == "KLDivergence" else to_snake_case(name)
            return self._today({"class_name": name, "config": {"name": own}}, "metrics")
        is_as_given = self.version.is_tf and not self._is_before_tf_1_14
        if is_as_given or not self.version.is_in((1, 0), (2, 2)):
            return self._mean_of(name, {"name": name})
        logged = name_in_logs(name, "keras1")
        return self._mean_of(logged, {"name": logged})

    def _mean_of(self, function: str, settings: _Config) -> Any:
        """The mean of a function, under the name that it had in logs."""
        name = settings.get("name", function)
        if name in CHOSEN_BY_SHAPE:
            return name
        old = self._function("metrics", function)
        if isinstance(old, dict):
            return {"module": None, "class_name": "MeanMetricWrapper", "config": {**settings, "fn": old}}
        known = _CLASSES.get(_RENAMED.get(function, function))
        if known is None or _is_custom(function):
            return old
        return self._today({"class_name": known, "config": settings}, "metrics")

    def _function(self, kind: str, name: str) -> Any:
        """The function that a name meant in this version, or the name if it means the same today."""
        dialect = self.version.dialect.name
        if self.version.is_in((2, 0), (2, 2)) and (self._is_before_tf_1_14 or not self.version.is_tf):
            if name in _PROXIMITIES:
                dialect, kind = "keras2", "losses"  # the metric was the loss, with its sign
            elif name in HINGES_OF_SIGNS:
                dialect = "keras1"
        path = None if _is_custom(name) else function_of(dialect, kind, name)
        if path is None:
            self._check_age(kind, name)
            return name
        function = named(path)
        return {"module": "builtins", "class_name": "function", "config": function.__name__, "registered_name": None}

    def _check_age(self, kind: str, name: str) -> None:
        """Tell a function of the program that wrote the file from what Keras 3 has under its name.

        Raises:
            UnknownNameError: it is a loss.
        """
        if _is_custom(name):
            return
        written = f"Keras {self.version.major}.{self.version.minor}, which wrote the file, had no {name!r}: it is a"
        if kind == "losses" and name in _LOSSES_OF_KERAS_3:
            raise UnknownNameError(
                f"{written} loss of the program that trained the model. Pass custom_objects={{{name!r}: {name}}}."
            )
        found = kinds.find("metrics", name) if kind == "metrics" and name not in _CLASSES else None
        if isinstance(found, type) and name != found.__name__:
            warn_user(
                f"{written} metric of the program that trained the model, and {found.__name__} of Keras 3 stands for"
                f" it. Pass custom_objects={{{name!r}: {name}}} to have its own numbers."
            )


def _has_lr(optimizer: Any) -> bool:
    """Whether an optimizer is of TensorFlow before 1.14, which named the learning rate as Keras 2.2 did."""
    settings = optimizer.get("config") if isinstance(optimizer, dict) else None
    return isinstance(settings, dict) and "lr" in settings


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and "class_name" in value


def _is_custom(name: Any) -> bool:
    return isinstance(name, str) and find_custom(kinds.ANY, name) is not None
