"""A model of recorded calls under `torch.fx.symbolic_trace`: its graph becomes part of the one that is traced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from torch import fx

from torchkeras_compat.models.input_structure import flat_inputs
from torchkeras_compat.symbolic.node import ordered_keys

if TYPE_CHECKING:
    from torchkeras_compat.models.graph import Graph


def retrace(graph: Graph, model: Any, tracer: fx.Tracer, inputs: Any) -> Any:
    """Record the nodes of a graph on proxies, and return those of the outputs.

    Args:
        graph: The graph.
        model: The model that has it.
        tracer: What records.
        inputs: Proxies in the nesting of the inputs, or one that stands for all of them.
    """
    if isinstance(inputs, fx.Proxy):
        flat = list(_parts(inputs, graph.inputs))
    else:
        flat = flat_inputs(model, graph, inputs)
    return _Recorder(graph.module, tracer).run(*flat)


class _Recorder(fx.Interpreter):
    """Calls the modules of a graph, and records its functions as they are, without a look inside."""

    def __init__(self, module: fx.GraphModule, tracer: fx.Tracer) -> None:
        super().__init__(module, garbage_collect_values=False)
        self._tracer = tracer

    def call_function(self, target: Any, args: Any, kwargs: Any) -> Any:
        return self._tracer.create_proxy("call_function", target, args, kwargs)


def _parts(proxy: Any, structure: Any) -> Iterator[Any]:
    if isinstance(structure, dict):
        for key in ordered_keys(structure):
            yield from _parts(proxy[key], structure[key])
    elif isinstance(structure, (list, tuple)):
        for i, part in enumerate(structure):
            yield from _parts(proxy[i], part)
    else:
        yield proxy
