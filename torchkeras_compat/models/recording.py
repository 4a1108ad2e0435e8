"""The calls of a graph recorded once more: with another layer, on other tensors, or from the middle of a graph on."""

from __future__ import annotations

from typing import Any

from torch.utils import _pytree as pytree

from torchkeras_compat.layers.core.input_layer import InputLayer
from torchkeras_compat.layers.layer.masks import get_mask
from torchkeras_compat.models.input_structure import check_connected
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import Node, symbolic_leaves
from torchkeras_compat.symbolic.order import explicit_nodes
from torchkeras_compat.symbolic.program import nodes_between
from torchkeras_compat.user_warnings import warn_user


def call_again(node: Node, operation: Any, replaced: dict[int, KerasTensor]) -> None:
    """Record a call of ``operation`` with the arguments of ``node``, and note its outputs in place of the node's.

    Args:
        node: Recorded call.
        operation: The same operation, or another that takes its place.
        replaced: New tensors by the ``id`` of those in whose places they are.

    Raises:
        ValueError: the number of outputs differs.
    """
    args, kwargs = pytree.tree_map(
        lambda x: replaced.get(id(x), x) if isinstance(x, KerasTensor) else x, (node.args, node.kwargs)
    )
    call = getattr(operation, "symbolic_call", operation)
    before, after = node.output_tensors, symbolic_leaves(call(*args, **kwargs))
    if len(before) != len(after):
        raise ValueError(f"{operation.name} gives {len(after)} outputs in place of {len(before)}.")
    replaced.update((id(old), new) for old, new in zip(before, after, strict=True))


def checked_ends(inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """Return the inputs and outputs of a model, the inputs made by `Input`.

    Where one was computed, what lies between it and the outputs is recorded again, on a new input.

    Raises:
        ValueError: something is not symbolic, the outputs do not follow from the inputs, or an input comes twice.
    """
    for what, structure in (("inputs", inputs), ("outputs", outputs)):
        wrong = [x for x in pytree.tree_leaves(structure) if not isinstance(x, KerasTensor)]
        if wrong or not symbolic_leaves(structure):
            raise ValueError(
                f"All `{what}` values must be KerasTensors. Received: {what}={structure!r} including invalid value "
                f"{wrong[:1]}. Start from `keras.Input(shape)` and call layers on it."
            )
    flat = symbolic_leaves(inputs)
    check_connected(flat, outputs)
    if len({id(t) for t in flat}) != len(flat):
        raise ValueError(f"All `inputs` must be different. An input comes twice in {[t.name for t in flat]}.")
    if all(map(_is_made_by_input, flat)):
        return inputs, outputs
    replaced: dict[int, KerasTensor] = {}
    for t in flat:
        is_input = _is_made_by_input(t)
        replaced[id(t)] = t if is_input else InputLayer(batch_shape=t.shape, dtype=t.dtype, name=None).output
        if get_mask(t) is not None and not is_input:
            warn_user(f"The mask of {t.name} is not an input of the model cut there; it starts without.")
    return _calls_on(replaced, inputs, outputs)


def _is_made_by_input(t: KerasTensor) -> bool:
    return t.node is not None and isinstance(t.node.operation, InputLayer)


def _calls_on(replaced: dict[int, KerasTensor], inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """Record the calls between computed tensors and outputs again, from other tensors."""
    starts, ends = symbolic_leaves(inputs), symbolic_leaves(outputs)
    explicit = {id(n) for n in explicit_nodes(starts, ends)}
    for node in nodes_between(starts, ends):
        if id(node) in explicit:
            call_again(node, node.operation, replaced)
    swapped: tuple[Any, Any] = pytree.tree_map(
        lambda x: replaced.get(id(x), x) if isinstance(x, KerasTensor) else x, (inputs, outputs)
    )
    return swapped
