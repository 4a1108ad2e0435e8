"""Probabilities that know the logits they come from, so that a crossentropy can be computed from those.

In the default step `softmax` and `sigmoid` leave the logits on what they return, and a crossentropy of that very tensor
takes them. That is 17 operations less a step for a softmax, and no loss of precision where a probability is
close to 1.
"""

from __future__ import annotations

import threading

import torch


class Taking(threading.local):
    """Whether logits are left and taken: in the default step, where nobody asks for the gradient of probabilities."""

    is_on = False


TAKING = Taking()


def with_logits(probabilities: torch.Tensor, logits: torch.Tensor, axis: int | None) -> torch.Tensor:
    """Return probabilities that know their logits.

    Args:
        probabilities: What softmax or sigmoid made of the logits.
        logits: What it made them of.
        axis: Axis of the softmax, counted from the end; None for a sigmoid.
    """
    if TAKING.is_on and probabilities.requires_grad:
        probabilities._keras_logits = logits, logits._version, axis  # type: ignore[attr-defined]
    return probabilities


def logits_of(probabilities: torch.Tensor, axis: int | None) -> torch.Tensor | None:
    """Return the logits of probabilities; None if they are not known, or either was changed in place since.

    Args:
        probabilities: Any tensor.
        axis: Axis of the softmax that is asked for, counted from the end; None for a sigmoid.
    """
    known = probabilities.__dict__.get("_keras_logits")
    if known is None or not TAKING.is_on or probabilities._version or probabilities._backward_hooks:
        return None
    logits: torch.Tensor
    logits, version, of_axis = known
    return logits if of_axis == axis and logits._version == version else None


def softmax(x: torch.Tensor) -> torch.Tensor:
    """Softmax over the last axis, which knows its logits."""
    return with_logits(torch.softmax(x, -1), x, -1)


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    """Sigmoid, which knows its logits."""
    return with_logits(torch.sigmoid(x), x, None)
