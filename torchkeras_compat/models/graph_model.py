"""What the two kinds of models that run a graph have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import torch
from torch import fx, nn
from torch.fx import _symbolic_trace as fx_trace
from torch.utils import _pytree as pytree

from torchkeras_compat.layers.layer.call_errors import say_layer
from torchkeras_compat.layers.layer.call_plan import PLANS, CallPlan
from torchkeras_compat.layers.layer.call_signature import stands_for_call
from torchkeras_compat.layers.layer.call_state import STATE, forget_losses
from torchkeras_compat.layers.layer.full_call import full_call
from torchkeras_compat.layers.layer.fx_tracing import tracer_of
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.masks import get_mask, set_mask
from torchkeras_compat.layers.layer.modes import plain, training_state
from torchkeras_compat.layers.layer.outside_graphs import call_unbuilt_layer
from torchkeras_compat.layers.layer.short_call import is_own_mode
from torchkeras_compat.layers.layer.structure import STRUCTURE
from torchkeras_compat.models.child_names import add_child, child_name, key_of
from torchkeras_compat.models.graph import Graph, SymbolicTensors
from torchkeras_compat.models.input_structure import arrange_inputs
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.one_autocast import one_autocast
from torchkeras_compat.models.replacement import layer_under, put_in_place, refuse_deletion
from torchkeras_compat.models.retracing import retrace
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import symbolic_leaves
from torchkeras_compat.symbolic.operation import unwrap
from torchkeras_compat.tracebacks import hide_frames

_Tensor = torch.Tensor
_Call = TypeVar("_Call", bound=Callable[..., Any])
_CALLS_OF_GRAPHS: set[Callable[..., Any]] = set()


def of_the_graph(call: _Call) -> _Call:
    """Mark the ``call`` of a class as one of its graph and nothing else; one that a subclass defines may do more."""
    _CALLS_OF_GRAPHS.add(call)
    return call


def runs_its_graph(kind: type[GraphModel]) -> bool:
    """Return whether a call of a model of this class is one of its graph, and nothing else."""
    return kind.call in _CALLS_OF_GRAPHS


class GraphModel(Model):
    """A model that runs a graph of layers: `Functional` and `Sequential`."""

    _is_graph = True
    _passes_training_down = True
    _computes = False
    _own_state = Model._own_state | {"_layer_graph", "_first_numbers"}
    _layer_graph: Graph | None = None
    _takes_other_shapes = False  # called on tensors of another rank, as its layers allow
    _has_warned_of_structure = False  # of inputs in another nesting than that of the graph
    _is_tentative = False  # whether shape inference made the graph, for sizes that may stand for any

    # -- what each kind says ---------------------------------------------------------------------------------------

    def _find_graph(self) -> Graph | None:
        """Return the graph; None where it is not known yet."""
        return self._layer_graph

    def _prepare_graph(self, inputs: Any) -> None:
        """Make the graph for a call that finds none, or one for sizes that may stand for any."""

    def _call_without_graph(self, inputs: Any) -> Any:
        """Compute the outputs where there is no graph."""
        raise NotImplementedError

    def _running_layers(self) -> Iterable[Any]:
        """Return the operations of the graph."""
        raise NotImplementedError

    def _run_instead(self, old: Any, new: Layer) -> None:
        """Run ``new`` wherever the graph runs ``old``; nothing is changed if it does not fit."""
        raise NotImplementedError

    # -- calling ---------------------------------------------------------------------------------------------------

    @stands_for_call
    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Call the model as Keras does; one tensor as the graph needs it goes straight to the generated function."""
        if self._layer_graph is None or self._is_tentative:
            if not self.built and torch.compiler.is_dynamo_compiling():
                return call_unbuilt_layer(GraphModel.forward, self, *args, **kwargs)
            try:
                self._prepare_graph(args[0] if args else kwargs.get("inputs"))
            except Exception as error:
                hide_frames(error)
                raise
        plan = self._call_plan
        if plan is None and self.built:
            plan = self._plan_call()
        graph = self._layer_graph
        if (
            plan is None
            or not plan.is_direct
            or graph is None
            or len(args) != 1
            or (kwargs and (len(kwargs) > 1 or not is_own_mode(self, kwargs.get("training", self))))
            or not plan.is_composite
            or type(self).call not in _CALLS_OF_GRAPHS
            or "call" in self.__dict__
        ):
            return super().forward(*args, **kwargs)
        x = args[0]
        if (
            type(x) is _Tensor
            and x.dtype is graph.dtype
            and (x.dtype is plan.dtype or not self.autocast or (plan.takes_integers and not x.is_floating_point()))
            and (len(x.shape) == graph.rank if graph.sizes is None else x.shape[1:] == graph.sizes)
            and plan.lowest_rank <= x.dim() <= plan.highest_rank
            and not hasattr(x, "_keras_mask")
        ):
            flat: Any = args
        else:
            takes_all = plan.takes_integers and self.input_spec is None
            flat = graph.plain_inputs.flat(x, plan.dtype if self.autocast else None) if takes_all else None
            if flat is None:
                return super().forward(*args, **kwargs)
        autocast = None
        if plan.autocast is not None or STATE.autocasts:
            kind = "cpu" if flat[0].is_meta else flat[0].device.type  # as in `precision`, for shapes
            if not torch.is_autocast_enabled(kind) or torch.get_autocast_dtype(kind) is not plan.autocast:
                if STATE.autocasts or plan.autocast is None:
                    return full_call(self, args, kwargs)
                autocast = torch.autocast(kind, plan.autocast)
        if STATE.depth == 0 and STATE.with_losses:
            forget_losses(self)
        STATE.depth += 1
        before, STATE.autocasts = STATE.autocasts, plan.autocast is not None
        try:
            if autocast is None:
                return graph.module.forward(*flat)
            with autocast:
                return graph.module.forward(*flat)
        except Exception as error:
            say_layer(error, self, args, kwargs)
            raise
        finally:
            STATE.autocasts = before
            STATE.depth -= 1

    def _make_call_plan(self) -> CallPlan:
        plan = super()._make_call_plan()
        if self._layer_graph is not None and not torch.compiler.is_compiling():
            below: list[Layer] = []
            plan.autocast = one_autocast(self._layer_graph.nodes, below)
            if plan.autocast is not None:  # where there is none, each layer having its own is right in any case
                PLANS.watch(self, below)
        return plan

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_call_plan": None}  # what changes below a copy would not reach its plan

    def _call_graph(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Compute the outputs: what ``call`` of each kind does."""
        if training is not None and training is not self.training:
            with training_state(self, bool(training)):
                return self._call_graph(inputs, mask=mask)
        graph = self._layer_graph
        if graph is None:
            graph = None if torch.compiler.is_compiling() else self._find_graph()
            if graph is None:
                return self._call_without_graph(inputs)
        if (
            type(inputs) is _Tensor
            and inputs.dtype is graph.dtype
            and mask is None
            and (len(inputs.shape) == graph.rank if graph.sizes is None else inputs.shape[1:] == graph.sizes)
        ):
            return graph.module.forward(inputs)
        if fx_trace._is_fx_tracing_flag and tracer_of(inputs) is not None:
            return retrace(graph, self, tracer_of(inputs), inputs)
        flat = arrange_inputs(self, graph, inputs)
        if mask is not None:
            for x, m in zip(flat, pytree.tree_leaves(mask, is_leaf=lambda v: v is None), strict=False):
                if m is not None and x is not None:
                    set_mask(x, m)
        if any(get_mask(x) is not None for x in flat):
            return graph.run_finding_masks(flat)
        return graph.module.forward(*flat)

    def _trace_through(self, tracer: fx.Tracer, arguments: dict[str, Any]) -> Any:
        graph = self._find_graph()
        if graph is None or not runs_its_graph(type(self)) or "call" in self.__dict__:
            return super()._trace_through(tracer, arguments)
        given = {name for name, value in arguments.items() if value is not None}
        return retrace(graph, self, tracer, arguments["inputs"]) if given == {"inputs"} else NotImplemented

    def _raise_for_input(self, x: torch.Tensor) -> None:
        graph = self._find_graph()
        if graph is not None:
            arrange_inputs(self, graph, x)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        return None  # outputs carry theirs already

    def _masked_outputs(self, masks: Any) -> list[bool]:
        graph = self._find_graph()
        return [] if graph is None else graph.masked_outputs(masks)

    def _recorded_outputs(self, inputs: Any) -> Any:
        """Return KerasTensors like the outputs, for inputs of the shapes that the graph was made for; else None."""
        graph = self._find_graph()
        if graph is None or [t.shape for t in symbolic_leaves(inputs)] != [t.shape for t in graph.input_tensors]:
            return None
        return pytree.tree_map(lambda t: KerasTensor(t.shape, t.dtype), graph.outputs)

    def _apply(self, fn: Callable[[torch.Tensor], torch.Tensor], recurse: bool = True) -> GraphModel:
        super()._apply(fn, recurse)
        if self._layer_graph is not None:
            self._layer_graph.move_constants(fn, self._parameters)
        return self

    def _compute_beside(self, tensors: Sequence[KerasTensor]) -> None:
        """Let each run compute further tensors of the graph, for what their calls do.

        Layers on the way to them that the model does not have become children of it, but for those that are frozen,
        where it is not a loss or metric that they are for: with these they are saved.

        Raises:
            ValueError: a tensor does not follow from the inputs.
        """
        graph = self._known_graph()
        modules = set(map(id, self.modules()))
        keeps_all = any(getattr(t.node.operation, "_is_recorded_term", False) for t in tensors if t.node is not None)

        def name(layer: Any) -> str:
            is_frozen = not keeps_all and getattr(layer, "weights", None) and not layer.trainable_weights
            is_known = id(layer) in modules or is_frozen
            own = str(layer.name)
            return (
                key_of(self, layer) or child_name(layer, own, (), type(self))
                if is_known
                else add_child(self, layer, own)
            )

        new = Graph(graph.inputs, graph.outputs, name, graph.fixes_sizes, [*graph.beside, *tensors])
        self.__dict__["_layer_graph"] = new
        self._parameters.update(new.module._parameters)
        self.__dict__["_step"] = self.train_function = self.test_function = self.predict_function = None
        STRUCTURE.changed()
        PLANS.changed(self)
        self._plan_call()

    # -- another layer in the place of one -------------------------------------------------------------------------

    @plain
    def __setattr__(self, name: str, value: Any) -> None:
        old = layer_under(self, name, value)
        if old is None:
            super().__setattr__(name, value)
        else:
            put_in_place(self, name, old, value)

    def __delattr__(self, name: str) -> None:
        refuse_deletion(self, name)
        super().__delattr__(name)

    def add_module(self, name: str, module: nn.Module | None) -> None:
        """Register a torch child; one under the name of a layer that the graph runs takes its place."""
        if layer_under(self, name) is not None:
            setattr(self, name, module)
        else:
            super().add_module(name, module)

    # -- inputs and outputs ----------------------------------------------------------------------------------------

    def _known_graph(self) -> Graph:
        graph = self._find_graph()
        if graph is None:
            raise AttributeError  # `Sequential.__getattr__`, where Python goes on, says what is missing
        return graph

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs, flat."""
        return list(self._known_graph().input_tensors)

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs, flat."""
        return list(self._known_graph().output_tensors)

    @property
    def input(self) -> SymbolicTensors:
        """The symbolic inputs as the model was given them."""
        return self._known_graph().inputs

    @property
    def output(self) -> SymbolicTensors:
        """The symbolic outputs as the model was given them."""
        return self._known_graph().outputs

    @property
    def input_shape(self) -> Any:
        """Shape of the input, None where not known; a list of shapes if there are several."""
        return unwrap([t.shape for t in self._known_graph().input_tensors])

    @property
    def output_shape(self) -> Any:
        """Shape of the output, None where not known; a list of shapes if there are several."""
        return unwrap([t.shape for t in self._known_graph().output_tensors])

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs."""
        return self._known_graph().input_names

    @property
    def output_names(self) -> list[str]:
        """Names of the operations that give the outputs."""
        return self._known_graph().output_names

    @property
    def graph_module(self) -> fx.GraphModule:
        """The `torch.fx.GraphModule` that runs; it shares its layers with the model."""
        return self._known_graph().module
