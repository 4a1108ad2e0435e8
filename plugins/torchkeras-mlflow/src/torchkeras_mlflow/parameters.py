"""The parameters of a training, as MLflow keeps them: names and short texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from torchkeras_mlflow.training_settings import settings_of

LONGEST = 500  # letters of a value; more than this is nothing to compare runs by


def parameters_of_training(model: Any, loop: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters of the training of a model: settings of ``fit`` and ``compile``.

    Args:
        model: The model, compiled.
        loop: The ``params`` of a callback.
    """
    found = {name: value for name, value in settings_of(model).items() if name != "verbose"}
    found["epochs"] = loop.get("epochs", found.get("epochs"))
    found["steps_per_epoch"] = loop.get("steps") or found.get("steps_per_epoch")
    found["model_class"] = type(model).__name__
    found["loss"] = getattr(model, "loss", None)
    found |= {f"optimizer_{name}": value for name, value in _optimizer_config(model.optimizer).items()}
    return {name: as_text(value) for name, value in found.items() if value is not None}


def sizes_of_model(model: Any) -> dict[str, str]:
    """Return the number of parameters of a model that is built."""
    own = list(model.parameters())
    return {
        "num_parameters": str(sum(p.numel() for p in own)),
        "num_trainable_parameters": str(sum(p.numel() for p in own if p.requires_grad)),
    }


def as_text(value: Any) -> str:
    """Return a short text for a setting: a name, a number, or JSON.

    Example:
        >>> as_text("mse"), as_text(0.1), as_text({"a": abs})
        ('mse', '0.1', '{"a": "abs"}')
    """
    plain = _plain(value)
    text = plain if isinstance(plain, str) else json.dumps(plain)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _optimizer_config(optimizer: Any) -> dict[str, Any]:
    if hasattr(optimizer, "get_config"):
        return {**optimizer.get_config(), "name": type(optimizer).__name__}  # not `adam_2`
    return {"name": type(optimizer).__name__, **getattr(optimizer, "defaults", {})}  # of torch


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, type) or not hasattr(value, "get_config"):
        return getattr(value, "__name__", type(value).__name__ if hasattr(value, "forward") else str(value))
    return {"class_name": type(value).__name__, "config": _plain(value.get_config())}
