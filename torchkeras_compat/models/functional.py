"""A model made of recorded calls, run as a `torch.fx.GraphModule`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from torch import fx, nn
from torch.utils import _pytree as pytree

from torchkeras_compat.kinds import named_in_files
from torchkeras_compat.layers.core.input_layer import InputLayer
from torchkeras_compat.layers.core.torch_module_wrapper import TorchModuleWrapper
from torchkeras_compat.layers.layer.call_plan import PLANS
from torchkeras_compat.layers.layer.structure import STRUCTURE
from torchkeras_compat.models.child_names import add_child, keys_of, torch_child
from torchkeras_compat.models.graph import Graph
from torchkeras_compat.models.graph_model import GraphModel, of_the_graph, runs_its_graph
from torchkeras_compat.models.input_structure import keeps_floats
from torchkeras_compat.models.model import LAYERS_ARE_RESERVED, Model
from torchkeras_compat.models.recording import call_again, checked_ends
from torchkeras_compat.models.replacement import exchange_child
from torchkeras_compat.plugins.config_source import reading_config
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import Node
from torchkeras_compat.symbolic.recording import recorded_calls


@named_in_files("layers")
class Functional(GraphModel):
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

    _first_call_number = 1  # number 0 is the call that made the model
    _layer_graph: Graph

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, **kwargs: Any) -> None:
        trainable = kwargs.pop("trainable", None)
        super().__init__(name=name, **kwargs)
        self._connect(inputs, outputs)
        if trainable is not None and not trainable:
            self.trainable = False

    def _connect(self, inputs: Any, outputs: Any, beside: Sequence[KerasTensor] = ()) -> None:
        """Take the graph between symbolic inputs and outputs as this model's."""
        known = keys_of(self)

        def name(layer: Any) -> str:
            return known.get(id(torch_child(layer))) or add_child(self, layer, str(layer.name))

        graph = Graph(*checked_ends(inputs, outputs), name, beside=beside)
        state = self.__dict__
        state["_layer_graph"] = graph
        self._parameters.update(graph.module._parameters)
        if keeps_floats(graph.input_tensors):
            state["autocast"] = False
        STRUCTURE.changed()
        self._build_state.path_prefix = None
        state["built"] = True
        PLANS.changed(self)
        self._plan_call()

    @of_the_graph
    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Compute the outputs.

        Args:
            inputs: Tensors in the nesting of ``inputs``; a dict may also go by the names of the inputs.
            training: Handled by ``forward``, which switches the layers, unless a subclass gives another one.
            mask: Masks of the inputs.
        """
        return self._call_graph(inputs, training, mask)

    @property
    def _unwraps_single_output(self) -> bool:
        return runs_its_graph(type(self))

    def compute_output_spec(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        known = self._recorded_outputs(inputs)
        return super().compute_output_spec(inputs) if known is None else known

    @property
    def operations(self) -> list[Any]:
        """Layers and recorded functions in the order in which they run."""
        return list(self._layer_graph.operations)

    _operations = operations  # Keras's own name, which code around Keras reads

    @property
    def layers(self) -> list[Any]:
        """The layers in the order in which they run."""
        return [o for o in self._layer_graph.operations if isinstance(o, nn.Module)]

    @layers.setter
    def layers(self, value: Any) -> None:
        raise AttributeError(LAYERS_ARE_RESERVED)

    @property
    def graph(self) -> fx.Graph:
        """The generated `torch.fx.Graph`."""
        return self._layer_graph.module.graph

    def _children(self) -> list[Any]:
        seen: set[int] = set()
        found: list[nn.Module] = []
        graph: Graph | None = self.__dict__.get("_layer_graph")
        for o in () if graph is None else graph.operations:
            if isinstance(o, nn.Module) and not isinstance(o, InputLayer) and id(o) not in seen:
                seen.add(id(o))
                if isinstance(o, TorchModuleWrapper) and o._is_transparent:
                    seen.add(id(o.module))
                found.append(o)
        for child in super()._children():
            if id(child) not in seen and not isinstance(child, InputLayer):
                seen.add(id(child))
                found.append(child)
        return found

    def _running_layers(self) -> Iterator[Any]:
        graph: Graph | None = self.__dict__.get("_layer_graph")
        return (node.operation for node in (() if graph is None else graph.nodes))

    def _run_instead(self, old: Any, new: Any) -> None:
        calls = self._layer_graph._nodes_without_masks()
        replaced: dict[int, KerasTensor] = {}
        recorded: list[Node] = []  # the calls that were made again
        lists = {id(o): recorded_calls(o) for o in (new, *(node.operation for node in calls))}
        lengths = {key: len(made) for key, made in lists.items()}
        state = dict(self.__dict__)
        modules, parameters = dict(self._modules), dict(self._parameters)
        try:
            for node in calls:
                changed = any(id(t) in replaced for t in node.explicit_inputs)
                if changed or node.operation is old:
                    call_again(node, new if node.operation is old else node.operation, replaced)
                    recorded.append(node)
            graph = self._layer_graph
            outputs, beside = pytree.tree_map(lambda t: replaced.get(id(t), t), (graph.outputs, graph.beside))
            exchange_child(self, old, new)
            self._connect(graph.inputs, outputs, beside)
        except BaseException:
            for key, made in lists.items():
                del made[lengths[key] :]
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

    def get_build_config(self) -> dict[str, Any]:
        """Return what files store in place of shapes: its inputs say them."""
        return {"input_shape": None}

    def get_config(self) -> dict[str, Any]:
        from torchkeras_compat.models.functional_config import functional_config, takes_graph  # 10 ms, for configs only

        return functional_config(self) if takes_graph(type(self)) else super().get_config()

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Return a new model made from what ``get_config`` returned."""
        if not {"layers", "input_layers", "output_layers"} <= config.keys():
            return super().from_config(config, custom_objects)
        from torchkeras_compat.models.functional_config import functional_from_config  # 10 ms, for configs only

        with reading_config():
            return functional_from_config(cls, config, custom_objects)

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        if any(isinstance(x, KerasTensor) for x in pytree.tree_leaves(self._arguments)):
            # A tensor leads to its call, to the tensors before it, and so on: copies would recurse along the graph.
            state["_arguments"] = pytree.tree_map(_without_call, self._arguments)
        return state


Model._functional_class = Functional


def _put_in_front(calls: list[Node], old: Node, replaced: dict[int, KerasTensor]) -> None:
    """Let the call that was made again be found where the old one was; models that run that one keep it, behind."""
    new = replaced[id(old.output_tensors[0])].node
    if new in calls and old in calls:
        calls.remove(new)
        calls[calls.index(old)] = new
        calls.append(old)


def _without_call(x: Any) -> Any:
    return KerasTensor(x.shape, x.dtype, name=x.name) if isinstance(x, KerasTensor) else x
