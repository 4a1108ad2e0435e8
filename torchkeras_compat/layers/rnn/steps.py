"""Sequences step by step, in Python: for cells that no fused kernel computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils import _pytree as pytree


def run_projected(
    advance: Callable[..., list[torch.Tensor]],
    projected: torch.Tensor,
    states: list[torch.Tensor],
    mask: torch.Tensor | None,
    arguments: tuple[Any, ...],
) -> tuple[torch.Tensor, list[torch.Tensor | None]]:
    """Run a cell whose inputs went through its kernel at once, so that a step is left with the states only.

    Args:
        advance: ``(projected, states, *arguments)`` of one step to the new states.
        projected: ``(batch, steps, ...)``.
        states: States to start from, each ``(batch, ...)`` with as many axes as a step.
        mask: ``(batch, steps)`` of bool; None if all steps count.
        arguments: Further arguments of ``advance``, the same at every step.

    Returns:
        The first state after each step, ``(batch, steps, ...)``, and the states after the last one.
    """
    counts = None if mask is None else mask.reshape(*mask.shape, *[1] * (projected.ndim - 2)).unbind(1)
    outputs = []
    for t, step in enumerate(projected.unbind(1)):
        new = advance(step, states, *arguments)
        if counts is not None:
            new = [torch.where(counts[t], n, old) for n, old in zip(new, states, strict=True)]
        states = new
        outputs.append(states[0])
    return torch.stack(outputs, 1), list(states)


def run_cell(
    cell: Callable[[torch.Tensor, Any], tuple[torch.Tensor, Any]],
    sequences: torch.Tensor,
    states: Any,
    mask: torch.Tensor | None,
    zeros_if_masked: bool,
) -> tuple[torch.Tensor, Any]:
    """Run any cell.

    Args:
        cell: ``(inputs, states)`` of one step to its output and the new states.
        sequences: ``(batch, steps, ...)``.
        states: States to start from, in any nesting.
        mask: ``(batch, steps)`` of bool; None if all steps count. Elsewhere the states stay as they are.
        zeros_if_masked: Whether the output of a masked step is zero, rather than that of the step before.

    Returns:
        The outputs, ``(batch, steps, ...)``, and the states after the last step.
    """
    counts = None if mask is None else mask.unbind(1)
    outputs: list[torch.Tensor] = []
    for t, step in enumerate(sequences.unbind(1)):
        output, new = cell(step, states)
        if isinstance(states, (list, tuple)) and not isinstance(new, (list, tuple)):
            new = [new]
        if counts is not None:
            old = outputs[-1] if outputs and not zeros_if_masked else torch.zeros_like(output)
            output = _where_counted(counts[t], output, old)
            new = pytree.tree_unflatten(
                [
                    _where_counted(counts[t], n, s)
                    for n, s in zip(pytree.tree_leaves(new), pytree.tree_leaves(states), strict=True)
                ],
                pytree.tree_structure(new),
            )
        states = new
        outputs.append(output)
    return torch.stack(outputs, 1), states


def _where_counted(counts: torch.Tensor, new: torch.Tensor, old: torch.Tensor) -> torch.Tensor:
    return torch.where(counts.reshape(-1, *[1] * (new.ndim - 1)), new, old)
