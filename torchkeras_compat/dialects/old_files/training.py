"""What Keras 1 and 2 wrote of `compile`, as Keras 3 would have it."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.dialects.old_files.configs import to_keras3


def training_to_keras3(config: dict[str, Any], version: str) -> dict[str, Any]:
    """Return the ``training_config`` of a `.h5` file as Keras 3 would have it.

    Args:
        config: Optimizer, loss and metrics.
        version: ``keras_version`` of the file.
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
        found["optimizer_config"] = to_keras3(optimizer, version)
    return {k: to_keras3(v, version) for k, v in found.items()}


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
