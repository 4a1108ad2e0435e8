"""Metrics of a loop over batches, kept while a hook of it evaluates or trains on other data."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import torch

from torchkeras_compat.training.training_state import is_training

if TYPE_CHECKING:
    from torchkeras_compat.training.own_steps import ModelWithSteps

# Models of which an evaluation is under way, outside of `fit`.
_EVALUATED: WeakSet[Any] = WeakSet()


@contextlib.contextmanager
def evaluating(model: ModelWithSteps) -> Iterator[None]:
    """Say that a loop counts with the metrics of the model; one around it gets its counts back afterwards.

    Args:
        model: The model.
    """
    with metrics_kept(model):
        is_first = model not in _EVALUATED
        _EVALUATED.add(model)
        try:
            yield
        finally:
            if is_first:
                _EVALUATED.discard(model)


@contextlib.contextmanager
def metrics_kept(model: ModelWithSteps) -> Iterator[None]:
    """Give the metrics their counts back when the scope ends, if a loop over batches of the model is under way.

    Keras leaves them as the inner evaluation has them, and the epoch that goes on logs a mixture.

    Args:
        model: The model.
    """
    if not is_training(model) and model not in _EVALUATED:
        yield
        return
    step, spec = model._step, model._compile_spec
    own_logs = None if step is None else step._own_logs
    awaited = {} if spec is None else dict(spec._states_to_restore)
    states = {id(metric): (metric, _values(metric)) for metric in _all_metrics(model)}
    try:
        yield
    finally:
        for metric in _all_metrics(model):
            metric.reset_state()
            _give_back(metric, states.get(id(metric), (metric, []))[1])
        if spec is not None and awaited:
            spec.load_state_dict(awaited)
        if step is not None:
            step._own_logs = own_logs


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
