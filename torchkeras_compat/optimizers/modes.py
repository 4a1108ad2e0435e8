"""Optimizers with methods ``train`` and ``eval``: the weights to train with are others than those to use."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch


def set_modes(model: Any, training: bool) -> None:
    """Call ``train`` or ``eval`` of the optimizers of a model that have it.

    Args:
        model: Model; its optimizers are those among its attributes.
        training: Whether the model is about to train.
    """
    for value in list(vars(model).values()):
        if isinstance(value, torch.optim.Optimizer):
            _set_mode(value, training)


@contextlib.contextmanager
def weights_to_use(model: Any) -> Iterator[None]:
    """Let a model that is training have its weights to use inside the scope, as for a file."""
    if not getattr(model, "training", False):
        yield
        return
    set_modes(model, training=False)
    try:
        yield
    finally:
        set_modes(model, training=True)


def _set_mode(optimizer: Any, training: bool) -> None:
    switch = getattr(optimizer, "train" if training else "eval", None)
    if switch is not None:
        switch()
    for part in [getattr(optimizer, "inner_optimizer", None), *getattr(optimizer, "optimizers", ())]:
        if part is not None:
            _set_mode(part, training)
