"""``add_loss`` and ``add_metric`` of models and layers of Keras 1 and 2, which take recorded tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.legacy.models import recorded_terms
from torchkeras_compat.models.graph_model import GraphModel
from torchkeras_compat.overrides import dialect_of
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def add_loss(core: Callable[..., None], self: Any, losses: Any = None, inputs: Any = None, **arguments: Any) -> None:
    """Add losses: tensors at once, as in a call; recorded ones to the graph of the model, or of models of the layer."""
    losses = arguments.get("loss", losses)
    for loss in losses if isinstance(losses, (list, tuple)) else [losses]:
        value = loss() if callable(loss) and not isinstance(loss, torch.Tensor) else loss
        if isinstance(value, KerasTensor) and isinstance(self, GraphModel):
            recorded_terms.add_loss(self, value, sums_gradients=dialect_of(self) == "tf.keras")
        elif isinstance(value, KerasTensor):
            recorded_terms.add_loss_of_layer(self, value)
        else:
            core(self, value.mean() if isinstance(value, torch.Tensor) and value.dim() else value)


def add_metric(
    core: Callable[..., None], self: Any, value: Any = None, name: str | None = None, aggregation: str | None = "mean"
) -> None:
    """Show the mean of a tensor in the logs: of a recorded one for a model, of a value in a call for a layer."""
    if isinstance(value, KerasTensor) and isinstance(self, GraphModel):
        recorded_terms.add_metric(self, value, name, aggregation)
    elif isinstance(value, torch.Tensor):
        recorded_terms.add_metric_in_call(self, value, name, aggregation)
    else:
        core(self, value)
