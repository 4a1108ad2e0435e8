"""States of recurrent layers: tensors, variables and shapes in the nesting of ``state_size``."""

from __future__ import annotations

from typing import Any

from torch.utils import _pytree as pytree

from torchkeras_compat.layers.layer.layer import Layer


def is_shape(x: Any) -> bool:
    """Return whether ``x`` is one of the shapes in what :func:`state_shapes` returned."""
    return isinstance(x, tuple)


def state_shapes(state_size: list[Any], batch_size: int | None) -> list[Any]:
    """Return the shapes of states, each ``(batch, size)``."""

    def shape(size: Any) -> Any:
        return [shape(s) for s in size] if isinstance(size, (list, tuple)) else (batch_size, size)

    return [shape(size) for size in state_size]


def check_states(initial_state: Any, state_size: list[Any], owner: Layer, axis: int = -1) -> list[Any]:
    """Return states as a list.

    Args:
        initial_state: The states, or the only one.
        state_size: Their sizes.
        owner: The layer that gets them.
        axis: Axis of the states that has these sizes.

    Raises:
        ValueError: their number or sizes do not fit.
    """
    states = list(initial_state) if isinstance(initial_state, (list, tuple)) else [initial_state]
    expected = [s[1] for s in pytree.tree_leaves(state_shapes(state_size, None), is_leaf=is_shape)]
    received = [tuple(s.shape) for s in pytree.tree_leaves(states)]
    if len(states) != len(state_size) or [s[axis] for s in received] != expected:
        raise ValueError(
            f"`initial_state` of '{owner.name}' must have {len(state_size)} states of the sizes"
            f" {state_size}. Received {len(states)}, of the shapes {received}."
        )
    return states


def copies_of(variables: Any, batch_size: int) -> Any:
    """Return copies of the values of state variables: the originals change before gradients flow.

    Raises:
        ValueError: they are those of another batch size.
    """
    kept = pytree.tree_leaves(variables)
    if kept and kept[0].shape[0] != batch_size:
        raise ValueError(
            "If an RNN is stateful, the batch size of the input sequences must be the same as the batch size of the"
            f" initial state. \n- Expected batch size: {kept[0].shape[0]}\n- Received batch size: {batch_size}"
        )
    return pytree.tree_map(lambda v: v.value.clone(), variables)


def is_single(state: Any, size: Any) -> bool:
    """Return whether a cell put its only state into a list."""
    return isinstance(state, (list, tuple)) and not isinstance(size, (list, tuple))
