"""What has to be there before a training step that a subclass wrote: weights, and the optimizer's variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import switched
from torchkeras_compat.training.training_state import is_training

if TYPE_CHECKING:
    from torchkeras_compat.training.own_steps import ModelWithSteps


def make_ready(model: ModelWithSteps, x: Any) -> bool:
    """Build the model and its optimizer; return True.

    A model without ``call``, whose step runs other models, builds those itself.

    Args:
        model: The model, compiled.
        x: Inputs of a batch.
    """
    if not model.built:
        if type(model).call is Layer.call:
            return True
        try:
            with switched(model, False, is_training(model)), torch.no_grad():
                model(x)
        except Exception:  # data of which the step takes more than the first part for its inputs; it says what is wrong
            return True
    optimizer = model.optimizer
    if hasattr(optimizer, "build") and not optimizer.built and model.trainable_variables:
        optimizer.build(model.trainable_variables)
    return True
