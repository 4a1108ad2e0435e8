"""``K.rnn``: a step function over the time axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.legacy.backend.operands import tensor
from torchkeras_compat.symbolic.operation import operation

StepFunction = Callable[[Any, Any], tuple[Any, Any]]


@operation
def rnn(
    step_function: StepFunction,
    inputs: Any,
    initial_states: Any,
    go_backwards: bool = False,
    mask: Any = None,
    constants: Sequence[Any] | None = None,
    unroll: bool = False,
    input_length: Any = None,
    time_major: bool = False,
    zero_output_for_mask: bool = False,
    return_all_outputs: bool = True,
) -> tuple[Any, Any, Any]:
    """Return the outputs of a step function for each step, and the states after the last.

    Args:
        step_function: Function of the inputs of a step, ``(batch, ...)``, and of a list of states and constants; it
            returns an output and the new states.
        inputs: Tensor of shape ``(batch, steps, ...)``, or a nesting of such.
        initial_states: List of states, each ``(batch, ...)``.
        go_backwards: Whether to begin with the last step; outputs come in that order.
        mask: Booleans ``(batch, steps)`` or ``(batch, steps, 1)``: where False, output and states are those of the step
            before, and zeros for an output before the first.
        constants: Tensors that each step gets behind the states.
        unroll: Kept for Keras's signature: the steps are run one by one in any case.
        input_length: Number of steps that count in each sample, a tensor ``(batch,)``; an int is a hint only, as in
            Keras.
        time_major: Whether inputs, mask and outputs have the steps before the batch axis.
        zero_output_for_mask: Whether masked steps give zeros instead of the output before.
        return_all_outputs: Whether all outputs are returned, or the last alone, as one step.

    Returns:
        The last output ``(batch, ...)``, the outputs ``(batch, steps, ...)``, and the states.

    Raises:
        ValueError: there are no steps.

    Example:
        >>> def step(x, states):
        ...     total = states[0] + x
        ...     return total, [total]
        >>> last, outputs, states = rnn(step, torch.ones(1, 3, 1), [torch.zeros(1, 1)])
        >>> outputs.flatten(), last.flatten()
        (tensor([1., 2., 3.]), tensor([3.]))

    Source: tf.keras 2.15 API, backend.rnn.
    """
    steps = pytree.tree_map(lambda x: tensor(x) if time_major else tensor(x).transpose(0, 1), inputs)
    leaves = pytree.tree_leaves(steps)
    number = leaves[0].shape[0]
    if not number:
        raise ValueError(f"`K.rnn` needs at least one step. Received inputs of shape {tuple(leaves[0].shape)}.")
    order = list(range(number))[::-1] if go_backwards else list(range(number))
    masks = _masks_by_step(mask, input_length, order, time_major)
    extra = tuple(pytree.tree_map(tensor, c) for c in constants or ())
    container = type(initial_states) if isinstance(initial_states, (list, tuple)) else list
    states: Any = tuple(pytree.tree_map(tensor, s) for s in initial_states)
    outputs: list[Any] = []
    kept: list[Any] = []
    for count, place in enumerate(order):
        entry = pytree.tree_map(lambda x, i=place: x[i], steps)
        output, new_states = step_function(entry, (*states, *extra))
        if masks is not None:
            counts = masks[count]
            before = outputs[-1] if outputs else pytree.tree_map(torch.zeros_like, output)
            output = _where(counts, output, before)
            new_states = tuple(_where(counts, new, old) for new, old in zip(new_states, states, strict=True))
            kept.append(_where(counts, output, pytree.tree_map(torch.zeros_like, output)))
        states = tuple(new_states)
        if return_all_outputs or not outputs:
            outputs.append(output)
        else:
            outputs[-1] = output
    if masks is not None and zero_output_for_mask:
        outputs = kept if return_all_outputs else kept[-1:]
    stacked = pytree.tree_map(lambda *rows: torch.stack(rows, dim=0 if time_major else 1), *outputs)
    final = list(states) if container is list else states
    return outputs[-1], stacked, final


def _masks_by_step(mask: Any, input_length: Any, order: list[int], time_major: bool) -> list[torch.Tensor] | None:
    """Return whether each sample counts, step by step in the order in which they run; None if all do."""
    if mask is not None:
        counts = tensor(mask).bool()
        if counts.dim() == 2:
            counts = counts.unsqueeze(-1)
        counts = counts if time_major else counts.transpose(0, 1)
        return [counts[place] for place in order]
    if input_length is None or isinstance(input_length, int):
        return None
    lengths = tensor(input_length).reshape(-1, 1)
    if order[0]:  # from the back: the steps of the longest sample first
        left = lengths.max() - 1 - lengths
        return [left < count for count in range(len(order))]
    return [lengths > count for count in range(len(order))]


def _where(counts: torch.Tensor, new: Any, old: Any) -> Any:
    def choose(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        flat = counts if counts.dim() <= a.dim() else counts.reshape(counts.shape[: a.dim()])
        return torch.where(flat.reshape(*flat.shape, *[1] * (a.dim() - flat.dim())), a, b)

    return pytree.tree_map(choose, new, old)
