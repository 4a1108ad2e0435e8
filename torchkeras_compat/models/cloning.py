"""`clone_model`: an equal model with new layers and new weights."""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable, Iterable
from typing import Any

from torch.utils import _pytree as pytree

from torchkeras_compat.custom_objects import custom_object_scope, get_registered_name
from torchkeras_compat.given_functions import as_given
from torchkeras_compat.layers.core.input_layer import InputLayer
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.models.functional import Functional
from torchkeras_compat.models.sequential import Sequential
from torchkeras_compat.own_code import is_own
from torchkeras_compat.pickled_functions import unmade
from torchkeras_compat.plugins.config_source import own_config
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import Node, symbolic_leaves
from torchkeras_compat.symbolic.operation import FunctionCall
from torchkeras_compat.symbolic.order import explicit_nodes


def clone_model(
    model: Any,
    input_tensors: Any = None,
    clone_function: Callable[[Any], Any] | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
) -> Any:
    """Return a model of the same layers with new weights, compiled as the first one is.

    Args:
        model: Model. A subclassed one is made again from its config.
        input_tensors: KerasTensors, or an `InputLayer`, to build the model on; None for inputs like the model's.
        clone_function: Makes a layer of each layer but inputs; may return the layer itself, which is then shared. None
            makes it again from its config.
        call_function: For functional models: called with each layer and the arguments of its call, in place of the
            layer; may call other layers too. None calls the layer.
        recursive: Whether models inside the model are cloned layer by layer, too, rather than as one layer.

    Returns:
        The new model. Its weights have initial values: ``new.set_weights(model.get_weights())`` copies them.

    Raises:
        ValueError: an argument does not fit the kind of model.

    Example:
        >>> from torchkeras_compat.layers import Dense, Input
        >>> model = Sequential([Input((3,)), Dense(2, name="head")])
        >>> twin = clone_model(model)
        >>> twin.layers[0].name, twin.layers[0] is model.layers[0]
        ('head', False)

    Source: Keras API, models/clone_model.
    """
    with own_config():
        return _clone(model, input_tensors, clone_function, call_function, recursive)


def _clone(model: Any, input_tensors: Any, clone_function: Any, call_function: Any, recursive: bool) -> Any:
    for name, function in (("clone_function", clone_function), ("call_function", call_function)):
        if function is not None and not callable(function):
            raise ValueError(f"`{name}` is a function, or None. Received: {function!r}")
    if isinstance(model, Sequential):
        if call_function is not None:
            raise ValueError(
                "`call_function` is only supported for Functional models: the layers of a Sequential model are listed,"
                f" not called. Received: call_function={call_function}"
            )
        clone: Any = _Cloner(clone_function, None, recursive).sequential(model, input_tensors)
    elif isinstance(model, Functional):
        clone = _Cloner(clone_function, call_function, recursive).functional(model, input_tensors)
    elif not isinstance(model, Layer):
        raise ValueError(f"`clone_model` takes a model. Received: {model!r} of type {type(model)}")
    elif not (input_tensors is None and clone_function is None and call_function is None):
        raise ValueError(
            "`input_tensors`, `clone_function` and `call_function` are only supported for Sequential and Functional"
            f" models. Received a model of type '{type(model).__name__}', which is cloned from its `get_config()`."
        )
    else:
        clone = type(model).from_config(model.get_config())
    if getattr(model, "compiled", False) and not clone.compiled:
        with custom_object_scope(_names_of(pytree.tree_leaves(model._compile_arguments))):
            clone.compile_from_config(model.get_compile_config())
    return clone


class _Cloner:
    """Clones each layer once."""

    def __init__(self, clone: Callable[[Any], Any] | None, call: Callable[..., Any] | None, recursive: bool) -> None:
        self.clone = clone or _from_config
        self.call = call
        self.recursive = recursive
        self.made: dict[int, Any] = {}

    def layer(self, layer: Any) -> Any:
        """Return the clone of a layer, the same one for every use of it."""
        if id(layer) not in self.made:
            self.made[id(layer)] = self._new(layer)
        return self.made[id(layer)]

    def _new(self, layer: Any) -> Any:
        if isinstance(layer, FunctionCall):
            return FunctionCall(layer.function, layer.name, layer.output_spec)
        if isinstance(layer, InputLayer):
            return _from_config(layer)
        if self.recursive and isinstance(layer, (Sequential, Functional)):
            call = self.call if isinstance(layer, Functional) else None
            return clone_model(layer, clone_function=self.clone, call_function=call, recursive=True)
        return self.clone(layer)

    def sequential(self, model: Sequential, input_tensors: Any) -> Sequential:
        """Return the clone of a `Sequential`."""
        first = [entry for entry in model._stack if isinstance(entry, InputLayer)]
        if input_tensors is not None:
            first = [_entry(input_tensors)]
        else:
            first = [self.layer(entry) for entry in first]
        made = type(model) if type(model).__init__ is Sequential.__init__ else Sequential
        clone = made([*first, *(self.layer(layer) for layer in model.layers)], name=model.name)
        if model.built and not clone.built:
            clone.build(model.input_shape)
        return clone

    def functional(self, model: Functional, input_tensors: Any) -> Functional:
        """Return the clone of a functional model: its calls, recorded again."""
        inputs = self._inputs(model, input_tensors)
        swapped = {id(old): new for old, new in zip(model.inputs, symbolic_leaves(inputs), strict=True)}

        def swap(structure: Any) -> Any:
            return pytree.tree_map(lambda x: swapped[id(x)] if isinstance(x, KerasTensor) else x, structure)

        graph = model._layer_graph
        for node in graph.explicit_nodes:
            self._call_again(node, swap, swapped)
        made = type(model) if type(model).__init__ is Functional.__init__ else Functional
        clone = made(inputs, swap(graph.outputs), name=model.name)
        # Losses and metrics that were added as recorded tensors; what a loss that is compiled keeps is its own.
        beside = [t for t in graph.beside if t.node is not None and isinstance(t.node.operation, Layer)]
        for node in explicit_nodes(graph.input_tensors, beside) if beside else ():
            if any(id(t) not in swapped for t in node.output_tensors):
                self._call_again(node, swap, swapped)
        if beside:
            clone._compute_beside([swapped[id(t)] for t in beside])
        return clone

    def _call_again(self, node: Node, swap: Callable[[Any], Any], swapped: dict[int, Any]) -> None:
        """Record a call with the clones of its operation and of its inputs."""
        operation = self.layer(node.operation)
        args, kwargs = swap(node.args), swap(node.kwargs)
        if not isinstance(operation, Layer):
            outputs = operation.symbolic_call(*args, **kwargs)
        elif self.call is not None:
            outputs = self.call(operation, *args, **kwargs)
        else:
            outputs = operation(*args, **kwargs)
        for old, new in zip(node.output_tensors, symbolic_leaves(outputs), strict=True):
            swapped[id(old)] = new

    def _inputs(self, model: Functional, input_tensors: Any) -> Any:
        if input_tensors is None:
            return pytree.tree_map(lambda t: self.layer(t.node.operation).output, model._layer_graph.inputs)
        given = pytree.tree_leaves(input_tensors)
        wrong = [x for x in given if not isinstance(x, KerasTensor)]
        if wrong:
            raise ValueError(f"All entries in `input_tensors` must be KerasTensors. Received: {wrong}")
        single = isinstance(model._layer_graph.inputs, KerasTensor)
        if single and len(given) == 1:
            return given[0]
        if pytree.tree_structure(input_tensors) != pytree.tree_structure(model._layer_graph.inputs):
            raise ValueError(
                "`input_tensors` must have the same structure as model.input. Received:"
                f" input_tensors={input_tensors}, model.input={model.input}"
            )
        return input_tensors


def _entry(input_tensors: Any) -> Any:
    """The `InputLayer` behind what a `Sequential` is to be built on."""
    if isinstance(input_tensors, InputLayer):
        return input_tensors
    given = symbolic_leaves(input_tensors)
    if len(given) != 1 or len(pytree.tree_leaves(input_tensors)) != 1:
        raise ValueError(f"A Sequential model has one input, a KerasTensor. Received: input_tensors={input_tensors}")
    node = given[0].node
    if node is None or not isinstance(node.operation, InputLayer):
        raise ValueError(
            f"A Sequential model starts with an `Input`. Received a computed tensor: input_tensors={input_tensors}"
        )
    return node.operation


def _from_config(layer: Any) -> Any:
    """Return the layer made again; functions that no config can name, as those of a `Lambda`, are shared."""
    names = _names_of(vars(layer).values())
    with custom_object_scope(names) if names else contextlib.nullcontext():
        return type(layer).from_config(layer.get_config())


def _names_of(values: Iterable[Any]) -> dict[str, Any]:
    """Return the functions of the user among values, by the names that configs have for them."""
    given = map(as_given, values)
    functions = [f for f in given if isinstance(f, types.FunctionType) and f.__name__ != "<lambda>"]
    return {name: f for f in functions if not is_own(unmade(f)) for name in (f.__name__, get_registered_name(f))}
