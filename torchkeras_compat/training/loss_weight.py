"""The factor of a loss in the total: a number, or something that holds a number which may change while training."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat import tree
from torchkeras_compat.variables import Variable

_HOLDERS = (Variable, torch.Tensor, np.ndarray)
LossWeight = float | Variable | torch.Tensor | np.ndarray | None


def loss_weight(given: Any) -> LossWeight:
    """Return what :func:`weighted` takes: None for 1, a float, or the variable, tensor or array itself.

    Raises:
        ValueError: it does not hold one number.
    """
    if isinstance(given, _HOLDERS):
        shape = tuple(given.shape)
        if np.prod(shape, dtype=int) != 1:
            raise ValueError(
                f"A weight in `loss_weights` is one number. Received a {type(given).__name__} of shape {shape}. Give a "
                "list or dict with a number, or a variable of one number, for each loss."
            )
        return given
    weight = None if given is None else float(given)
    return None if weight == 1.0 else weight


def weighted(loss: torch.Tensor, weight: LossWeight) -> torch.Tensor:
    """Return a loss times its weight, as it is now; nothing is read from the device."""
    if weight is None:
        return loss
    if isinstance(weight, float):
        return loss * weight
    held = weight.value if isinstance(weight, Variable) else weight
    if isinstance(held, np.ndarray):
        return loss * float(held.item())
    return loss * held.detach().reshape(()).to(loss.dtype)


def as_numbers(loss_weights: Any) -> Any:
    """Return weights for a file: variables, tensors and arrays as the numbers that they hold now."""
    return tree.map_structure(lambda w: _number(w) if isinstance(w, _HOLDERS) else w, loss_weights)


def _number(weight: Variable | torch.Tensor | np.ndarray) -> float:
    return float((weight.value.detach() if isinstance(weight, Variable) else weight).item())
