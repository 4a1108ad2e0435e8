"""Calls of layers on symbolic tensors, which Keras 1 and 2 made by running ``call`` on the tensors of the graph.

So a layer of the user could use tensors of the graph beside its inputs, and take gradients of them; and a list of one
output was that output.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras_compat import naming
from torchkeras_compat.layers.core.lambda_layer import Lambda
from torchkeras_compat.layers.layer.arguments import first_input
from torchkeras_compat.layers.layer.building import build_from
from torchkeras_compat.legacy.layers.recorded_call import RecordedCall
from torchkeras_compat.legacy.models.recorded_losses import uses_recorded_tensors
from torchkeras_compat.models.graph_model import GraphModel
from torchkeras_compat.overrides import dialect_of
from torchkeras_compat.own_code import is_own
from torchkeras_compat.symbolic.keras_tensor import KerasTensor, any_symbolic


def record_call(core: Callable[..., Any], self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the symbolic outputs of a call on symbolic inputs.

    Args:
        core: The method of the core.
        self: The layer.
        args: Arguments by place.
        kwargs: Arguments by name.
    """
    if isinstance(self, GraphModel) and dialect_of(self) in ("keras1", "keras2"):
        _take_other_rank(self, args[0] if args else None)
    outputs = _called_on_symbols(self, args, kwargs) if _needs_symbols(self) else None
    if outputs is None:
        outputs = core(self, args, kwargs)
    if type(outputs) is list and len(outputs) == 1 and dialect_of(self) in ("keras1", "keras2"):
        return outputs[0]
    return outputs


def _take_other_rank(model: GraphModel, inputs: Any) -> None:
    """Let a model be called on a tensor of another rank than its input, if its layers can: only data were checked."""
    graph = model._find_graph()
    if isinstance(inputs, KerasTensor) and graph is not None and len(graph.input_tensors) == 1:
        expected = graph.input_tensors[0]
        fits = inputs.ndim == expected.ndim or (inputs.ndim == expected.ndim + 1 and inputs.shape[-1] == 1)
        if not fits and not (inputs.ndim == expected.ndim - 1 and expected.shape[-1] == 1):
            model.__dict__["_takes_other_shapes"] = True


def _needs_symbols(layer: Any) -> bool:
    """Return whether ``call`` of a user uses tensors of the graph beside its inputs, or gradients of its inputs."""
    if isinstance(layer, Lambda):
        function = layer.function
    elif is_own(type(layer)) or isinstance(layer, GraphModel):
        return False
    else:
        function = layer.call
    return not is_own(function) and (uses_recorded_tensors(function) or "gradients" in _names(function))


def _names(function: Any) -> tuple[str, ...]:
    names: tuple[str, ...] = getattr(getattr(function, "__code__", None), "co_names", ())
    return names


def _called_on_symbols(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what ``call`` makes of the symbolic tensors themselves; None if it takes none."""
    arguments = layer._call_spec.arguments(args, kwargs)
    inputs = first_input(layer, arguments)
    naming.open_names.append(layer.name)
    try:
        if not layer.built:
            build_from(layer, arguments)
        if isinstance(layer, Lambda):
            outputs = layer.function(inputs, **layer.arguments)
        else:
            outputs = layer.call(*args, **kwargs)
    finally:
        naming.open_names.pop()
    if isinstance(outputs, list) and len(outputs) == 1:
        outputs = outputs[0]
    if not any_symbolic((outputs,)) or not _is_plain(outputs):
        return None
    recorded: Callable[..., Any] = RecordedCall(layer)
    return recorded(outputs)


def _is_plain(outputs: Any) -> bool:
    return isinstance(outputs, KerasTensor) or (
        isinstance(outputs, (list, tuple)) and all(isinstance(part, KerasTensor) for part in outputs)
    )
