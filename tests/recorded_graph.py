"""What a captured CUDA graph does, on the CPU: tensor operations recorded once and repeated on the same memory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode


class RecordedGraph(TorchDispatchMode):
    """Records the operations inside ``with graph:``, and makes them again in :meth:`replay`.

    As in a CUDA graph, numbers of the host are constants, results lie where they lay in the first run, and reading a
    value is an error.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, tuple[Any, ...], dict[str, Any], Any]] = []

    @property
    def names(self) -> list[str]:
        """Names of the operations."""
        return [str(call[0]) for call in self.calls]

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.ops.aten._local_scalar_dense.default:
            raise RuntimeError("A value was read on the host, which no graph can repeat.")
        result = func(*args, **(kwargs or {}))
        self.calls.append((func, args, kwargs or {}, result))
        return result

    @torch.no_grad()
    def replay(self) -> None:
        """Make the operations again."""
        for func, args, kwargs, result in self.calls:
            again = func(*args, **kwargs)
            for place, new in zip(pytree.tree_leaves(result), pytree.tree_leaves(again), strict=True):
                if isinstance(new, torch.Tensor) and new.data_ptr() != place.data_ptr():
                    place.copy_(new)


@contextlib.contextmanager
def refusing_reads() -> Iterator[list[str]]:
    """Make reading a value on the host an error; yields the names of the operations so far."""
    graph = RecordedGraph()
    seen: list[str] = []
    with graph:
        yield seen
    seen += graph.names


def captured(function: Callable[[], Any]) -> RecordedGraph:
    """Return the operations of a function, which are made once."""
    graph = RecordedGraph()
    with graph:
        function()
    return graph
