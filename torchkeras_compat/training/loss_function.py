"""What `compile(loss=...)` takes, as one kind of callable."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat import losses as losses_namespace
from torchkeras_compat import public_names
from torchkeras_compat.losses.base import Loss, LossFunctionWrapper
from torchkeras_compat.losses.identifiers import get as get_loss
from torchkeras_compat.training.loss_weight import loss_weight, weighted
from torchkeras_compat.training.torch_loss import module_of, torch_loss

LossFunction = Callable[[Any, Any, Any], torch.Tensor]  # of target, prediction and sample weight


def loss_function(loss: Any) -> LossFunction | None:
    """Return a callable ``(y_true, y_pred, sample_weight)`` for a name, function, `Loss` or `torch.nn` loss.

    Args:
        loss: What ``compile`` was given for one output; a list of losses means their sum, None none.

    Raises:
        ValueError: nothing has this name, or it is not a loss.

    Example:
        >>> loss_function("mse")(torch.zeros(2, 1), torch.ones(2, 1), None)
        tensor(1.)
    """
    if loss is None:
        return None
    if isinstance(loss, (list, tuple)):
        return sum_of(loss, [1.0] * len(loss))
    found: Any = module_of(get_loss(loss))
    if isinstance(found, Loss):
        return found
    if isinstance(found, nn.Module):
        return torch_loss(found)
    if isinstance(loss, str) or public_names.lists("losses", found):
        # The class behind a built-in function: the same numbers, and a shorter way through.
        camel = "".join(part.capitalize() for part in found.__name__.split("_"))
        cls = {"KlDivergence": "KLDivergence"}.get(camel, camel)
        if cls in dir(losses_namespace):
            built_in: LossFunction = getattr(losses_namespace, cls)()
            return built_in
    if inspect.isclass(found):
        make: Any = found
        made: LossFunction = make()
        return made
    return LossFunctionWrapper(found, name=getattr(found, "__name__", "loss"))


def sum_of(losses: Sequence[Any], weights: Sequence[Any]) -> LossFunction | None:
    """Return a callable for the weighted sum of losses, those that are None left out.

    Example:
        >>> sum_of(["mse", None, "mae"], [1.0, 1.0, 3.0])(torch.zeros(2, 1), torch.ones(2, 1), None)
        tensor(4.)
    """
    pairs = [(loss_function(loss), loss_weight(weight)) for loss, weight in zip(losses, weights, strict=True)]
    functions = [(function, weight) for function, weight in pairs if function is not None]
    if not functions:
        return None
    if len(functions) == 1 and functions[0][1] is None:
        return functions[0][0]

    def call(y_true: Any, y_pred: Any, sample_weight: Any = None) -> torch.Tensor:
        return sum(  # type: ignore[return-value]  # 0 of no values, and there are some
            weighted(function(y_true, y_pred, sample_weight), weight) for function, weight in functions
        )

    return call
