"""Updates happen outside compiled and captured graphs: the number of updates and the learning rate are host numbers.

A graph would hold them as the constants of its first run.
"""

from __future__ import annotations

import torch

from torchkeras_compat.outside_graphs import caller_outside_graphs

update_outside = caller_outside_graphs(
    "an optimizer of this package updates weights outside of graphs: its learning rate and its number of updates are"
    " numbers on the host. Leave `fullgraph=True` out, or compile the loss and its gradients only"
)
"""Calls a method of an optimizer that `torch.compile` must not trace: the graph breaks there."""


def refuse_capture(name: str) -> None:
    """Raise if the current CUDA stream is being captured.

    Args:
        name: Name of the optimizer.

    Raises:
        RuntimeError: it is.
    """
    if torch.cuda.is_current_stream_capturing():
        raise RuntimeError(
            f"Optimizer '{name}' was asked for an update while a CUDA graph is being captured. Its learning rate and"
            " its number of updates are numbers on the host, which the graph would repeat as they are now. Capture the"
            " forward and the backward pass, and call the optimizer after `graph.replay()`; or capture `update()` of"
            " `torchkeras_compat.optimizers.replayable.Replayable(optimizer)`, and call its `advance()` before each"
            " replay."
        )
