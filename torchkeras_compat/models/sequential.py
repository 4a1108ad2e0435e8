"""`Sequential`: layers one after the other."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from torchkeras_compat import naming
from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.device import is_inferring_shapes
from torchkeras_compat.dtypes.names import is_int_dtype, standardize_dtype
from torchkeras_compat.layers.core.input_layer import InputLayer
from torchkeras_compat.layers.core.torch_module_wrapper import TorchModuleWrapper
from torchkeras_compat.layers.layer.call_plan import PLANS
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import Modes
from torchkeras_compat.layers.layer.shape_inference import infer_call
from torchkeras_compat.layers.layer.state import LayerState
from torchkeras_compat.layers.layer.structure import STRUCTURE
from torchkeras_compat.layers.preprocessing.texts import texts_in
from torchkeras_compat.models.child_names import add_child, keys_of, remove_child, torch_child
from torchkeras_compat.models.graph import Graph
from torchkeras_compat.models.graph_model import GraphModel, of_the_graph
from torchkeras_compat.models.input_structure import keeps_floats
from torchkeras_compat.models.layer_chain import LayerChain
from torchkeras_compat.models.layer_sequence import LayerSequence
from torchkeras_compat.models.recording import checked_ends
from torchkeras_compat.models.replacement import exchange_child
from torchkeras_compat.plugins.config_source import reading_config
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.shapes import open_batch
from torchkeras_compat.variable_base import VariableBase

if TYPE_CHECKING:
    from torchkeras_compat.models.functional import Functional

_MAKING_A_GRAPH = threading.RLock()


class Sequential(LayerSequence):
    """A stack of layers; the output of each is the input of the next.

    With a known input shape (an `Input`, or ``input_shape``/``input_dim`` of the first layer) it is built at once, else
    on its first call. Once built it runs as a `torch.fx.GraphModule`. It is a sequence of its ``layers``: ``model[0]``,
    ``model[1:]``, ``len(model)``, ``for layer in model``, ``model[-1] = Dense(3)``, ``del model[-1]``.

    Args:
        layers: Layers, models and plain `torch.nn.Module` objects.
        trainable: Whether training changes the weights.
        name: Name, unique by default.

    Raises:
        ValueError: two layers have one name, or something is not a layer.

    Example:
        >>> from torchkeras_compat.layers import Dense
        >>> model = Sequential([Dense(5, input_dim=4), Dense(3, activation="relu")])
        >>> model.output_shape, model.count_params()
        ((None, 3), 43)

    Source: Keras API, models/Sequential.
    """

    _own_state = GraphModel._own_state | {"_stack", "_chain", "_names"}

    def __init__(self, layers: Sequence[Any] | None = None, trainable: bool = True, name: str | None = None) -> None:
        super().__init__(trainable=trainable, name=name)
        state = self.__dict__
        state["_stack"] = []
        state["_layer_graph"] = state["_chain"] = None
        for layer in layers or ():
            self._push(layer)
        self._maybe_rebuild()

    @of_the_graph
    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Run the layers one after the other.

        Args:
            inputs: Tensors for the first layer.
            training: Handled by ``forward``, which switches the layers, unless a subclass gives another one.
            mask: Masks of the inputs.
        """
        return self._call_graph(inputs, training, mask)

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Put a layer on top.

        Args:
            layer: Layer, model, `torch.nn.Module`, or KerasTensor made by `Input`.
            rebuild: Whether to build at once if the input shape is known.

        Raises:
            ValueError: ``layer`` is not a layer, an `Input` does not come first, or its name is taken.
        """
        chain, number = self._chain, len(self._stack)
        self._push(layer)
        if not rebuild:
            self._forget_graph()
        elif chain is not None and len(self._stack) == number + 1:
            self._extend(chain)
        else:
            self._maybe_rebuild()

    def pop(self, rebuild: bool = True) -> Any:
        """Take the topmost layer off and return it.

        Raises:
            ValueError: there is none.
        """
        if not self.layers:
            raise ValueError("There are no layers in the model to pop. Add one first.")
        layer = self._stack.pop()
        remove_child(self, layer)
        if rebuild:
            self._maybe_rebuild()
        else:
            self._forget_graph()
        return layer

    def _push(self, layer: Any) -> None:
        stack: list[Any] = self._stack
        if isinstance(layer, KerasTensor) and layer.node is not None and isinstance(layer.node.operation, InputLayer):
            layer = layer.node.operation
        if isinstance(layer, nn.Module) and not isinstance(layer, Layer):
            layer = TorchModuleWrapper(layer)
        if not isinstance(layer, Layer):
            raise ValueError(
                "Only instances of `keras.Layer` or `torch.nn.Module` can be added to a Sequential model. "
                f"Received: {layer} (of type {type(layer)})"
            )
        shape = layer._input_shape_argument
        if not stack and shape is not None and not isinstance(layer, InputLayer):
            self._push(InputLayer(batch_shape=shape, dtype=layer._input_dtype_hint))
        if stack and isinstance(layer, InputLayer):
            raise ValueError(
                f"Sequential model '{self.name}' has already been configured to use input shape"
                f" {self._stack[0].batch_shape if isinstance(stack[0], InputLayer) else None}. You cannot add a"
                " different Input layer to it."
            )
        renamed, names = self.__dict__.get("_names", (None, set()))
        if renamed != LayerState.renamed:
            names = {x.name for x in stack}
            self.__dict__["_names"] = LayerState.renamed, names
        if layer.name in names and any(x.name == layer.name for x in stack):  # not one that has gone
            raise ValueError(
                "All layers added to a Sequential model should have unique names. Name "
                f'"{layer.name}" is already the name of a layer in this model. Update the `name` argument to pass a'
                " unique name."
            )
        stack.append(layer)
        names.add(layer.name)
        add_child(self, layer, layer.name)

    @property
    def _functional(self) -> Functional | None:
        """A functional model of the same layers, under Keras's name for it; None while the input shape is not known."""
        graph = self._find_graph()
        if graph is None:
            return None
        modes = Modes(self)  # layers take the mode of the model that they enter
        found = self._functional_class(graph.inputs, graph.outputs, name=self.name)
        modes.restore()
        found.training = self.training
        return found

    def _find_graph(self) -> Graph | None:
        # After `add` it is made when asked for.
        state = self.__dict__
        if state.get("_layer_graph") is None and state.get("_chain") is not None:
            with _MAKING_A_GRAPH:  # two threads may ask at once
                if state.get("_layer_graph") is None and state.get("_chain") is not None:
                    self._make_graph(state["_chain"])
        graph: Graph | None = state.get("_layer_graph")
        return graph

    def _forget_graph(self) -> None:
        state = self.__dict__
        state["_layer_graph"] = state["_chain"] = None
        state["built"] = False
        state["_call_plan"] = None
        PLANS.changed(self)
        self._call_losses.version = 0
        STRUCTURE.changed()

    def _maybe_rebuild(self) -> None:
        self._forget_graph()
        if not self._stack or (len(self._stack) == 1 and isinstance(self._stack[0], InputLayer)):
            return
        first = self._stack[0]
        if isinstance(first, InputLayer):
            self._build_graph(first.output)
        elif isinstance(first, GraphModel):
            graph = first._find_graph()
            if graph is not None and isinstance(graph.inputs, KerasTensor):
                self._build_graph(InputLayer(batch_shape=graph.inputs.shape, dtype=graph.inputs.dtype).output)
        elif first._brings_inputs:
            inputs = first._own_inputs()
            if inputs is not None:
                self._build_graph(inputs)

    def _extend(self, chain: LayerChain) -> None:
        """Call the topmost layer on the output of those below; the graph is made later."""
        self._forget_graph()
        if is_inferring_shapes() or not chain.extend(self._stack[-1], self.name):
            self._maybe_rebuild()
            return
        naming.auto_name("functional")
        if not chain.is_plain:  # what is wrong with it is said at once
            self._make_graph(chain)
        self._finish_building(chain)

    def _build_graph(self, start: Any) -> None:
        chain = LayerChain(start)
        for layer in self.layers:
            chain.call(layer, self.name)
        naming.auto_name("functional")  # Keras's inner model takes a name, which moves those of later models on
        self._make_graph(chain)
        self.__dict__["_is_tentative"] = is_inferring_shapes()
        self._finish_building(chain)

    def _finish_building(self, chain: LayerChain) -> None:
        state = self.__dict__
        can_grow = chain.is_plain and chain.start is getattr(self._stack[0], "output", None)
        state["_chain"] = chain if can_grow else None
        state["built"] = True
        self._build_state.path_prefix = None
        self._plan_call()

    def _make_graph(self, chain: LayerChain) -> None:
        # Sizes of the data are the business of the layers.
        ends = checked_ends(chain.start, chain.end)
        keys = keys_of(self)
        graph = Graph(*ends, lambda layer: keys.get(id(torch_child(layer)), "layer"), fixes_sizes=False)
        self.__dict__.update(_layer_graph=graph, autocast=not keeps_floats(graph.input_tensors))

    def build(self, input_shape: Any = None) -> None:
        """Build all layers for inputs of a shape, batch axis first, None where not known.

        Raises:
            ValueError: there are no layers, or no shape is known.
        """
        if self._find_graph() is not None:
            own = self.input_shape
            if input_shape is not None and not _fits(tuple(input_shape), own):
                raise ValueError(
                    f"Sequential model '{self.name}' has already been configured to use input shape {own}. You cannot"
                    f" build it with input_shape {tuple(input_shape)}."
                )
            return
        if not self.layers:
            raise ValueError(
                f"Sequential model {self.name} cannot be built because it has no layers. Call `model.add(layer)`."
            )
        if input_shape is None:
            if isinstance(self._stack[0], InputLayer):
                self._maybe_rebuild()
                return
            raise ValueError("You must provide an `input_shape` argument.")
        if isinstance(input_shape, (list, tuple)) and all(s is None or isinstance(s, int) for s in input_shape):
            with contextlib.suppress(NotImplementedError):  # without a graph, the layers run one by one
                self._build_for(KerasTensor(tuple(input_shape)))

    def _build_for(self, spec: KerasTensor, name: str | None = None) -> None:
        hint = self.layers[0]._input_dtype_hint
        entry = InputLayer(batch_shape=spec.shape, dtype=hint or spec.dtype, name=name)
        self._stack.insert(0, entry)
        STRUCTURE.changed()
        add_child(self, entry, entry.name)
        scopes = naming.open_names[:]
        if scopes and scopes[-1] == self.name:
            naming.open_names.pop()
        try:
            self._build_graph(entry.output)
        except BaseException:
            self._stack.remove(entry)
            remove_child(self, entry)
            STRUCTURE.changed()
            raise
        finally:
            naming.open_names[:] = scopes

    def _of_layers(self, start: list[Any], layers: list[Any]) -> Sequential:
        return Sequential([*start, *layers])

    def _hold(self, stack: list[Any]) -> None:
        for layer in self._stack:
            if all(layer is not other for other in stack):
                remove_child(self, layer)
        self._stack[:] = stack
        for layer in stack:
            add_child(self, layer, layer.name)
        self._maybe_rebuild()

    def _running_layers(self) -> list[Any]:
        stack: list[Any] = self.__dict__.get("_stack", [])
        return stack

    def _run_instead(self, old: Any, new: Any) -> None:
        stack, graph, chain, before = self._stack, self._find_graph(), self._chain, dict(self._modules)
        place = next(i for i, layer in enumerate(stack) if layer is old)
        if any(layer.name == new.name for layer in stack if layer is not old):
            raise ValueError(f"The name '{new.name}' is taken by another layer of the model.")
        stack[place] = new
        exchange_child(self, old, new)
        STRUCTURE.changed()
        if graph is None:
            return
        try:
            self._build_graph(graph.input_tensors[0])
        except BaseException:
            stack[place] = old
            self.__dict__.update(_layer_graph=graph, _chain=chain)
            STRUCTURE.changed()
            self._modules.clear()
            self._modules.update(before)
            raise
        graph.forget_calls()

    def _prepare_graph(self, inputs: Any) -> None:
        if self._is_tentative:
            self._open_differing_sizes(inputs)
        if self._layer_graph is not None:
            return
        if self._chain is not None:
            if not torch.compiler.is_compiling():
                self._find_graph()
        elif self._stack:
            texts = texts_in(inputs)
            if texts is None and not _is_tensor(inputs):
                return
            shape = (inputs if texts is None else texts).shape
            shape = open_batch(shape) if is_inferring_shapes() else tuple(shape)
            with contextlib.suppress(NotImplementedError):  # without a graph, the layers run one by one
                if texts is None:
                    self._build_for_data(shape, inputs)
                else:
                    self._build_for(KerasTensor(shape, "string"))

    def _build_for_data(self, shape: Any, inputs: Any) -> None:
        """Build for inputs of a shape: for floats, as Keras does, and for integers where the layers take only these."""
        try:
            self._build_for(KerasTensor(shape, self.compute_dtype))
        except NotImplementedError:
            raise
        except Exception:
            dtype = getattr(inputs, "dtype", None)
            if dtype is None or not is_int_dtype(dtype):
                raise
            with contextlib.suppress(Exception):  # the first error says what is wrong
                self._build_for(KerasTensor(shape, standardize_dtype(dtype)))
                return
            raise

    def _open_differing_sizes(self, inputs: Any) -> None:
        """Open the axes that differ between this call and the trial of shape inference that made the graph."""
        if not is_inferring_shapes():
            self.__dict__["_is_tentative"] = False
            return
        entry, shape = self._stack[0], getattr(inputs, "shape", ())
        if len(shape) != len(entry.batch_shape):
            return
        common = tuple(a if a == b else None for a, b in zip(entry.batch_shape, shape, strict=True))
        if common == entry.batch_shape:
            return
        self._known_graph().forget_calls()
        self._stack.remove(entry)
        remove_child(self, entry)
        self._build_for(KerasTensor(common, entry.dtype), entry.name)

    def _call_without_graph(self, inputs: Any) -> Any:
        if not self.layers:
            raise ValueError(
                f"Sequential model {self.name} cannot be called: it has no layers. Call `model.add(layer)`."
            )
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs

    def compute_output_spec(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        known = self._recorded_outputs(inputs)
        if known is not None:
            return known
        if self._find_graph() is not None:
            return infer_call(self, (inputs,), {})
        for layer in self.layers:
            inputs = layer.compute_output_spec(inputs)
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output for an input shape, batch axis first."""
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    @property
    def layers(self) -> list[Any]:
        """The layers from bottom to top, without the `InputLayer`."""
        stack = self.__dict__.get("_stack", [])
        return list(stack[1:] if stack and isinstance(stack[0], InputLayer) else stack)

    @layers.setter
    def layers(self, value: Any) -> None:
        raise AttributeError("`Sequential.layers` cannot be set. Use `add()` and `pop()` to change the layers.")

    def _children(self) -> list[Any]:
        stack = self.__dict__.get("_stack", ())
        seen = set(map(id, stack))
        for layer in stack:
            if isinstance(layer, TorchModuleWrapper) and layer._is_transparent:
                seen.add(id(layer.module))
        return [*self.layers, *(child for child in super()._children() if id(child) not in seen)]

    def __getattr__(self, name: str) -> Any:
        # Python comes here, and drops the first message, where a property raised an AttributeError.
        if name in _OF_THE_GRAPH and self._find_graph() is None:
            raise AttributeError(
                f"Sequential model '{self.name}' has no defined {name} yet. Call it on data or `build(input_shape)`"
                " first."
            )
        return super().__getattr__(name)

    def get_config(self) -> dict[str, Any]:
        stack = [s for s in self._stack if not isinstance(s, InputLayer) or s is self._stack[0]]
        config = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialize_keras_object(self.dtype_policy),
            "layers": [serialize_keras_object(layer) for layer in stack],
        }
        graph = self._find_graph()
        if graph is not None:
            config["build_input_shape"] = list(graph.input_tensors[0].shape)
        return config

    def get_build_config(self) -> dict[str, Any] | None:
        """Return the shape that the model was built for, as files store it."""
        graph = self._find_graph()
        return super().get_build_config() if graph is None else {"input_shape": graph.input_tensors[0].shape}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Sequential:
        """Return a new model made from what ``get_config`` returned.

        Raises:
            ValueError: the config lacks a part.
        """
        if not {"name", "layers"} <= config.keys():
            raise ValueError(
                "A Sequential model configuration must be a dictionary containing the 'name' and 'layers' keys."
                f" Received: {config}"
            )
        for entry in config["layers"]:
            if not isinstance(entry, dict) or "config" not in entry:
                raise ValueError(
                    "The config of a layer is malformed: Expected a dictionary containing a 'config' key. Received:"
                    f" {entry}"
                )
        with custom_object_scope(custom_objects or {}), reading_config():
            model = cls(name=config.get("name"))
            for entry in config["layers"]:
                model.add(deserialize_as("layers", entry), rebuild=False)
        model._maybe_rebuild()
        shape = config.get("build_input_shape")
        if model._find_graph() is None and shape and model.layers and isinstance(shape, (list, tuple)):
            model.build(tuple(shape))
        if not config.get("trainable", True):
            model.trainable = False
        return model

    def __getstate__(self) -> dict[str, Any]:
        graph = self._find_graph()  # copies have it, and no recorded calls
        return {**super().__getstate__(), "_layer_graph": graph, "_chain": None}


_OF_THE_GRAPH = frozenset(
    "inputs outputs input output input_names output_names graph_module input_shape output_shape".split()
)


def _fits(shape: tuple[Any, ...], own: tuple[int | None, ...]) -> bool:
    return len(shape) == len(own) and all(
        a is None or b is None or a == b for a, b in zip(shape[1:], own[1:], strict=True)
    )


def _is_tensor(inputs: Any) -> bool:
    return isinstance(inputs, (torch.Tensor, KerasTensor)) or (
        hasattr(inputs, "__array__") and not isinstance(inputs, VariableBase)
    )
