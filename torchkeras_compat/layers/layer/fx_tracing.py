"""Calls under `torch.fx.symbolic_trace`: layers become nodes of the graph, models of layers are traced through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import fx
from torch.fx import _symbolic_trace as fx_trace
from torch.utils import _pytree as pytree

from torchkeras_compat.own_code import is_own

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


def tracer_of(args: Any, kwargs: Any = None) -> Any:
    """Return what traces, where an argument is or holds a value that torch.fx traces; else None."""
    leaves = pytree.tree_leaves((args, kwargs)) if fx_trace._is_fx_tracing_flag else ()
    return next((x.tracer for x in leaves if isinstance(x, fx.Proxy)), None)


def traced_call(layer: Layer, tracer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Record the call of a layer on proxies.

    The layer that is traced itself, models of recorded calls, and composed layers and models of the user are traced
    through, as torch does with modules of the user. All others become one ``call_module`` node, which at run time is
    the call of the layer with all that belongs to it: casts, masks, losses.

    Raises:
        ValueError: the layer that is traced itself is not built.
        TypeError: it cannot be traced by itself.
    """
    arguments = layer._call_spec.arguments(args, kwargs)
    is_root = tracer.root is layer
    if is_root:
        arguments = _without_modes(layer, tracer, arguments)
        if not layer.built:
            raise ValueError(f"Layer '{layer.name}' is not built. Call it on data before torch.fx traces it.")
    if is_root or layer._is_graph or (layer._children() and not is_own(type(layer))):
        try:
            found = layer._trace_through(tracer, arguments) if layer.built else NotImplemented
        except Exception as error:
            if not (is_root and is_own(type(layer))):
                raise
            raise _untraced(layer, "does what no graph records: branches, conversions, seeded draws") from error
        if found is not NotImplemented:
            return found
    if is_root:
        raise _untraced(layer, "is not all of its call, which casts, handles masks or adds losses")
    return tracer.create_proxy("call_module", tracer.path_of_module(layer), args, kwargs)


def _untraced(layer: Layer, reason: str) -> TypeError:
    return TypeError(
        f"torch.fx cannot trace layer '{layer.name}' by itself: its `call` {reason}. Trace a module around it, such as"
        " `torch.nn.Sequential(layer)`: there it is one node."
    )


def trace_through(layer: Layer, arguments: dict[str, Any]) -> Any:
    """Run ``call`` on proxies; return NotImplemented where the call of the layer would do more than that."""
    plan = layer._call_plan or layer._plan_call()
    training = arguments.pop("training", None)
    if not plan.is_direct or plan.is_mixed or (training is not None and training is not layer.training):
        return NotImplemented
    if plan.takes_training:
        arguments["training"] = layer.training
    return layer.call(**arguments)


def _without_modes(layer: Layer, tracer: fx.Tracer, arguments: dict[str, Any]) -> dict[str, Any]:
    """Take ``training`` and masks out of the arguments and the graph, which has the mode of the layer and no masks."""
    modes = {"training", "mask", *layer._call_spec.mask_names}
    given = {}
    for name, x in arguments.items():
        if name in modes and isinstance(x, fx.Proxy) and x.node.op == "placeholder" and x.node.args:
            tracer.graph.erase_node(x.node)
        else:
            given[name] = x
    return given
