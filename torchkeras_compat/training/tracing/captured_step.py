"""A recorded step with the update of the weights, captured in CUDA graphs: one launch for all of its kernels."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

import torch

from torchkeras_compat.optimizers.replayable import Replayable
from torchkeras_compat.training.tracing.program import Program

Results = tuple[torch.Tensor, ...]
# Each has its memory. More come only where a scheduler cycles numbers that kernels receive from the host.
_MOST_GRAPHS = 8


class CannotCapture(RuntimeError):
    """Capturing a step failed; nothing of it was computed."""


class CudaGraph:
    """The kernels that a function starts, captured without running them.

    Args:
        function: The function; what it returns lies where each replay writes it.

    Attributes:
        results: What it returned.
    """

    _pool: Any = None  # graphs of one process run one after the other, and can share memory for what is between

    def __init__(self, function: Callable[[], Results]) -> None:
        self._graph = torch.cuda.CUDAGraph()
        # Threads that load data may use the device meanwhile.
        with torch.cuda.graph(self._graph, pool=CudaGraph._pool, capture_error_mode="thread_local"):
            self.results = function()
        CudaGraph._pool = self._graph.pool()

    def replay(self) -> None:
        """Run the kernels on what the captured tensors hold now."""
        self._graph.replay()


class CapturedStep:
    """Runs a recorded step, and the update of the weights, as one captured graph.

    The first step of each kind runs uncaptured, so that kernels are loaded; the second one is captured.

    Args:
        run: The recorded step, a function of the inputs.
        put_back: Sets the gradients that it returned.
        inputs: Inputs of a batch, for their form.
        optimizer: The optimizer; None where the step has no update.
        steps: Steps in one graph. All but the last of them wait for the others.
        graph: What captures a function.

    Raises:
        NotReplayable: the optimizer cannot be captured.
    """

    def __init__(
        self,
        run: Callable[..., Results],
        put_back: Callable[[Results], Any],
        inputs: Sequence[torch.Tensor],
        optimizer: Any,
        steps: int = 1,
        graph: Callable[[Callable[[], Results]], Any] = CudaGraph,
    ) -> None:
        self.steps = steps
        self._run = run
        self._put_back = put_back
        self._capture = graph
        self._replayable = None if optimizer is None else Replayable(optimizer, steps)
        self._slots = [[torch.empty_like(t) for t in inputs] for _ in range(steps)]
        self._graphs: dict[Hashable, Any] = {}
        self._is_warm: set[Hashable] = set()
        self._filled = 0

    def __call__(self, inputs: Sequence[torch.Tensor]) -> Results | None:
        """Take a batch; return what the last step left once all steps of a graph have run, None before.

        Raises:
            CannotCapture: the steps wait for :meth:`pending` to be taken.
        """
        for place, tensor in zip(self._slots[self._filled], inputs):
            place.copy_(tensor, non_blocking=True)
        self._filled += 1
        if self._filled < self.steps:
            return None
        key = None if self._replayable is None else self._replayable.advance()
        graph = self._graphs.get(key)
        if graph is None:
            if key not in self._is_warm or len(self._graphs) >= _MOST_GRAPHS:
                self._is_warm.add(key)
                self._filled = 0
                return self._all_steps()
            graph = self._graphs[key] = self._captured()
        self._filled = 0
        graph.replay()
        results: Results = graph.results
        return results

    def pending(self) -> Iterator[list[torch.Tensor]]:
        """Take the batches that wait for the rest of their graph."""
        filled, self._filled = self._filled, 0
        yield from self._slots[:filled]

    def _captured(self) -> Any:
        try:
            return self._capture(self._all_steps)
        except RuntimeError as error:
            if self._replayable is not None:
                self._replayable.take_back()
            raise CannotCapture(str(error)) from error

    def _all_steps(self) -> Results:
        results: Results = ()
        for inputs in self._slots:
            results = self._run(*inputs)
            self._put_back(results)
            if self._replayable is not None:
                self._replayable.update()
        return results


def why_not_captured(program: Program, inputs: Sequence[torch.Tensor]) -> str | None:
    """Return why a recorded step cannot be captured; None if nothing speaks against it.

    Args:
        program: The recorded step.
        inputs: Its inputs.
    """
    device = inputs[0].device
    if any(t.device != device for t in inputs):
        return "the parts of a batch lie on several devices"
    if any(torch.empty_like(t).stride() != t.stride() for t in inputs):
        return "a part of a batch has strides that a copy would not have"
    for op in program.ops:
        if op.is_call:
            return "the step draws seeds, which are numbers of the host, for layers that have a `seed`"
        for value in op.inputs():
            if value.device != device and not (value.is_literal and not value.shape):
                return f"the step computes with a tensor on {value.device} beside those on {device}"
    return None
