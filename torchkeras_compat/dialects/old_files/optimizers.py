"""Optimizers of files of Keras 1 and 2: today's where they compute the same, else those of their time."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.dialects.adapters.optimizers import NAMES, optimizer
from torchkeras_compat.dialects.old_files.versions import FileVersion
from torchkeras_compat.errors import FileContentError, UnknownNameError

_Config = dict[str, Any]
# With a formula that Keras 3 changed.
_CHANGED = ("RMSprop", "Adagrad", "Nadam")
_SINCE_2_11 = ("AdamW", "Adafactor", "Lion")
_OF_CLASS_ALONE = ("jit_compile", "is_legacy_optimizer")  # which change no number
_LOSS_SCALES = ("LossScaleOptimizer", "LossScaleOptimizerV1", "LossScaleOptimizerV3")
# Prefix of the names of tensorflow_addons, and what computes the same here.
_ADDONS = "Addons>"
_INSTEAD_OF_ADDONS = {
    "AdamW": "`AdamW(learning_rate, weight_decay=weight_decay / learning_rate)`, whose decay is times the rate",
    "SGDW": "`SGD(learning_rate, weight_decay=weight_decay / learning_rate)`, whose decay is times the rate",
    "LAMB": "`Lamb(learning_rate)`",
    "MovingAverage": "the optimizer inside, with `use_ema=True` and `ema_momentum`",
    "MultiOptimizer": "`MultiOptimizer`, with the layers of each optimizer",
}


def optimizer_of_today(name: str, settings: _Config, version: FileVersion) -> tuple[str, _Config]:
    """Return the class and the settings of an optimizer that a file describes; of anything else, what is given.

    Args:
        name: Its class in the file.
        settings: Its config in the file.
        version: Which Keras wrote it.

    Raises:
        UnknownNameError: it is an optimizer of tensorflow_addons.
        FileContentError: it is a loss scale that cannot be had here.

    Example:
        >>> from torchkeras_compat.dialects.old_files.versions import file_version
        >>> optimizer_of_today("Adam", {"lr": 0.1, "decay": 0.5}, file_version("1.2.2"))
        ('LegacyAdam', {'decay': 0.5, 'learning_rate': 0.1, 'epsilon': 1e-08})
    """
    if name.startswith(_ADDONS):
        _refuse_addon(name.removeprefix(_ADDONS))
    if name in _LOSS_SCALES:
        return _loss_scaled(name, settings, version)
    if name in _SINCE_2_11:
        return name, {k: v for k, v in settings.items() if k not in _OF_CLASS_ALONE}
    if name not in NAMES:
        return name, settings
    found = {k: v for k, v in settings.items() if k not in _OF_CLASS_ALONE}
    if "lr" in found:
        found["learning_rate"] = found.pop("lr")
    if "weight_decay" in found or "use_ema" in found or ("decay" not in found and not version.is_in((1, 0), (2, 10))):
        return name, found  # of 2.11 on
    if version.is_tf and ("name" in found or not version.is_in((1, 0), (2, 3))):
        return _of_tensorflow(name, found)
    return _of_lists(name, found, version)


def _of_tensorflow(name: str, found: _Config) -> tuple[str, _Config]:
    """An optimizer of tf.keras up to 2.10, which is in `optimizers.legacy` from 2.11 on."""
    clips = [found.get(k) is not None for k in ("clipnorm", "clipvalue", "global_clipnorm")]
    if name == "Nadam":  # whose decay is that of its momentum
        found["schedule_decay"] = found.pop("schedule_decay", found.pop("decay", 0.004))
    if name in _CHANGED or found.get("decay") or sum(clips) > 1:
        return f"Legacy{name}", {k: v for k, v in found.items() if v is not None or k == "epsilon"}
    return name, {k: v for k, v in found.items() if k != "decay" and (k != "epsilon" or v is not None)}


def _of_lists(name: str, found: _Config, version: FileVersion) -> tuple[str, _Config]:
    """An optimizer of Keras 1 and 2.0 to 2.3, or of the first tf.keras, which was the same."""
    given = {k: v for k, v in found.items() if v is not None or k == "epsilon"}
    norm = given.get("clipnorm")
    made = optimizer(name, given, "keras2" if version.is_tf else version.dialect.name)
    target, arguments = made if isinstance(made, tuple) else (name, made)
    if version.is_tf and norm:
        del arguments["global_clipnorm"]
        arguments["clipnorm"] = norm  # there of each gradient alone
    return target.rpartition(".")[2], dict(arguments)


def _loss_scaled(name: str, settings: _Config, version: FileVersion) -> tuple[str, _Config]:
    """A loss scale, dynamic or fixed; a fixed one is a setting of the optimizer inside."""
    inner = settings.get("inner_optimizer", settings.get("optimizer"))
    if not isinstance(inner, dict) or not isinstance(inner.get("config"), dict):
        raise FileContentError(f"The config of the {name} has no optimizer inside. Received: {settings!r:.200}")
    found = dict(settings)
    scale = found.pop("loss_scale", None)  # of TensorFlow 2.1 to 2.3
    if scale is not None:
        found = {**found, **_scale_of(name, scale)}
    if found.get("dynamic", True):
        kept = ("initial_scale", "dynamic_growth_steps", "name")
        options = {k: found[k] for k in kept if found.get(k) is not None}
        return "LossScaleOptimizer", {"inner_optimizer": inner, **options}
    given = str(inner.get("class_name")).removeprefix("Custom>")
    target, arguments = optimizer_of_today(given, dict(inner["config"]), version)
    return target, {**arguments, "loss_scale_factor": found.get("initial_scale")}


def _scale_of(name: str, scale: Any) -> _Config:
    if isinstance(scale, (int, float)):
        return {"dynamic": False, "initial_scale": scale}
    if scale == "dynamic":
        return {"dynamic": True}
    settings = scale.get("config") if isinstance(scale, dict) else None
    if not isinstance(settings, dict):
        raise FileContentError(f"`loss_scale` of the {name} is a number or a loss scale. Received: {scale!r:.100}")
    if "loss_scale_value" in settings:
        return {"dynamic": False, "initial_scale": settings["loss_scale_value"]}
    if settings.get("multiplier", 2.0) != 2.0:
        raise FileContentError(
            f"The loss scale of the {name} grows by {settings['multiplier']!r:.40} at a time, and here by 2. Load the"
            " file with `compile=False`, and compile the model with another `LossScaleOptimizer`."
        )
    names = {"initial_loss_scale": "initial_scale", "increment_period": "dynamic_growth_steps"}
    return {"dynamic": True, **{names[k]: v for k, v in settings.items() if k in names}}


def _refuse_addon(name: str) -> None:
    instead = _INSTEAD_OF_ADDONS.get(name)
    way = f" What comes next to it is {instead}." if instead else ""
    raise UnknownNameError(
        f"The file was compiled with {name!r:.60} of tensorflow_addons, which is not part of Keras. Load it with"
        f" `compile=False`, and compile it with an optimizer of `keras.optimizers`.{way} Or pass a class of your own as"
        f" `custom_objects={{{_ADDONS + name!r:.70}: ...}}`."
    )
