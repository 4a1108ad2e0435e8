"""The graph of a model: recorded calls from inputs to outputs, and the `torch.fx.GraphModule` that runs them."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch import fx, nn

from torchkeras_compat import tree
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.layer.masks import get_mask, set_mask
from torchkeras_compat.models.gradients_inside import with_gradients
from torchkeras_compat.models.plain_inputs import PlainInputs
from torchkeras_compat.models.recording import call_again
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import Node, symbolic_leaves
from torchkeras_compat.symbolic.operation import Operation
from torchkeras_compat.symbolic.order import explicit_nodes, in_order_of_running, operations_by_depth
from torchkeras_compat.symbolic.program import bare, generate, nodes_between
from torchkeras_compat.symbolic.recording import recorded_calls

# KerasTensors in any nesting.
SymbolicTensors: TypeAlias = "KerasTensor | Sequence[SymbolicTensors] | Mapping[str, SymbolicTensors]"


class Graph:
    """Recorded calls between symbolic inputs and outputs, run as one generated function.

    Args:
        inputs: KerasTensors in any nesting, each made by `Input`.
        outputs: KerasTensors in any nesting, computed from them.
        key_of: Gives the name that a layer of the graph has in the model around it, and with it in ``module``.
        fixes_sizes: Whether data must have the sizes that the symbolic inputs have.
        beside: KerasTensors that each run computes beside the outputs, for what their calls do.

    Attributes:
        input_tensors: The inputs, flat.
        output_tensors: The outputs, flat.
        masks: The symbolic mask of each output, None where there is none.
        nodes: The calls in the order in which they run.
        beside: The tensors computed beside the outputs.
        explicit_nodes: Those that lead to the outputs through arguments that the user gave, masks left out.
        operations: Layers and recorded functions in Keras's order.
        module: The `torch.fx.GraphModule`; it shares its layers with the model.
        dtype: Dtype of data that the module may take as it is, if there is one input; else None.
        sizes: Its sizes behind the batch axis, None if they may differ.
        rank: Its number of axes.

    Raises:
        ValueError: an output does not follow from the inputs, or two operations have one name.
    """

    def __init__(
        self,
        inputs: SymbolicTensors,
        outputs: SymbolicTensors,
        key_of: Callable[[Any], str],
        fixes_sizes: bool = True,
        beside: Sequence[KerasTensor] = (),
    ) -> None:
        self.inputs = inputs
        self.outputs = outputs
        self.fixes_sizes = fixes_sizes
        self.input_tensors = symbolic_leaves(inputs)
        self.output_tensors = symbolic_leaves(outputs)
        masks: list[Any] = [get_mask(t) for t in self.output_tensors]
        self.masks: list[KerasTensor | None] = masks
        self.beside = list(beside)
        ends = [*self.output_tensors, *(m for m in self.masks if m is not None), *self.beside]
        nodes = nodes_between(self.input_tensors, ends)
        # Keras's order of running them: by it a layer that is called twice updates its statistics.
        self.nodes = in_order_of_running(nodes)
        explicit = {id(node) for node in explicit_nodes(self.input_tensors, self.output_tensors)}
        self.explicit_nodes = [node for node in self.nodes if id(node) in explicit]
        self.operations: list[Operation] = operations_by_depth(self.input_tensors, self.output_tensors)
        self._check_names()
        if self.beside:
            self.operations += self._operations_of_terms()
        parts = {id(o): o for o in [*self.operations, *(node.operation for node in self.nodes)]}
        self._keys = {key: key_of(part) for key, part in parts.items() if isinstance(part, nn.Module)}
        self._generate()

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs."""
        return [t.node.operation.name for t in self.input_tensors if t.node is not None]

    @property
    def output_names(self) -> list[str]:
        """Names of the operations that give the outputs."""
        return [t.node.operation.name for t in self.output_tensors if t.node is not None]

    def _operations_of_terms(self) -> list[Operation]:
        """What computes losses and metrics that were added as recorded tensors, and no output: behind all others."""
        ends = [t for t in self.beside if t.node and getattr(t.node.operation, "_is_recorded_term", False)]
        known = set(map(id, self.operations))
        return [o for o in operations_by_depth(self.input_tensors, ends) if id(o) not in known] if ends else []

    def _check_names(self) -> None:
        for name, number in Counter([o.name for o in self.operations]).items():
            if number > 1:
                raise ValueError(
                    f'The name "{name}" is used {number} times in the model. All operation names should be unique.'
                )

    def _generate(self) -> None:
        self.module = self._module_of(self.nodes, with_masks=True)
        self._module_finding_masks: fx.GraphModule | None = None
        first = self.input_tensors[0]
        is_plain = isinstance(self.inputs, KerasTensor) and first.dtype != "string"
        self.dtype: torch.dtype | None = to_torch_dtype(first.dtype) if is_plain else None
        self.rank: int = first.ndim
        self.sizes: tuple[int | None, ...] | None = None
        if self.fixes_sizes and None not in first.shape[1:]:
            self.sizes = first.shape[1:]
        self._plain_inputs: PlainInputs | None = None

    @property
    def plain_inputs(self) -> PlainInputs:
        """What all inputs declare, for the calls that need nothing put right."""
        if self._plain_inputs is None:
            self._plain_inputs = PlainInputs(self.inputs, self.input_tensors, self.input_names, self.fixes_sizes)
        return self._plain_inputs

    def _module_of(self, nodes: Sequence[Node], with_masks: bool) -> fx.GraphModule:
        module = generate(self.input_tensors, bare(self.outputs), nodes, self.masks, with_masks, self._keys)
        takes_gradients = False
        for node in nodes:
            if getattr(node.operation, "takes_gradients", False):
                node.operation.is_differentiated = True  # training differentiates what follows from it
                takes_gradients = True
        if takes_gradients:
            module.forward = with_gradients(module.forward)
        return module

    def run_finding_masks(self, flat: Sequence[Any]) -> Any:
        """Run on inputs with masks, which the recorded graph knows nothing of: layers find them on the tensors."""
        if self._module_finding_masks is None:
            self._module_finding_masks = self._module_of(self._nodes_without_masks(), with_masks=False)
        return self._module_finding_masks.forward(*flat)

    def _nodes_without_masks(self) -> list[Node]:
        if not self.beside:
            return self.explicit_nodes
        explicit = {id(n) for n in explicit_nodes(self.input_tensors, [*self.output_tensors, *self.beside])}
        return [node for node in self.nodes if id(node) in explicit]

    def move_constants(self, function: Callable[[torch.Tensor], torch.Tensor], parameters: Mapping[str, Any]) -> None:
        """Follow what torch does to the tensors of the model: those that the calls were given belong to no layer.

        Args:
            function: What becomes of a tensor.
            parameters: Those of the model, which have followed, by their names.
        """
        for module in (self.module, self._module_finding_masks):
            if module is not None:
                for key in module._parameters.keys() & parameters.keys():
                    module._parameters[key] = parameters[key]
                for name, constant in module._buffers.items():
                    module._buffers[name] = None if constant is None else function(constant)

    def masked_outputs(self, masks: Any) -> list[bool]:
        """Return which outputs carry masks, for inputs with these masks."""
        given = [] if masks is None else tree.flatten(masks)
        if all(m is None for m in given):
            return [m is not None for m in self.masks]
        # The calls are recorded for once on inputs with masks.
        replaced: dict[int, KerasTensor] = {}
        for t, mask in zip(self.input_tensors, given, strict=False):
            replaced[id(t)] = KerasTensor(t.shape, t.dtype)
            if mask is not None:
                set_mask(replaced[id(t)], KerasTensor(mask.shape, "bool"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of masks that are dropped, of which the run tells
            lists = [recorded_calls(node.operation) for node in self.explicit_nodes]
            lengths = [len(calls) for calls in lists]
            try:
                for node in self.explicit_nodes:
                    call_again(node, node.operation, replaced)
            finally:
                for calls, length in zip(lists, lengths, strict=True):
                    del calls[length:]
        return [get_mask(replaced.get(id(t), t)) is not None for t in self.output_tensors]

    def forget_calls(self) -> None:
        """Take the calls out of what their layers list: the graph is made again."""
        for node in self.nodes:
            calls = node.operation._inbound_nodes
            if node in calls:
                calls.remove(node)

    def __getstate__(self) -> dict[str, Any]:
        from torchkeras_compat.models.graph_recipe import recipe_of  # 2 ms, for copies only

        # Generated code stays behind, and so do the links between calls, along which copies would recurse.
        return {"recipe": recipe_of(self), "fixes_sizes": self.fixes_sizes}

    def __setstate__(self, state: dict[str, Any]) -> None:
        from torchkeras_compat.models.graph_recipe import Recipe, calls_of  # 2 ms, for copies only

        recipe: Recipe = state["recipe"]
        self.fixes_sizes = state["fixes_sizes"]
        self.inputs, self.outputs, self.masks, self.beside, steps = calls_of(recipe)
        self.input_tensors = symbolic_leaves(self.inputs)
        self.output_tensors = symbolic_leaves(self.outputs)
        self.nodes = [node for node, _ in steps]
        self.explicit_nodes = [node for node, is_explicit in steps if is_explicit]
        self.operations = recipe.operations
        self._keys = {id(layer): key for key, layer in recipe.layers}
        self._generate()
