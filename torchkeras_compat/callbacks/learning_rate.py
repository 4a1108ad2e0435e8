"""The learning rates of whatever optimizer a model was compiled with."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import torch


def optimizers_with_rates(model: Any, who: str) -> list[Any]:
    """Return the optimizers whose learning rates ``model`` trains with: one, or those that its optimizer holds.

    Args:
        model: Its ``optimizer`` has ``learning_rate``, holds ``optimizers``, or is a plain ``torch.optim.Optimizer``.
        who: The callback that asks, for the message.

    Raises:
        ValueError: the model has no such optimizer.
    """
    optimizer = getattr(model, "optimizer", None)
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    parts = getattr(inner, "optimizers", None)
    if parts:
        return list(parts)
    if hasattr(optimizer, "learning_rate") or hasattr(optimizer, "param_groups"):
        return [optimizer]
    raise ValueError(
        f"{who} needs an optimizer with a learning rate, and `model.optimizer` is {type(optimizer).__name__}. Compile "
        "the model first."
    )


def get_learning_rate(optimizer: Any) -> float:
    """Return the learning rate of an optimizer."""
    if not hasattr(optimizer, "learning_rate"):
        return float(optimizer.param_groups[0]["lr"])
    rate = optimizer.learning_rate
    return float(rate.detach()) if isinstance(rate, torch.Tensor) else float(rate)


def set_learning_rate(optimizer: Any, value: float) -> None:
    """Set the learning rate of an optimizer.

    Raises:
        TypeError: the optimizer follows a schedule of its own.
    """
    if hasattr(optimizer, "learning_rate"):
        optimizer.learning_rate = value
        return
    for group in optimizer.param_groups:
        if isinstance(group["lr"], torch.Tensor):  # capturable optimizers keep it on the device
            group["lr"].fill_(value)
        else:
            group["lr"] = value


def log_learning_rates(optimizers: list[Any], logs: MutableMapping[str, Any]) -> None:
    """Put the rates into the logs: as ``learning_rate``, or with the name of each optimizer if there are several."""
    if len(optimizers) == 1:
        logs["learning_rate"] = get_learning_rate(optimizers[0])
        return
    for optimizer in optimizers:
        logs[f"learning_rate_{optimizer.name}"] = get_learning_rate(optimizer)
