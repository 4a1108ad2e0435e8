"""Calls become nodes of a graph; each operation keeps a list of its own."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.overrides import OVERRIDES
from torchkeras_compat.symbolic.module_calls import calling_frame, module_call
from torchkeras_compat.symbolic.node import Node


def record(
    operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any, implied: dict[str, Any] | None = None
) -> Any:
    """Record one call of ``operation``.

    Returns:
        ``outputs``, which now point to the call. Inside a plain torch module the recorded call is that of the module,
        see `module_calls`, and the outputs are those of an equal call.
    """
    frame = calling_frame()
    if frame is not None:
        call, begun = module_call(frame)
        if begun is not None:
            _note(*begun)
        if not call.is_tracing:
            return call.next_result()
        call.results.append(outputs)
    _note(operation, args, kwargs, outputs, implied)
    return outputs


def _note(
    operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any, implied: dict[str, Any] | None = None
) -> None:
    if OVERRIDES.tensors is None or not OVERRIDES.tensors.is_symbolic:
        node = Node(operation, args, kwargs, implied or {}, outputs)
    else:
        args, kwargs = OVERRIDES.tensors.plain((args, kwargs))
        node = Node(operation, args, kwargs, implied or {}, outputs)
        OVERRIDES.tensors.follow_symbolic(node)
    recorded_calls(operation).append(node)


def recorded_calls(operation: Any) -> list[Node]:
    """Return the list of the recorded calls of an operation; changes to it count."""
    calls: list[Node] = operation.__dict__.setdefault("_inbound_nodes", [])
    return calls
