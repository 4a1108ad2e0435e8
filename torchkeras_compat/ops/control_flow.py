"""Branches and loops.

They run as Python's own: a condition that lies on a device is waited for. On symbolic inputs nothing is run: shapes
come from the branches, and from the initial values of loops.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from torchkeras_compat import tree
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """Return ``true_fn()`` if ``pred`` is true, else ``false_fn()``.

    Args:
        pred: Boolean, or a tensor of one element.
        true_fn: Function without arguments.
        false_fn: Function without arguments. For a symbolic ``pred`` it must return the same structure, shapes and
            dtypes as ``true_fn``.

    Raises:
        ValueError: ``pred`` is symbolic, and the branches return different structures, shapes or dtypes.

    Example:
        >>> cond(True, lambda: 1, lambda: 2)
        1
    """
    if isinstance(pred, torch.Tensor) and pred.is_meta:
        result, other = true_fn(), false_fn()
        if not _same_specs(result, other):
            raise ValueError(
                "`true_fn` and `false_fn` of `cond` must return the same structure, shapes and dtypes. "
                f"Received: {_describe(result)} and {_describe(other)}"
            )
        return result
    return true_fn() if pred else false_fn()


@operation
def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """Return ``branches[index](*operands)``, the index clipped to the range of the branches.

    Args:
        index: Integer, or an integer tensor of one element.
        branches: Functions that take the operands. For a symbolic index all must return what the first returns.
        *operands: Arguments of the branch.

    Raises:
        ValueError: there is no branch.

    Example:
        >>> switch(1, [lambda x: x + 1, lambda x: x - 1], 5)
        4
    """
    if not branches:
        raise ValueError("`switch` needs at least one branch. Received: branches=[]")
    if isinstance(index, torch.Tensor) and index.is_meta:
        return branches[0](*operands)
    return branches[min(max(int(index), 0), len(branches) - 1)](*operands)


@operation
def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, maximum_iterations: int | None = None
) -> Any:
    """Return ``loop_vars`` after applying ``body`` to them as long as ``cond`` is true of them.

    Args:
        cond: Takes the loop variables, returns a boolean.
        body: Takes the loop variables, returns their next values.
        loop_vars: A list or tuple, whose items become the arguments of both functions, or any other structure, which
            becomes their one argument.
        maximum_iterations: Most times that ``body`` runs; None for no limit.

    Example:
        >>> while_loop(lambda i: i < 10, lambda i: i + 3, 0)
        tensor(12, dtype=torch.int32)
    """
    several = isinstance(loop_vars, (list, tuple))
    current = tree.map_structure(convert_to_tensor, tuple(loop_vars) if several else (loop_vars,))
    if any(leaf.is_meta for leaf in tree.flatten(current)):
        return current if several else current[0]
    count = 0
    while (maximum_iterations is None or count < maximum_iterations) and cond(*current):
        following = body(*current)
        current = tuple(following) if isinstance(following, (list, tuple)) and several else (following,)
        count += 1
    return current if several else current[0]


@operation
def fori_loop(lower: Any, upper: Any, body_fun: Callable[[Any, Any], Any], init_val: Any) -> Any:
    """Return ``init_val`` after ``init_val = body_fun(i, init_val)`` for each ``i`` from ``lower`` to ``upper - 1``.

    Args:
        lower: First index.
        upper: One more than the last index.
        body_fun: Takes the index and the value, returns the next value.
        init_val: First value, any structure.

    Example:
        >>> fori_loop(0, 4, lambda i, x: x + i, 10)
        16
    """
    leaves = [lower, upper, *tree.flatten(init_val)]
    if any(isinstance(leaf, torch.Tensor) and leaf.is_meta for leaf in leaves):
        return init_val
    for i in range(int(lower), int(upper)):
        init_val = body_fun(i, init_val)
    return init_val


def _same_specs(a: Any, b: Any) -> bool:
    try:
        tree.assert_same_structure(a, b)
    except ValueError:
        return False
    return all(_spec(x) == _spec(y) for x, y in zip(tree.flatten(a), tree.flatten(b)))


def _spec(x: Any) -> Any:
    return (tuple(x.shape), str(x.dtype).removeprefix("torch.")) if hasattr(x, "shape") else type(x)


def _describe(structure: Any) -> Any:
    return tree.map_structure(_spec, structure)
