"""A recorded step compiled by `torch.compile`: forward pass, loss, gradients and metrics as one graph."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import fx, nn

from torchkeras_compat.training.tracing.program import Program, Value, with_values
from torchkeras_compat.user_warnings import warn_user

_aten: Any = torch.ops.aten
_NOT_COMPILED = {
    "aten::mkldnn_rnn_layer": "a recurrent kernel",
    "aten::_cudnn_rnn": "a recurrent kernel",
    "aten::miopen_rnn": "a recurrent kernel",
    "aten::cudnn_batch_norm": "batch normalization by cuDNN",
    "aten::miopen_batch_norm": "batch normalization by MIOpen",
}
# The compiler has to know that it writes the running statistics.
_SAYING_WHAT_THEY_WRITE = {_aten.native_batch_norm.default: _aten._native_batch_norm_legit.default}


def _random_words(x: torch.Tensor, low: int, high: int | None) -> torch.Tensor:
    """``random_`` between two numbers; by its own name, `from`, no code can call it."""
    return x.random_(low, high)


_BY_OTHER_NAMES = {getattr(_aten.random_, "from"): _random_words}
Results = tuple[torch.Tensor, ...]


class CompiledFunction:
    """Runs a recorded step as `torch.compile` compiled it; where compiling fails, warns once and runs it uncompiled.

    Compiling happens in the first call. What was compiled lies on disk for the next process (torch's own cache).

    Args:
        program: The recorded step, simplified.
        results: Which of its results the function returns, in order.
        uncompiled: The step uncompiled.
        mode: ``mode`` of `torch.compile`.
    """

    def __init__(
        self, program: Program, results: Sequence[Any], uncompiled: Callable[..., Results], mode: str | None
    ) -> None:
        module = graph_module(program, results)
        self._uncompiled = uncompiled
        self._run: Callable[..., Results] = torch.compile(module, fullgraph=True, dynamic=False, mode=mode)
        self._is_compiled = False

    def __call__(self, *inputs: torch.Tensor) -> Results:
        """Return the results for a batch."""
        if self._is_compiled:
            return self._run(*inputs)
        try:
            found = self._run(*inputs)
        except Exception as error:  # nothing was computed: it is one graph
            self._run = self._uncompiled
            reason = " ".join(str(error).split("\n\n")[0].split())[:300]
            warn_user(
                f"jit_compile=True: torch.compile failed ({type(error).__name__}: {reason}), so the step runs"
                " uncompiled from here on. Install what the message asks for (a C++ compiler, say), or compile with"
                " jit_compile=False."
            )
            found = self._run(*inputs)
        self._is_compiled = True
        return found


def why_not_compiled(program: Program) -> str | None:
    """Return why a recorded step cannot be compiled as one graph; None if nothing speaks against it."""
    for op in program.ops:
        if op.is_call:
            return "it draws seeds, which are numbers of the host, for layers that have a `seed`"
        if op.function._schema.name in _NOT_COMPILED:
            return f"it runs {_NOT_COMPILED[op.function._schema.name]}, which torch.compile does not take"
    return None


def graph_module(program: Program, results: Sequence[Any]) -> fx.GraphModule:
    """Return a program as a graph of `torch.fx`, which holds the tensors from outside.

    Args:
        program: The program.
        results: Which of its results the graph returns, in order.
    """
    graph, root = fx.Graph(), nn.Module()
    nodes: dict[Value, Any] = {value: graph.placeholder(f"batch_{i}") for i, value in enumerate(program.inputs)}

    def node(value: Value) -> Any:
        if value not in nodes:
            assert value.tensor is not None, "a value is used before it is made"
            name = f"outside_{len(nodes)}"
            root.register_buffer(name, value.tensor.detach())
            nodes[value] = graph.get_attr(name)
        return nodes[value]

    for op in program.ops:
        function = _SAYING_WHAT_THEY_WRITE.get(op.function, _BY_OTHER_NAMES.get(op.function, op.function))
        kwargs = {name: with_values(argument, node) for name, argument in op.kwargs.items()}
        made = graph.call_function(function, with_values(op.args, node), kwargs)
        for i, value in enumerate(op.outputs):
            if value is not None:
                nodes[value] = made if op.is_single else graph.call_function(operator.getitem, (made, i))
    graph.output(tuple([node(program.results[key]) for key in results]))
    return fx.GraphModule(root, graph)
