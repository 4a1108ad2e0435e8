"""A model made of recorded calls, run as a `torch.fx.GraphModule`."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import fx, nn
from torch.utils import _pytree as pytree

from torchkeras_compat import tree
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.core.input_layer import InputLayer
from torchkeras_compat.layers.layer.masks import get_mask, set_mask
from torchkeras_compat.layers.layer.modes import training_state
from torchkeras_compat.layers.layer.structure import STRUCTURE
from torchkeras_compat.models.child_names import add_child, torch_child
from torchkeras_compat.models.functional_config import functional_config, functional_from_config, takes_graph
from torchkeras_compat.models.input_structure import arrange_inputs, check_connected, keeps_floats
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.replacement import ReplacesLayers
from torchkeras_compat.plugins.config_source import reading_config
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import Node, symbolic_leaves
from torchkeras_compat.symbolic.operation import unwrap
from torchkeras_compat.symbolic.order import explicit_nodes, in_order_of_running, operations_by_depth
from torchkeras_compat.symbolic.program import bare, generate, needed_masks, nodes_between
from torchkeras_compat.symbolic.recording import recorded_calls
from torchkeras_compat.user_warnings import warn_user


class Functional(ReplacesLayers, Model):
    """Model from symbolic inputs to symbolic outputs; `Model(inputs, outputs)` makes one.

    Args:
        inputs: KerasTensors made by `Input`, or computed ones to cut the graph there, in any nesting.
        outputs: KerasTensors computed from them, in any nesting.
        name: Name, unique by default.

    Attributes:
        graph_module: The `torch.fx.GraphModule` that runs; it shares its layers with the model.

    Raises:
        ValueError: the outputs do not follow from the inputs, or an input comes twice.

    Example:
        >>> x = keras.Input((4,))
        >>> Functional(x, x * 2)(torch.ones(1, 4)).tolist()
        [[2.0, 2.0, 2.0, 2.0]]

    Source: Keras guide, the functional API.
    """

    _is_graph = True
    _passes_training_down = True
    _computes = False
    _own_state = Model._own_state | frozenset(
        "_operations _nodes _explicit_nodes _masks _inputs_struct _outputs_struct _inputs_flat graph_module".split()
    )
    _number_of_first_call = 1  # in configs: number 0 is the call that made the model
    _fixes_sizes = True  # whether inputs must have the sizes that the symbolic inputs have

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, **kwargs: Any) -> None:
        trainable = kwargs.pop("trainable", None)
        super().__init__(name=name, **kwargs)
        self._connect(inputs, outputs)
        if trainable is not None and not trainable:
            self.trainable = False

    def _connect(self, inputs: Any, outputs: Any) -> None:
        """Take the graph between symbolic inputs and outputs as this model's."""
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
        inputs, outputs = self._cut(inputs, outputs)
        state = self.__dict__
        state["_inputs_struct"] = inputs
        state["_outputs_struct"] = outputs
        state["_inputs_flat"] = symbolic_leaves(inputs)
        outputs_flat = symbolic_leaves(outputs)
        masks = needed_masks(outputs_flat)
        nodes = nodes_between(state["_inputs_flat"], [*outputs_flat, *(m for m in masks if m is not None)])
        # Keras's order of running them: by it a layer that is called twice updates its statistics.
        nodes = in_order_of_running(nodes)
        explicit = {id(n) for n in explicit_nodes(state["_inputs_flat"], outputs_flat)}
        state["_nodes"] = nodes
        state["_masks"] = masks
        state["_explicit_nodes"] = [n for n in nodes if id(n) in explicit]
        self._register_operations()
        STRUCTURE.changed()
        self._generate()
        self._building.path_prefix = None
        state["built"] = True
        self._plan_call()

    def _cut(self, inputs: Any, outputs: Any) -> tuple[Any, Any]:
        """Start from computed tensors: replay what lies behind them on new inputs."""
        if all(isinstance(t.node.operation, InputLayer) if t.node else False for t in symbolic_leaves(inputs)):
            return inputs, outputs
        replaced: dict[int, KerasTensor] = {}
        for t in symbolic_leaves(inputs):
            is_input = t.node is not None and isinstance(t.node.operation, InputLayer)
            replaced[id(t)] = t if is_input else InputLayer(batch_shape=t.shape, dtype=t.dtype, name=None).output
            mask = get_mask(t)
            if mask is not None and not is_input:
                warn_user(f"The mask of {t.name} is not an input of the model cut there; it starts without.")
        return replay(symbolic_leaves(inputs), symbolic_leaves(outputs), replaced, inputs, outputs)

    def _register_operations(self) -> None:
        state = self.__dict__
        state["_operations"] = operations_by_depth(state["_inputs_flat"], symbolic_leaves(state["_outputs_struct"]))
        names = [o.name for o in state["_operations"]]
        for name, number in Counter(names).items():
            if number > 1:
                raise ValueError(
                    f'The name "{name}" is used {number} times in the model. All operation names should be unique.'
                )
        for operation in [*state["_operations"], *(n.operation for n in state["_nodes"])]:
            if isinstance(operation, nn.Module):
                add_child(self, operation, str(operation.name))

    def _generate(self) -> None:
        state = self.__dict__
        state["graph_module"] = self._graph_of(state["_nodes"], with_masks=True)
        for key, parameter in self.graph_module._parameters.items():
            self._parameters[key] = parameter
        state["_graph_finding_masks"] = None
        first = state["_inputs_flat"][0]
        # What one tensor must look like to be run at once: in all else `arrange_inputs` decides.
        state["_single"] = isinstance(state["_inputs_struct"], KerasTensor)
        state["_dtype"] = None if first.dtype == "string" else to_torch_dtype(first.dtype)
        if keeps_floats(state["_inputs_flat"]):
            state["autocast"] = False
        state["_rank"] = first.ndim
        state["_sizes"] = first.shape[1:] if self._fixes_sizes and None not in first.shape[1:] else None

    def _graph_of(self, nodes: list[Node], with_masks: bool) -> fx.GraphModule:
        keys = {id(child): key for key, child in self._modules.items()}
        names = {id(n.operation): keys.get(id(torch_child(n.operation)), "layer") for n in nodes}
        return generate(self._inputs_flat, bare(self._outputs_struct), nodes, self._masks, with_masks, names)

    @property
    def _returns_a_lone_output_bare(self) -> bool:
        return type(self).call is Functional.call

    def _apply(self, fn: Callable, recurse: bool = True) -> Functional:
        super()._apply(fn, recurse)
        for graph_module in (self.graph_module, self._graph_finding_masks):
            if graph_module is not None:
                for key in graph_module._parameters:
                    graph_module._parameters[key] = self._parameters[key]
                for key, constant in graph_module._buffers.items():
                    graph_module._buffers[key] = fn(constant)
        return self

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Compute the outputs.

        Args:
            inputs: Tensors in the nesting of ``inputs``; a dict may also go by the names of the inputs.
            training: Handled by ``forward``, which switches the layers, unless a subclass gives another one.
            mask: Masks of the inputs.
        """
        if training is not None and training is not self.training:
            with training_state(self, bool(training)):
                return Functional.call(self, inputs, mask=mask)
        if (
            self._single
            and type(inputs) is torch.Tensor
            and inputs.dtype is self._dtype
            and mask is None
            and (inputs.shape[1:] == self._sizes if self._sizes is not None else len(inputs.shape) == self._rank)
        ):
            return self.graph_module.forward(inputs)
        flat = arrange_inputs(self, inputs)
        if mask is not None:
            for x, m in zip(flat, pytree.tree_leaves(mask, is_leaf=lambda v: v is None), strict=False):
                if m is not None and x is not None:
                    set_mask(x, m)
        if any(get_mask(x) is not None for x in flat):
            return self._with_found_masks(flat)
        return self.graph_module.forward(*flat)

    def _with_found_masks(self, flat: list[Any]) -> Any:
        """Run with masks on the inputs, which the recorded graph knows nothing of: layers find them on the tensors."""
        if self._graph_finding_masks is None:
            nodes = [n for n in self._nodes if any(n is e for e in self._explicit_nodes)]
            self.__dict__["_graph_finding_masks"] = self._graph_of(nodes, with_masks=False)
        return self._graph_finding_masks.forward(*flat)

    def _raise_for_input(self, x: torch.Tensor) -> None:
        arrange_inputs(self, x)

    def compute_output_spec(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        same = len(symbolic_leaves(inputs)) == len(self._inputs_flat) and all(
            t.shape == e.shape for t, e in zip(symbolic_leaves(inputs), self._inputs_flat, strict=True)
        )
        if same:
            return pytree.tree_map(lambda t: KerasTensor(t.shape, t.dtype), self._outputs_struct)
        return super().compute_output_spec(inputs)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None  # outputs carry theirs already

    def _masked_outputs(self, masks: Any) -> list[bool]:
        given = [] if masks is None else tree.flatten(masks)
        if all(m is None for m in given):
            return [m is not None for m in self._masks]
        # The calls are recorded for once on inputs with masks.
        replaced: dict[int, KerasTensor] = {}
        for t, mask in zip(self._inputs_flat, given, strict=False):
            replaced[id(t)] = KerasTensor(t.shape, t.dtype)
            if mask is not None:
                set_mask(replaced[id(t)], KerasTensor(mask.shape, "bool"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of masks that are dropped, of which the run tells
            lists = [recorded_calls(node.operation) for node in self._explicit_nodes]
            lengths = [len(calls) for calls in lists]
            try:
                for node in self._explicit_nodes:
                    call_again(node, node.operation, replaced)
            finally:
                for calls, length in zip(lists, lengths, strict=True):
                    del calls[length:]
        return [get_mask(replaced.get(id(t), t)) is not None for t in symbolic_leaves(self._outputs_struct)]

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs, flat."""
        return list(self._inputs_flat)

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs, flat."""
        return symbolic_leaves(self._outputs_struct)

    @property
    def input(self) -> Any:
        """The symbolic inputs as the model was given them."""
        return self._inputs_struct

    @property
    def output(self) -> Any:
        """The symbolic outputs as the model was given them."""
        return self._outputs_struct

    @property
    def input_shape(self) -> Any:
        """Shape of the input; a list of shapes if there are several."""
        return unwrap([t.shape for t in self.inputs])

    @property
    def output_shape(self) -> Any:
        """Shape of the output; a list of shapes if there are several."""
        return unwrap([t.shape for t in self.outputs])

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs."""
        return [t.node.operation.name for t in self._inputs_flat]

    @property
    def output_names(self) -> list[str]:
        """Names of the operations that give the outputs."""
        return [t.node.operation.name for t in self.outputs if t.node is not None]

    @property
    def operations(self) -> list[Any]:
        """Layers and recorded functions in the order in which they run."""
        return list(self._operations)

    @Model.layers.getter  # type: ignore[attr-defined]
    def layers(self) -> list[Any]:
        """The layers in the order in which they run."""
        return [o for o in self._operations if isinstance(o, nn.Module)]

    @property
    def graph(self) -> fx.Graph:
        """The generated `torch.fx.Graph`."""
        return self.graph_module.graph

    def _children(self) -> list[Any]:
        seen: set[int] = set()
        found = []
        for o in self.__dict__.get("_operations", ()):
            if isinstance(o, nn.Module) and not isinstance(o, InputLayer) and id(o) not in seen:
                seen.add(id(o))
                if o.__dict__.get("_stands_in"):
                    seen.add(id(torch_child(o)))
                found.append(o)
        for child in super()._children():
            if id(child) not in seen and not isinstance(child, InputLayer):
                seen.add(id(child))
                found.append(child)
        return found

    def _running_layers(self) -> Iterator[Any]:
        return (node.operation for node in self.__dict__.get("_nodes", ()))

    def _run_instead(self, old: Any, new: Any) -> None:
        replaced: dict[int, KerasTensor] = {}
        recorded: list[Node] = []  # the calls that were made again
        lists = {id(o): recorded_calls(o) for o in (new, *(node.operation for node in self._explicit_nodes))}
        lengths = {key: len(calls) for key, calls in lists.items()}
        state = dict(self.__dict__)
        modules, parameters = dict(self._modules), dict(self._parameters)
        try:
            for node in self._explicit_nodes:
                changed = any(id(t) in replaced for t in node.explicit_inputs)
                if changed or node.operation is old:
                    call_again(node, new if node.operation is old else node.operation, replaced)
                    recorded.append(node)
            outputs = pytree.tree_map(lambda t: replaced.get(id(t), t), self._outputs_struct)
            self._exchange_child(old, new)
            self._connect(self._inputs_struct, outputs)
        except BaseException:
            for key, calls in lists.items():
                del calls[lengths[key] :]
            self.__dict__.update(state)
            STRUCTURE.changed()
            pairs: Any = ((self._modules, modules), (self._parameters, parameters))
            for own, before in pairs:
                own.clear()
                own.update(before)
            raise
        for node in recorded:
            if node.operation is not old:
                _put_in_front(lists[id(node.operation)], node, replaced)

    def get_config(self) -> dict[str, Any]:
        return functional_config(self) if takes_graph(type(self)) else super().get_config()

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a new model made from what ``get_config`` returned."""
        if not {"layers", "input_layers", "output_layers"} <= config.keys():
            return super().from_config(config, custom_objects)
        with reading_config():
            return functional_from_config(cls, config, custom_objects)

    def __getstate__(self) -> dict[str, Any]:
        # Generated code and links between recorded calls stay behind: `__setstate__` records the calls again.
        skipped = (
            "graph_module",
            "_graph_finding_masks",
            "_nodes",
            "_explicit_nodes",
            "_masks",
            "_inputs_struct",
            "_outputs_struct",
            "_inputs_flat",
        )
        state = {k: v for k, v in super().__getstate__().items() if k not in skipped}
        state["_recipe"] = _to_recipe(self)
        if any(isinstance(x, KerasTensor) for x in pytree.tree_leaves(self._arguments)):
            # A tensor leads to its call, to the tensors before it, and so on: copies would recurse along the graph.
            state["_arguments"] = pytree.tree_map(_without_call, self._arguments)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        recipe = state.pop("_recipe")
        super().__setstate__(state)
        _from_recipe(self, recipe)


def _put_in_front(calls: list[Node], old: Node, replaced: dict[int, KerasTensor]) -> None:
    """Let the call that was made again be found where the old one was; models that run that one keep it, behind."""
    new = replaced[id(old.output_tensors[0])].node
    if new in calls and old in calls:
        calls.remove(new)
        calls[calls.index(old)] = new
        calls.append(old)


def _without_call(x: Any) -> Any:
    return KerasTensor(x.shape, x.dtype, name=x.name) if isinstance(x, KerasTensor) else x


class _Reference:
    """Stands for the symbolic tensor with this number in a recipe."""

    def __init__(self, number: int) -> None:
        self.number = number


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


def replay(
    inputs: list[KerasTensor],
    outputs: list[KerasTensor],
    replaced: dict[int, KerasTensor],
    in_struct: Any,
    out_struct: Any,
) -> tuple[Any, Any]:
    """Record the calls between computed tensors and outputs again, from other tensors."""

    def swap(x: Any) -> Any:
        return replaced.get(id(x), x) if isinstance(x, KerasTensor) else x

    explicit = {id(n) for n in explicit_nodes(inputs, outputs)}
    for node in nodes_between(inputs, outputs):
        if id(node) not in explicit:
            continue
        call_again(node, node.operation, replaced)
    return pytree.tree_map(swap, in_struct), pytree.tree_map(swap, out_struct)


def _to_recipe(model: Functional) -> dict[str, Any]:
    numbers: dict[int, int] = {}
    specs: list[tuple] = []

    def number(t: KerasTensor) -> _Reference:
        if id(t) not in numbers:
            numbers[id(t)] = len(specs)
            specs.append((t.shape, t.dtype, t.name))
        return _Reference(numbers[id(t)])

    def flat(x: Any) -> Any:
        return pytree.tree_map(lambda t: number(t) if isinstance(t, KerasTensor) else t, x)

    explicit = {id(n) for n in model._explicit_nodes}
    return {
        "inputs": flat(model._inputs_struct),
        "input_layers": [t.node.operation for t in model._inputs_flat],
        "steps": [
            (n.operation, flat(n.args), flat(n.kwargs), flat(n.implied), flat(n.outputs), id(n) in explicit)
            for n in model._nodes
        ],
        "outputs": flat(model._outputs_struct),
        "masks": flat(list(model._masks)),
        "specs": specs,
    }


def _from_recipe(model: Functional, recipe: dict[str, Any]) -> None:
    tensors = [KerasTensor(shape, dtype, name=name) for shape, dtype, name in recipe["specs"]]

    def back(x: Any) -> Any:
        return pytree.tree_map(lambda r: tensors[r.number] if isinstance(r, _Reference) else r, x)

    state = model.__dict__
    state["_inputs_struct"] = back(recipe["inputs"])
    state["_inputs_flat"] = symbolic_leaves(state["_inputs_struct"])
    for layer, tensor in zip(recipe["input_layers"], state["_inputs_flat"], strict=True):
        layer.__dict__["_inbound_nodes"] = [Node(layer, (), {}, {}, tensor)]
    state["_nodes"] = []
    state["_explicit_nodes"] = []
    for operation, args, kwargs, implied, outputs, is_explicit in recipe["steps"]:
        node = Node(operation, back(args), back(kwargs), back(implied), back(outputs))
        operation.__dict__.setdefault("_inbound_nodes", []).append(node)
        state["_nodes"].append(node)
        if is_explicit:
            state["_explicit_nodes"].append(node)
    state["_outputs_struct"] = back(recipe["outputs"])
    state["_masks"] = back(recipe["masks"])
    for t, mask in zip(symbolic_leaves(state["_outputs_struct"]), state["_masks"], strict=True):
        if mask is not None:
            set_mask(t, mask)
    model._generate()
