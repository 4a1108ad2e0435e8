"""`Sequential`: layers one after the other."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from torchkeras_compat import naming
from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.device import is_inferring_shapes
from torchkeras_compat.layers.core.input_layer import InputLayer
from torchkeras_compat.layers.core.torch_module_wrapper import TorchModuleWrapper
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.masks import get_mask
from torchkeras_compat.layers.layer.modes import training_state
from torchkeras_compat.layers.layer.structure import STRUCTURE
from torchkeras_compat.models.child_names import add_child, remove_child, torch_child
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.models.model import Model
from torchkeras_compat.models.replacement import ReplacesLayers
from torchkeras_compat.plugins.config_source import reading_config
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.shapes import open_batch
from torchkeras_compat.variable_base import VariableBase

_MAKING = threading.RLock()


class Sequential(ReplacesLayers, Model):
    """A stack of layers; the output of each is the input of the next.

    With a known input shape (an `Input`, or ``input_shape``/``input_dim`` of the first layer) it is built at once, else
    on its first call. Once built it runs as a `torch.fx.GraphModule`.

    Args:
        layers: Layers, models and plain `torch.nn.Module` objects.
        trainable: Whether training changes the weights.
        name: Name, unique by default.

    Raises:
        ValueError: two layers have one name, or something is no layer.

    Example:
        >>> from torchkeras_compat.layers import Dense
        >>> model = Sequential([Dense(5, input_dim=4), Dense(3, activation="relu")])
        >>> model.output_shape, model.count_params()
        ((None, 3), 43)

    Source: Keras API, models/Sequential.
    """

    _is_graph = True
    _passes_training_down = True
    _own_state = Model._own_state | {"_stack", "_graph", "_run_graph", "_end"}
    _computes = False
    _is_tentative = False  # whether shape inference made the graph, for sizes that may stand for any

    def __init__(self, layers: Sequence[Any] | None = None, trainable: bool = True, name: str | None = None) -> None:
        super().__init__(trainable=trainable, name=name)
        state = self.__dict__
        state["_stack"] = []
        state["_graph"] = state["_run_graph"] = state["_end"] = None
        state["_names_of_tensors"] = 0  # how many a call of all layers takes
        for layer in layers or ():
            self._push(layer)
        self._maybe_rebuild()

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Put a layer on top.

        Args:
            layer: Layer, model, `torch.nn.Module`, or KerasTensor made by `Input`.
            rebuild: Whether to build at once if the input shape is known.

        Raises:
            ValueError: ``layer`` is no layer, an `Input` does not come first, or its name is taken.
        """
        end, number = self._end, len(self._stack)
        self._push(layer)
        if not rebuild:
            self._reset()
        elif end is not None and len(self._stack) == number + 1:
            self._extend(end)
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
            self._reset()
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
        # Without a call for each layer, of which there may be many.
        if layer.name in [x.__dict__["_name"] if type(x).name is Layer.name else x.name for x in stack]:
            raise ValueError(
                "All layers added to a Sequential model should have unique names. Name "
                f'"{layer.name}" is already the name of a layer in this model. Update the `name` argument to pass a'
                " unique name."
            )
        stack.append(layer)
        add_child(self, layer, layer.name)

    @property
    def _functional(self) -> Any:
        """The graph of the layers; None where the input shape is not known. After `add` it is made when asked for."""
        state = self.__dict__
        if state.get("_graph") is None and state.get("_end") is not None:
            with _MAKING:  # two threads may ask at once
                if state.get("_graph") is None and state.get("_end") is not None:
                    self._make_graph(self._stack[0].output, state["_end"])
        return state.get("_graph")

    def _reset(self) -> None:
        state = self.__dict__
        state["_graph"] = state["_run_graph"] = state["_end"] = None
        state["built"] = False
        state["_plan"] = None
        self._losses.version = 0
        STRUCTURE.changed()

    def _maybe_rebuild(self) -> None:
        self._reset()
        if not self._stack or (len(self._stack) == 1 and isinstance(self._stack[0], InputLayer)):
            return
        first = self._stack[0]
        if isinstance(first, InputLayer):
            self._build_graph(first.output)
        elif isinstance(first, Functional) or (isinstance(first, Sequential) and first._functional is not None):
            graph = first if isinstance(first, Functional) else first._functional
            if isinstance(graph._inputs_struct, KerasTensor):
                spec = graph._inputs_flat[0]
                self._build_graph(InputLayer(batch_shape=spec.shape, dtype=spec.dtype).output)

    def _extend(self, end: KerasTensor) -> None:
        """Call the topmost layer on the output of those below; the graph is made later."""
        layer = self._stack[-1]
        if layer._children() or is_inferring_shapes():
            self._maybe_rebuild()
            return
        self._reset()
        # Keras calls the layers below once more, which moves the names of later tensors on.
        naming.pass_over_names("keras_tensor", self._names_of_tensors)
        tensor = self._call_on(end, [layer])
        if not _is_link(layer, end, tensor):
            naming.pass_over_names("keras_tensor", -self._names_of_tensors)
            self._maybe_rebuild()
            return
        naming.auto_name("functional")  # as where the graph is made at once
        state = self.__dict__
        state["_end"] = tensor
        state["built"] = True
        self._building.path_prefix = None
        self._plan_call()

    def _call_on(self, tensor: Any, layers: list[Any]) -> Any:
        before = naming.names_given("keras_tensor")
        naming._scopes.append(self.name)
        try:
            for layer in layers:
                _check_single_input(layer)
                tensor = layer(tensor)
        finally:
            naming._scopes.pop()
        self.__dict__["_names_of_tensors"] += naming.names_given("keras_tensor") - before
        return tensor

    def _build_graph(self, tensor: KerasTensor) -> None:
        layers = self.layers
        self.__dict__["_names_of_tensors"] = 0
        end = self._call_on(tensor, layers)
        naming.auto_name("functional")  # Keras's inner model takes a name, which moves those of later models on
        self._make_graph(tensor, end)
        state = self.__dict__
        state["_is_tentative"] = is_inferring_shapes()
        state["_end"] = end if tensor is getattr(self._stack[0], "output", None) and _is_chain(layers, end) else None
        state["built"] = True
        self._building.path_prefix = None
        self._plan_call()

    def _make_graph(self, tensor: KerasTensor, end: KerasTensor) -> None:
        functional = Functional(tensor, end, name=self.name)
        functional.__dict__.update(_fixes_sizes=False, _sizes=None)  # sizes of the data are the business of the layers
        state = self.__dict__
        state["_graph"] = functional
        state["_run_graph"] = functional.call
        state["autocast"] = functional.autocast

    def build(self, input_shape: Any = None) -> None:
        """Build all layers for inputs of a shape, batch axis first, None where not known.

        Raises:
            ValueError: there are no layers, or no shape is known.
        """
        if self._functional is not None:
            own = self._functional.input_shape
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
        scopes = naming._scopes[:]
        if scopes and scopes[-1] == self.name:
            naming._scopes.pop()
        try:
            self._build_graph(entry.output)
        except BaseException:
            self._stack.remove(entry)
            remove_child(self, entry)
            STRUCTURE.changed()
            raise
        finally:
            naming._scopes[:] = scopes

    def _forget_calls(self) -> None:
        """Drop the calls of the graph, which is about to be made again, from its layers."""
        for node in self._functional._nodes:
            if node in node.operation.__dict__.get("_inbound_nodes", ()):
                node.operation._inbound_nodes.remove(node)

    def _running_layers(self) -> list[Any]:
        return self.__dict__.get("_stack", [])

    def _run_instead(self, old: Any, new: Any) -> None:
        stack, functional, before = self._stack, self._functional, dict(self._modules)
        names = self._names_of_tensors
        place = next(i for i, layer in enumerate(stack) if layer is old)
        if any(layer.name == new.name for layer in stack if layer is not old):
            raise ValueError(f"The name '{new.name}' is taken by another layer of the model.")
        stack[place] = new
        self._exchange_child(old, new)
        STRUCTURE.changed()
        if functional is None:
            return
        try:
            self._build_graph(functional._inputs_flat[0])
        except BaseException:
            stack[place] = old
            self.__dict__.update(_graph=functional, _names_of_tensors=names)
            STRUCTURE.changed()
            self._modules.clear()
            self._modules.update(before)
            raise
        current, self.__dict__["_graph"] = self._functional, functional
        self._forget_calls()
        self.__dict__["_graph"] = current

    def _settle_sizes(self, inputs: Any) -> None:
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
        self._forget_calls()
        self._stack.remove(entry)
        remove_child(self, entry)
        self._build_for(KerasTensor(common, entry.dtype), entry.name)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        if self._is_tentative:
            self._settle_sizes(args[0] if args else kwargs.get("inputs"))
        if self._run_graph is None and self._end is None and self._stack:
            inputs: Any = args[0] if args else kwargs.get("inputs")
            if isinstance(inputs, (torch.Tensor, KerasTensor)) or (
                hasattr(inputs, "__array__") and not isinstance(inputs, VariableBase)
            ):
                shape = open_batch(inputs.shape) if is_inferring_shapes() else tuple(inputs.shape)
                with contextlib.suppress(NotImplementedError):  # without a graph, the layers run one by one
                    self._build_for(KerasTensor(shape, self.compute_dtype))
        return super().forward(*args, **kwargs)

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Run the layers one after the other."""
        if training is not None and training is not self.training:  # a subclass says another mode
            with training_state(self, bool(training)):
                return Sequential.call(self, inputs, mask=mask)
        run = self._run_graph
        if run is None and not torch.compiler.is_compiling() and self._functional is not None:
            run = self._run_graph
        if run is not None:
            return run(inputs, mask=mask)
        if not self.layers:
            raise ValueError(
                f"Sequential model {self.name} cannot be called: it has no layers. Call `model.add(layer)`."
            )
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs

    def compute_output_spec(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if self._functional is not None:
            return self._functional.compute_output_spec(inputs)
        for layer in self.layers:
            inputs = layer.compute_output_spec(inputs)
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output for an input shape, batch axis first."""
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None  # outputs carry theirs already

    def _masked_outputs(self, masks: Any) -> list[bool]:
        return [] if self._functional is None else self._functional._masked_outputs(masks)

    def _raise_for_input(self, x: torch.Tensor) -> None:
        if self._functional is not None:
            self._functional._raise_for_input(x)

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
        seen.update(id(torch_child(layer)) for layer in stack if layer.__dict__.get("_stands_in"))
        return [*self.layers, *(child for child in super()._children() if id(child) not in seen)]

    def __getattr__(self, name: str) -> Any:
        # Python comes here, and drops the first message, where a property raised an AttributeError.
        if name in _OF_THE_GRAPH and self._functional is None:
            raise AttributeError(
                f"Sequential model '{self.name}' has no defined {name} yet. Call it on data or `build(input_shape)`"
                " first."
            )
        return super().__getattr__(name)

    def _graph_attribute(self, what: str) -> Any:
        return getattr(self._functional, what)

    inputs = property(lambda self: self._graph_attribute("inputs"), doc="The symbolic input, in a list.")
    outputs = property(lambda self: self._graph_attribute("outputs"), doc="The symbolic output, in a list.")
    input = property(lambda self: self._graph_attribute("input"), doc="The symbolic input.")
    output = property(lambda self: self._graph_attribute("output"), doc="The symbolic output.")
    input_names = property(lambda self: self._graph_attribute("input_names"), doc="Name of the input, in a list.")
    output_names = property(lambda self: self._graph_attribute("output_names"), doc="Name of the output, in a list.")
    graph_module = property(
        lambda self: self._graph_attribute("graph_module"), doc="The `torch.fx.GraphModule` that runs."
    )

    @property
    def input_shape(self) -> Any:
        """Shape of the input, None where not known."""
        return self._graph_attribute("input_shape")

    @property
    def output_shape(self) -> Any:
        """Shape of the output, None where not known."""
        return self._graph_attribute("output_shape")

    def get_config(self) -> dict[str, Any]:
        stack = [s for s in self._stack if not isinstance(s, InputLayer) or s is self._stack[0]]
        config = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialize_keras_object(self.dtype_policy),
            "layers": [serialize_keras_object(layer) for layer in stack],
        }
        if self._functional is not None:
            config["build_input_shape"] = list(self._functional._inputs_flat[0].shape)
        return config

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
        if model._functional is None and shape and model.layers and isinstance(shape, (list, tuple)):
            model.build(tuple(shape))
        if not config.get("trainable", True):
            model.trainable = False
        return model

    def __getstate__(self) -> dict[str, Any]:
        graph = self._functional  # copies have it, and no recorded calls
        return {**super().__getstate__(), "_graph": graph, "_run_graph": None, "_end": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if self._graph is not None:
            self.__dict__["_run_graph"] = self._graph.call


_OF_THE_GRAPH = frozenset(
    "inputs outputs input output input_names output_names graph_module input_shape output_shape".split()
)


def _fits(shape: tuple, own: tuple) -> bool:
    return len(shape) == len(own) and all(
        a is None or b is None or a == b for a, b in zip(shape[1:], own[1:], strict=True)
    )


def _is_chain(layers: list[Any], end: Any) -> bool:
    """Return whether layers, called one after the other, are links up to ``end``."""
    for layer in reversed(layers):
        before = end.node.explicit_inputs if type(end) is KerasTensor and end.node is not None else []
        if len(before) != 1 or not _is_link(layer, before[0], end):
            return False
        end = before[0]
    return True


def _is_link(layer: Any, before: Any, after: Any) -> bool:
    """Return whether ``after`` is all that a layer makes of ``before``, without masks and with no layers below.

    What has layers below may come to give another shape without being called: an inner `Sequential` that grows.
    """
    if type(after) is not KerasTensor or after.node is None or after.node.operation is not layer:
        return False
    inputs = after.node.inputs
    is_alone = len(inputs) == 1 and inputs[0] is before and after.node.outputs is after
    return is_alone and get_mask(before) is None and get_mask(after) is None and not layer._children()


def _check_single_input(layer: Any) -> None:
    required = layer._call_spec.required
    if len(required) > 1:
        raise ValueError(
            "Layers added to a Sequential model can only have a single positional argument, the input tensor. Layer"
            f" {type(layer).__name__} '{layer.name}' has several: {required}. Give the others defaults, or use the"
            " functional API."
        )
