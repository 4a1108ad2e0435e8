"""From host memory to the device: what fits goes once, the rest streams one batch ahead of the computation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import torch

RESIDENT_FRACTION = 0.4  # of the memory that is free: the model, its gradients and activations need the rest

Leaves = Sequence[torch.Tensor]


class Copier(Protocol):
    """Copies a batch to the device in two halves, so that the first can run while the device computes."""

    def start(self, leaves: Leaves) -> Any:
        """Begin the copy and return a ticket for it."""

    def finish(self, ticket: Any) -> list[torch.Tensor]:
        """Return the tensors of a ticket, safe to use in what is launched from now on."""


class DirectCopier:
    """Copies at once, on devices without streams; on the CPU hands the tensors through.

    Args:
        device: Where the batches go.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def start(self, leaves: Leaves) -> list[torch.Tensor]:
        return [leaf if _is_text(leaf) else leaf.to(self.device, non_blocking=True) for leaf in leaves]

    def finish(self, ticket: list[torch.Tensor]) -> list[torch.Tensor]:
        return ticket


class CudaCopier:
    """Copies through pinned memory on a stream of its own.

    Args:
        device: A CUDA device.
        backend: What makes streams: ``torch.cuda``, or a stand-in for it in tests.
    """

    def __init__(self, device: torch.device, backend: Any = torch.cuda) -> None:
        self.device = device
        self.backend = backend
        self.stream = backend.Stream(device)

    def start(self, leaves: Leaves) -> list[torch.Tensor]:
        pinned = [
            leaf if _is_text(leaf) or leaf.is_pinned() or leaf.device.type != "cpu" else leaf.pin_memory()
            for leaf in leaves
        ]
        with self.backend.stream(self.stream):
            return [leaf if _is_text(leaf) else leaf.to(self.device, non_blocking=True) for leaf in pinned]

    def finish(self, ticket: list[torch.Tensor]) -> list[torch.Tensor]:
        current = self.backend.current_stream(self.device)
        current.wait_stream(self.stream)  # the device waits, not the program
        for leaf in ticket:
            if not _is_text(leaf):
                leaf.record_stream(current)  # else its memory could be reused while the computation still reads it
        return ticket


def _is_text(leaf: Any) -> bool:
    """Whether a leaf is an array of strings, which stays in host memory."""
    return isinstance(leaf, np.ndarray)


def copier_for(device: torch.device) -> Copier:
    """Return how batches get to ``device``."""
    return CudaCopier(device) if device.type == "cuda" else DirectCopier(device)


def stream_to_device(batches: Iterable[Leaves], copier: Copier, ahead: int = 1) -> Iterator[list[torch.Tensor]]:
    """Yield every batch on the device, with the copies of the next ``ahead`` batches already under way.

    Args:
        batches: Flat batches in host memory.
        copier: How they get there.
        ahead: Batches to be ahead; 0 takes no batch from the source before it is asked for.

    Example:
        >>> [leaf.tolist() for [leaf] in stream_to_device([[torch.ones(1)]], DirectCopier(torch.device("cpu")))]
        [[1.0]]
    """
    waiting: list[Any] = []
    for leaves in batches:
        waiting.append(copier.start(leaves))
        if len(waiting) > ahead:
            yield copier.finish(waiting.pop(0))
    for ticket in waiting:
        yield copier.finish(ticket)


def free_memory(device: torch.device) -> int | None:
    """Return the bytes that are free on ``device``; None where data need not be counted (the CPU) or nobody can say."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return None


def fits(bytes_needed: int, device: torch.device) -> bool:
    """Return whether data of this size may stay on ``device`` during training."""
    free = free_memory(device)
    return free is None or bytes_needed <= RESIDENT_FRACTION * free
