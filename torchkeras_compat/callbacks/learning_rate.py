"""The learning rate of whatever optimizer a model was compiled with."""

from __future__ import annotations

from typing import Any

import torch


def get_learning_rate(model: Any, who: str) -> float:
    """Return the learning rate that ``model`` trains with.

    Args:
        model: Its ``optimizer`` has ``learning_rate``, or is a plain ``torch.optim.Optimizer``.
        who: The callback that asks, for the message.

    Raises:
        ValueError: the model has no such optimizer.
    """
    optimizer = _optimizer_of(model, who)
    if not hasattr(optimizer, "learning_rate"):
        return float(optimizer.param_groups[0]["lr"])
    rate = optimizer.learning_rate
    return float(rate.detach()) if isinstance(rate, torch.Tensor) else float(rate)


def set_learning_rate(model: Any, value: float, who: str) -> None:
    """Set the learning rate that ``model`` trains with.

    Raises:
        ValueError: the model has no optimizer with a learning rate.
        TypeError: the optimizer follows a schedule of its own.
    """
    optimizer = _optimizer_of(model, who)
    if hasattr(optimizer, "learning_rate"):
        optimizer.learning_rate = value
        return
    for group in optimizer.param_groups:
        if isinstance(group["lr"], torch.Tensor):  # capturable optimizers keep it on the device
            group["lr"].fill_(value)
        else:
            group["lr"] = value


def _optimizer_of(model: Any, who: str) -> Any:
    optimizer = getattr(model, "optimizer", None)
    if hasattr(optimizer, "learning_rate") or hasattr(optimizer, "param_groups"):
        return optimizer
    raise ValueError(
        f"{who} needs an optimizer with a learning rate, and `model.optimizer` is {type(optimizer).__name__}. Compile "
        "the model first."
    )
