"""``add_loss`` and ``add_metric``: of recorded tensors, and in the ``call`` of a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.legacy.models import recorded_terms
from torchkeras_compat.metrics.base import Metric
from torchkeras_compat.metrics.reduction import Mean
from torchkeras_compat.models.graph_model import GraphModel
from torchkeras_compat.overrides import OVERRIDES, dialect_of
from torchkeras_compat.symbolic.keras_tensor import any_symbolic


def add_loss(core: Callable[..., Any], self: Any, losses: Any = None, inputs: Any = None, loss: Any = None) -> None:
    """Add losses: recorded tensors to the model of their graph, values at once; of one with axes, its mean."""
    given = losses if losses is not None else loss
    of_tf_keras = dialect_of(self) == "tf.keras"
    for term in given if isinstance(given, (list, tuple)) else [given]:
        value = term() if callable(term) and not isinstance(term, torch.Tensor) and not any_symbolic((term,)) else term
        if any_symbolic((value,)):
            if isinstance(self, GraphModel):
                recorded_terms.add_loss(self, value, inputs, sums_gradients=of_tf_keras)
            else:
                recorded_terms.add_loss_of_layer(self, value, inputs)
        else:
            core(self, value.mean() if isinstance(value, torch.Tensor) and value.dim() else value)


def add_metric(
    core: Callable[..., Any], self: Any, value: Any, name: str | None = None, aggregation: str | None = "mean"
) -> None:
    """Show the mean of a value in the logs: of a recorded tensor of a model, or of one that ``call`` computes.

    Raises:
        ValueError: ``aggregation`` is another, or a value from ``call`` has no name.
    """
    if any_symbolic((value,)) and isinstance(self, GraphModel):
        recorded_terms.add_metric(self, value, name, aggregation)
        return
    if aggregation not in ("mean", None):
        raise ValueError(f"`add_metric` knows the aggregation 'mean'. Received: aggregation={aggregation!r}")
    if name is None:
        value = getattr(value, "_metric", value)
    if isinstance(value, Metric):
        if any(metric is value for metric in self.metrics):
            return
        setattr(self, f"_added_{value.name}", value)
        return
    if name is None:
        raise ValueError("`add_metric` in `call` needs a name for the logs. Give it as `name=`.")
    value = OVERRIDES.plain(value)
    if isinstance(value, torch.Tensor) and value.is_meta:  # shapes are being worked out
        return
    key = f"_added_{name}"
    metric = getattr(self, key, None)
    if metric is None:
        metric = Mean(name=name)
        setattr(self, key, metric)
    metric.update_state(value.detach() if isinstance(value, torch.Tensor) else value)
