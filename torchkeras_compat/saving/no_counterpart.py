"""What a saved model holds and Keras 3 has not: said once for each file, with what its reader must do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from torchkeras_compat.errors import PortabilityWarning
from torchkeras_compat.kinds import OLD_FUNCTIONS, legacy_path
from torchkeras_compat.saving.old_files import OLD_FUNCTION
from torchkeras_compat.user_warnings import warn_user

_OWN = "torchkeras_compat>"
_NAMED = 12  # parts that a message names
# What Keras 3 has instead, where it has something that computes the same, or nearly.
_INSTEAD = {
    "AddLoss": "save `Model(model.inputs, model.outputs)`, or add the loss in a layer",
    "AddMetric": "save `Model(model.inputs, model.outputs)`",
    "CuDNNGRU": "`GRU` computes the same",
    "CuDNNLSTM": "`LSTM` computes the same",
    "Merge": "`Add`, `Multiply`, `Concatenate` and their kin compute the same",
    "SyncBatchNormalization": "`BatchNormalization(synchronized=True)` computes the same",
    "ThresholdedReLU": "`ReLU(threshold=theta)` computes the same",
    "cosine_proximity": "`CosineSimilarity` computes the same",
    "huber_loss": "`Huber` computes the same",
    "keras2_hard_sigmoid": "it is `clip(0.2 * x + 0.5, 0, 1)`",
}


def say_what_keras_lacks(config: Mapping[str, Any], plugins: Sequence[Mapping[str, Any]] = ()) -> None:
    """Warn of all parts of a model that Keras 3 has no counterpart of; say nothing if there are none.

    Args:
        config: What ``serialize_keras_object`` returned for a model.
        plugins: What `plugin_requirements` returned for it.

    Example:
        >>> say_what_keras_lacks({"module": "keras.layers", "class_name": "Dense", "config": {}})
    """
    parts = list(dict.fromkeys(_lacking(config)))
    calls = list(dict.fromkeys(str(entry["config"].get("function")) for entry in _entries(config, OLD_FUNCTION)))
    packages = [f"{', '.join(entry['names'])} of {entry['package'] or entry['plugin']}" for entry in plugins]
    sentences = []
    if calls:
        sentences.append(
            f"Keras 3 has nothing that means {_listed(calls)} as the model calls it: torchkeras_compat loads the model,"
            " and Keras does not. Put such calls into a registered `Layer` of your own if it should."
        )
    if parts:
        names = [part.removeprefix(_OWN) for part in parts]
        sentences.append(
            f"Keras 3 has no {_listed(names)}: torchkeras_compat loads the model, and Keras only where `load_model`"
            f" receives `custom_objects` with a class or function for each: {_listed([repr(part) for part in parts])}."
        )
        sentences += [f"For {name}: {_INSTEAD[name]}." for name in names if name in _INSTEAD]
    if packages:
        sentences.append(
            f"Keras does not know what comes from plugins ({_listed(packages)}): it needs these classes in"
            " `custom_objects`."
        )
    if any(_entries(config, "TorchModuleWrapper")):
        sentences.append(
            "Plain torch modules are stored as `TorchModuleWrapper`, which Keras loads on its torch backend alone, and"
            " with `safe_mode=False`."
        )
    if sentences:
        warn_user(" ".join(sentences), PortabilityWarning)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _lacking(config: Any) -> Iterator[str]:
    """Yield the names that a reader has to know, in the order of the config."""
    for entry in _entries(config):
        module, name, inner = entry.get("module"), entry["class_name"], entry.get("config")
        if name == "function" and isinstance(inner, str) and (module == OLD_FUNCTIONS or inner.startswith(_OWN)):
            yield inner
        elif isinstance(module, str) and legacy_path(module, name) is not None:
            yield name


def _entries(config: Any, class_name: str | None = None) -> Iterator[Any]:
    """Yield the configs of objects in a config, of one class if it is given."""
    if isinstance(config, Mapping):
        name = config.get("class_name")
        if isinstance(name, str) and class_name in (None, name):
            yield config
        config = list(config.values())
    for value in config if isinstance(config, (list, tuple)) else ():
        yield from _entries(value, class_name)
