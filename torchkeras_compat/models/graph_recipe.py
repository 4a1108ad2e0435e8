"""What is pickled and copied of a graph: its calls, with numbers in place of the tensors that link them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from torch import nn
from torch.utils import _pytree as pytree

from torchkeras_compat.layers.layer.masks import set_mask
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import Node, symbolic_leaves
from torchkeras_compat.symbolic.operation import Operation
from torchkeras_compat.symbolic.recording import recorded_calls

if TYPE_CHECKING:
    from torchkeras_compat.models.graph import Graph


@dataclass(frozen=True)
class _Reference:
    """Stands for the symbolic tensor with this number."""

    number: int


@dataclass(frozen=True)
class _Step:
    """One call, with references in place of tensors."""

    operation: Any
    args: Any
    kwargs: Any
    implied: Any
    outputs: Any
    is_explicit: bool


@dataclass(frozen=True)
class Recipe:
    """A graph without links between its calls.

    Attributes:
        inputs: References in the nesting of the inputs.
        input_layers: The layer of each input, in order.
        steps: The calls in the order in which they run.
        outputs: References in the nesting of the outputs.
        masks: Reference to the mask of each output, or None.
        beside: References to what is computed beside the outputs.
        tensors: Shape, dtype and name of each tensor.
        operations: The operations in Keras's order.
        layers: The layers with their names in the model.
    """

    inputs: Any
    input_layers: list[Any]
    steps: list[_Step]
    outputs: Any
    masks: list[Any]
    beside: list[Any]
    tensors: list[tuple[tuple[int | None, ...], str, str]]
    operations: list[Operation]
    layers: list[tuple[str, nn.Module]]


def recipe_of(graph: Graph) -> Recipe:
    """Return the recipe of a graph."""
    numbers: dict[int, int] = {}
    tensors: list[Any] = []

    def reference(x: Any) -> Any:
        if not isinstance(x, KerasTensor):
            return x
        if id(x) not in numbers:
            numbers[id(x)] = len(tensors)
            tensors.append((x.shape, x.dtype, x.name))
        return _Reference(numbers[id(x)])

    def flat(x: Any) -> Any:
        return pytree.tree_map(reference, x)

    explicit = {id(n) for n in graph.explicit_nodes}
    inputs = flat(graph.inputs)
    steps = [
        _Step(n.operation, flat(n.args), flat(n.kwargs), flat(n.implied), flat(n.outputs), id(n) in explicit)
        for n in graph.nodes
    ]
    operations = {id(o): o for o in [*graph.operations, *(n.operation for n in graph.nodes)]}
    return Recipe(
        inputs=inputs,
        input_layers=[t.node.operation for t in graph.input_tensors if t.node is not None],
        steps=steps,
        outputs=flat(graph.outputs),
        masks=flat(list(graph.masks)),
        beside=flat(graph.beside),
        tensors=tensors,
        operations=list(graph.operations),
        layers=[(key, operations[part]) for part, key in graph._keys.items()],
    )


def calls_of(recipe: Recipe) -> tuple[Any, Any, list[KerasTensor | None], list[KerasTensor], list[tuple[Node, bool]]]:
    """Record the calls of a recipe.

    Returns:
        The inputs and outputs, the mask of each output, what is computed beside, and the calls, each with whether it
        is an explicit one.
    """
    tensors = [KerasTensor(shape, dtype, name=name) for shape, dtype, name in recipe.tensors]

    def back(x: Any) -> Any:
        return pytree.tree_map(lambda r: tensors[r.number] if isinstance(r, _Reference) else r, x)

    inputs = back(recipe.inputs)
    for layer, tensor in zip(recipe.input_layers, symbolic_leaves(inputs), strict=True):
        layer.__dict__["_inbound_nodes"] = [Node(layer, (), {}, {}, tensor)]
    calls = []
    for step in recipe.steps:
        node = Node(step.operation, back(step.args), back(step.kwargs), back(step.implied), back(step.outputs))
        recorded_calls(step.operation).append(node)
        calls.append((node, step.is_explicit))
    outputs, masks = back(recipe.outputs), back(recipe.masks)
    for t, mask in zip(symbolic_leaves(outputs), masks, strict=True):
        if mask is not None:
            set_mask(t, mask)
    return inputs, outputs, masks, back(recipe.beside), calls
