"""Metrics of a loop over batches, kept while a hook of it evaluates or trains on other data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from torchkeras_compat.training.own_steps import ModelWithSteps

UNDER_EVALUATION: set[int] = set()
"""Ids of the models of which an evaluation is under way that `evaluate` was called for, not `fit`."""


def keep_metrics(model: ModelWithSteps) -> Callable[[], None]:
    """Return what gives the metrics the counts back that they have now.

    A loop over batches that is interrupted for an evaluation goes on counting where it was; in Keras the epoch then
    logs a mixture of both.

    Args:
        model: The model.
    """
    step, spec = model._step, model._compile_spec
    own_logs = None if step is None else step._own_logs
    awaited = {} if spec is None else dict(spec._states_to_restore)
    states = {id(metric): (metric, _values(metric)) for metric in _all_metrics(model)}

    def give_back() -> None:
        for metric in _all_metrics(model):
            metric.reset_state()
            _give_back(metric, states.get(id(metric), (metric, []))[1])
        if spec is not None and awaited:
            spec.load_state_dict(awaited)
        if step is not None:
            step._own_logs = own_logs

    return give_back


def _all_metrics(model: ModelWithSteps) -> list[Any]:
    """The metrics of the model, those of ``compile`` one by one."""
    spec = model._compile_spec
    compiled = [] if spec is None else list(spec._by_key().values())
    return [*compiled, *(m for m in model._uncompiled_metrics() if hasattr(m, "variables"))]


def _values(metric: Any) -> list[torch.Tensor]:
    return [variable.value.detach().clone() for variable in metric.variables]


def _give_back(metric: Any, values: list[torch.Tensor]) -> None:
    variables = metric.variables
    if len(values) == len(variables) and hasattr(metric, "set_state"):
        metric.set_state(values)
        return
    for variable, value in zip(variables, values):  # some were made inside, and stay at their beginning
        variable.assign(value)
