"""Optimizers of files of Keras 1 and 2: today's where they compute the same, else those of their time."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.dialects.old_files.versions import FileVersion

# Optimizers whose formula Keras 3 changed, and those that had a decay of the learning rate.
_CHANGED_OPTIMIZERS = ("RMSprop", "Adagrad", "Nadam")
_WITH_DECAY = (*_CHANGED_OPTIMIZERS, "SGD", "Adadelta", "Adam", "Adamax", "Ftrl")


def optimizer_of_today(name: str, settings: dict[str, Any], version: FileVersion) -> tuple[str, dict[str, Any]]:
    """Return the class and the settings of an optimizer that a file describes.

    Args:
        name: Its class in the file.
        settings: Its config in the file.
        version: Which Keras wrote it.
    """
    if name not in _WITH_DECAY:
        return name, settings
    settings = {k: v for k, v in settings.items() if k not in ("jit_compile", "is_legacy_optimizer")}
    if "decay" not in settings or not (settings["decay"] or name in _CHANGED_OPTIMIZERS):
        return name, {k: v for k, v in settings.items() if k != "decay"}
    found = dict(settings)
    if name == "Nadam":  # whose decay is that of its momentum
        found["schedule_decay"] = found.pop("schedule_decay", found["decay"])
        found["decay"] = 0.0
    if name == "Adagrad":
        found.setdefault("initial_accumulator_value", 0.0)  # of Keras before TensorFlow
    return f"Legacy{name}", found
