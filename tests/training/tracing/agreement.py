"""A model trained twice from the same start: its step as it is, and traced."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.training.tracing.traced_step import TracedStep

Batch = tuple[Any, ...]


class Run:
    """What training on some batches gave.

    Attributes:
        logs: Loss and metrics after each step.
        weights: All parameters and buffers at the end.
        gradients: The gradients of the last step.
        step: The traced step.
    """

    def __init__(self, model: Any, batches: Sequence[Batch]) -> None:
        self.logs = []
        for i, batch in enumerate(batches):
            torch.manual_seed(i)
            np.random.seed(i)
            random.seed(i)
            self.logs.append(model.train_on_batch(*batch, return_dict=True))
        self.weights = {name: t.detach().clone() for name, t in model.state_dict().items()}
        self.gradients = [None if t.grad is None else t.grad.clone() for t in model.parameters()]
        self.step: TracedStep = model._step.training

    @property
    def is_traced(self) -> bool:
        """Whether the last steps ran through a recording."""
        return any(form.run is not None for form in self.step._forms.values())


def both(model: Any, batches: Sequence[Batch], compile_model: Callable[[Any], Any]) -> tuple[Run, Run]:
    """Train a model and a copy of it: the step as it is, and traced as soon as may be.

    Args:
        model: A built model.
        batches: Arguments of `train_on_batch`.
        compile_model: Compiles a model.
    """
    other = copy.deepcopy(model)
    for m in (model, other):
        compile_model(m)
    model.run_eagerly = True
    return Run(model, batches), Run(other, batches)


def assert_equal(eager: Run, traced: Run) -> None:
    """Check that every number of both runs has the same bits."""
    assert eager.logs == traced.logs or str(eager.logs) == str(traced.logs)  # NaN is not equal to itself
    assert eager.weights.keys() == traced.weights.keys()
    for name, value in eager.weights.items():
        assert torch.equal(value, traced.weights[name]) or value.isnan().any(), name
    for a, b in zip(eager.gradients, traced.gradients, strict=True):
        assert (a is None) == (b is None)
        assert a is None or torch.equal(a, b) or a.isnan().any()
