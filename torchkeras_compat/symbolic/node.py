"""One recorded call: which operation, with which arguments, giving which symbolic tensors."""

from __future__ import annotations

from typing import Any

from torch.utils import _pytree as pytree

from torchkeras_compat.symbolic.keras_tensor import KerasTensor


class Node:
    """A call of ``operation`` recorded in a graph.

    Args:
        operation: The layer, module or function call that was recorded.
        args: Positional arguments, with KerasTensors anywhere in nested structures.
        kwargs: Keyword arguments as the caller gave them.
        implied: Keyword arguments found while recording (masks): needed to run, not part of a config.
        outputs: What the call returned, KerasTensors in any nesting; they point back to this node.
    """

    def __init__(
        self, operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any], implied: dict[str, Any], outputs: Any
    ) -> None:
        self.operation = operation
        self.args = args
        self.kwargs = kwargs
        self.implied = implied
        self.outputs = outputs
        for index, tensor in enumerate(self.output_tensors):
            tensor.node = self
            tensor.index = index

    @property
    def output_tensors(self) -> list[KerasTensor]:
        """The symbolic outputs, flat."""
        return symbolic_leaves(self.outputs)

    @property
    def explicit_inputs(self) -> list[KerasTensor]:
        """The symbolic tensors among the arguments that the caller gave."""
        return symbolic_leaves((self.args, self.kwargs))

    @property
    def inputs(self) -> list[KerasTensor]:
        """All symbolic tensors that the call needs, masks included."""
        return symbolic_leaves((self.args, self.kwargs, self.implied))


def symbolic_leaves(structure: Any) -> list[KerasTensor]:
    """Return the KerasTensors of a nested structure in Keras's order: those of a dict by sorted keys."""
    if isinstance(structure, KerasTensor):
        return [structure]
    if isinstance(structure, (list, tuple)):
        return [leaf for part in structure for leaf in symbolic_leaves(part)]
    if isinstance(structure, dict):
        return [leaf for key in ordered_keys(structure) for leaf in symbolic_leaves(structure[key])]
    return [leaf for leaf in pytree.tree_leaves(structure) if isinstance(leaf, KerasTensor)]


def ordered_keys(structure: dict[Any, Any]) -> list[Any]:
    """Return the keys of a dict sorted, or as they come if they cannot be compared."""
    try:
        return sorted(structure)
    except TypeError:
        return list(structure)


def is_input(tensor: KerasTensor) -> bool:
    """Return whether a tensor was made by `Input`, not computed."""
    return tensor.node is None or not tensor.node.inputs


def get_source_inputs(tensor: KerasTensor) -> list[KerasTensor]:
    """Return the symbolic inputs that ``tensor`` is computed from, each once; ``[tensor]`` if it is one itself."""
    found: dict[int, KerasTensor] = {}
    seen: set[int] = set()
    stack = [tensor]
    while stack:
        t = stack.pop()
        if is_input(t):
            found.setdefault(id(t), t)
        elif t.node is not None and id(t.node) not in seen:
            seen.add(id(t.node))
            stack.extend(reversed(t.node.inputs))
    return list(found.values())
