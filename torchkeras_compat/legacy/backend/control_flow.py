"""Choices between tensors, and functions over the first axis of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat.legacy.backend.learning_phase import LearningPhase, is_training, set_phase
from torchkeras_compat.legacy.backend.operands import pair, tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, any_symbolic
from torchkeras_compat.symbolic.operation import operation
from torchkeras_compat.variable_base import VariableBase


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """Return one of two tensors, or of each element one.

    Args:
        condition: A number for the whole, or a tensor whose axes are the first ones of the expressions.
        then_expression: What counts where the condition is true: a tensor, or a function that returns it.
        else_expression: What counts elsewhere. Of two functions beside one number, only one is called; both if the
            condition is recorded.

    Raises:
        ValueError: the condition has more axes than the expressions.

    Example:
        >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> switch(torch.tensor([True, False]), x, -x)
        tensor([[ 1.,  2.],
                [-3., -4.]])

    Source: Keras 2.3 API, backend.switch.
    """
    if isinstance(condition, (bool, int, float, LearningPhase)):
        return _called(then_expression if condition else else_expression)
    if isinstance(condition, KerasTensor):
        return _chosen(condition, _called(then_expression), _called(else_expression))
    decision = tensor(condition)
    if decision.dim() == 0 and (callable(then_expression) or callable(else_expression)):
        if decision.is_meta:
            return _called(then_expression)
        return _called(then_expression if bool(decision) else else_expression)
    return _chosen(decision, _called(then_expression), _called(else_expression))


def _called(x: Any) -> Any:
    is_value = isinstance(x, (torch.Tensor, KerasTensor, VariableBase))
    return x() if callable(x) and not is_value else x


@operation
def _chosen(condition: Any, then: Any, other: Any) -> torch.Tensor:
    decision = tensor(condition).bool()
    first, second = pair(then, other)
    rank = max(first.dim(), second.dim())
    if decision.dim() > rank:
        raise ValueError(
            "Rank of `condition` should be less than or equal to rank of `then_expression` and `else_expression`. "
            f"Received shapes {tuple(decision.shape)}, {tuple(first.shape)} and {tuple(second.shape)}."
        )
    if decision.dim() == 0 and first.shape != second.shape and not decision.is_meta:
        return first if bool(decision) else second
    return torch.where(decision.reshape(*decision.shape, *[1] * (rank - decision.dim())), first, second)


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """Return ``x`` in training, ``alt`` in inference.

    Args:
        x: A tensor, or a function that returns it.
        alt: Likewise.
        training: Whether layers train; None for the learning phase: what was set, or the mode of the layer whose call
            is under way.

    Returns:
        One of them; recorded, the choice is made in each run.

    Example:
        >>> in_train_phase(lambda: "trained", "evaluated", training=1)
        'trained'

    Source: Keras 2.3 API, backend.in_train_phase.
    """
    if isinstance(training, LearningPhase):
        training = None
    if isinstance(training, (torch.Tensor, KerasTensor)):
        return switch(training, x, alt)
    if training is None and set_phase() is None:
        ends = [_called(x), _called(alt)] if _is_recording(x, alt) else []
        if ends and any_symbolic(ends):
            return _by_phase(*ends)
    return _called(x if is_training(training) else alt)


def _is_recording(x: Any, alt: Any) -> bool:
    """Whether an end is recorded: one itself, or what a function may have been made of."""
    parts = [x, alt]
    for end in (x, alt):
        cells = getattr(end, "__closure__", None) or ()
        parts += [cell.cell_contents for cell in cells if _is_filled(cell)]
    return any_symbolic(parts)


def _is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018  # empty before its variable is set
    except ValueError:
        return False
    return True


@operation
def _by_phase(x: Any, alt: Any) -> torch.Tensor:
    return tensor(x) if is_training() else tensor(alt)


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """Return ``x`` in inference, ``alt`` in training; see :func:`in_train_phase`.

    Example:
        >>> in_test_phase("evaluated", "trained", training=0)
        'evaluated'
    """
    return in_train_phase(alt, x, training=training)


@operation
def map_fn(fn: Callable[[Any], Any], elems: Any, name: str | None = None, dtype: Any = None) -> Any:
    """Return the results of a function for each entry along the first axis, stacked.

    Args:
        fn: Function of an entry, or of a tuple of entries.
        elems: Tensor, or a nesting of tensors that ``fn`` gets an entry of each of.
        name: Kept for Keras's signature.
        dtype: Of the results, in their nesting; None keeps it.

    Example:
        >>> map_fn(lambda row: row.sum(), torch.ones(2, 3))
        tensor([3., 3.])

    Source: Keras 2.3 API, backend.map_fn.
    """
    parts = pytree.tree_map(tensor, elems)
    number = len(pytree.tree_leaves(parts)[0])
    is_meta = pytree.tree_leaves(parts)[0].is_meta
    results = [fn(pytree.tree_map(lambda x, i=i: x[i], parts)) for i in range(min(number, 1) if is_meta else number)]
    if not results:
        return parts
    stacked = pytree.tree_map(lambda *rows: torch.stack([tensor(row) for row in rows]), *results)
    if is_meta:
        stacked = pytree.tree_map(lambda x: x.expand(number, *x.shape[1:]), stacked)
    if dtype is None:
        return stacked
    if isinstance(dtype, (list, tuple)):
        return type(stacked)(tensor(x, kind) for x, kind in zip(stacked, dtype, strict=True))
    return pytree.tree_map(lambda x: tensor(x, dtype), stacked)


@operation
def foldl(fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """Return the entries along the first axis reduced to one, from the first to the last.

    Args:
        fn: Function of what there is so far and an entry.
        elems: Tensor.
        initializer: Where it begins; None for the first entry.
        name: Kept for Keras's signature.

    Example:
        >>> foldl(lambda total, x: total - x, torch.tensor([1.0, 2.0, 3.0]))
        tensor(-4.)

    Source: Keras 2.3 API, backend.foldl.
    """
    return _folded(fn, tensor(elems).unbind(0), initializer)


@operation
def foldr(fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """Return the entries along the first axis reduced to one, from the last to the first; see :func:`foldl`.

    Example:
        >>> foldr(lambda total, x: total - x, torch.tensor([1.0, 2.0, 3.0]))
        tensor(0.)
    """
    return _folded(fn, tensor(elems).unbind(0)[::-1], initializer)


def _folded(fn: Callable[[Any, Any], Any], parts: Any, initializer: Any) -> Any:
    total = parts[0] if initializer is None else pytree.tree_map(tensor, initializer)
    for part in parts[initializer is None :]:
        total = fn(total, part)
    return total
