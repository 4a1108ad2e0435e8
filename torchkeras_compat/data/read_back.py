"""From the device to host memory: one batch behind the computation where the device can copy meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch

Leaves = Sequence[Any]


class Reader(Protocol):
    """Copies a batch to the host in two halves, so that the device can compute the next one between them."""

    def start(self, leaves: Leaves) -> Any:
        """Begin the copy and return a ticket for it."""

    def finish(self, ticket: Any) -> list[Any]:
        """Wait for a copy; return its tensors, which the next :meth:`start` but one overwrites."""


class CudaReader:
    """Copies through pinned memory on a stream of its own; what lies elsewhere is handed on.

    Two buffers for each leaf take turns: one is filled while the other is read.

    Args:
        device: A CUDA device.
        backend: What makes streams and events: ``torch.cuda``, or a stand-in for it in tests.
        pins: Whether the buffers are pinned; not where a stand-in has no device.
    """

    def __init__(self, device: torch.device, backend: Any = torch.cuda, pins: bool = True) -> None:
        self.device = device
        self.backend = backend
        self.pins = pins
        self.stream = backend.Stream(device)
        self._buffers: list[dict[int, torch.Tensor]] = [{}, {}]

    def start(self, leaves: Leaves) -> tuple[list[Any], Any]:
        self._buffers.reverse()
        self.stream.wait_stream(self.backend.current_stream(self.device))  # for the outputs to be computed
        copies: list[Any] = []
        with self.backend.stream(self.stream):
            for i, leaf in enumerate(leaves):
                if not isinstance(leaf, torch.Tensor) or leaf.device.type != self.device.type:
                    copies.append(leaf)
                    continue
                leaf = leaf.detach()
                buffer = self._buffer(i, leaf)
                buffer.copy_(leaf, non_blocking=True)
                leaf.record_stream(self.stream)  # else its memory could be reused before it is copied
                copies.append(buffer)
            event = self.backend.Event()
            event.record(self.stream)
        return copies, event

    def finish(self, ticket: tuple[list[Any], Any]) -> list[Any]:
        copies, event = ticket
        event.synchronize()
        return copies

    def _buffer(self, place: int, leaf: torch.Tensor) -> torch.Tensor:
        """Return room for a tensor: that of the batch before the last, or a part of it for a smaller last batch."""
        kept = self._buffers[0].get(place)
        if kept is None or kept.dtype is not leaf.dtype or kept.numel() < leaf.numel():
            kept = torch.empty(max(leaf.numel(), 1), dtype=leaf.dtype, device="cpu", pin_memory=self.pins)
            self._buffers[0][place] = kept
        return kept[: leaf.numel()].view(leaf.shape)


def reader_for(device: torch.device) -> Reader | None:
    """Return how batches get back from ``device`` while it computes; None where it cannot do both."""
    return CudaReader(device) if device.type == "cuda" else None
