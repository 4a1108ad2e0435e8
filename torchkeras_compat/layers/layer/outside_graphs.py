"""Layers that stay outside the graphs of `torch.compile`: unbuilt ones, and those of torch's recurrent kernels.

Dynamo takes no ``nn.LSTM``, ``nn.GRU`` or ``nn.RNN`` in by default. What it makes of one where it is allowed to is its
steps one by one: 27 s of compiling for inference and 72 s for training of a GRU over 50 steps, for 0.8 and 0.55 of the
time of the kernel, and a crash in the training of an LSTM (torch 2.13, CPU); on CUDA they would stand for cuDNN's.
"""

from __future__ import annotations

from torchkeras_compat.outside_graphs import caller_outside_graphs

call_recurrent_layer = caller_outside_graphs(
    "a layer that computes through torch's recurrent kernels is called outside of graphs. Leave `fullgraph=True` out,"
    " for one break at each such layer; or put its steps into the graph, which pays for short sequences:"
    " `with torch._dynamo.config.patch(allow_rnn=True):` around the first call of what `torch.compile` returned"
)
"""Calls a layer, by its unbound call, where `torch.compile` leaves the graph, and nothing below is traced."""

call_unbuilt_layer = caller_outside_graphs(
    "the layer makes its weights in its first call, which is run outside of graphs. Call it once, or `build` it, before"
    " what `torch.compile` returned is called; or leave `fullgraph=True` out"
)
"""Likewise, a layer whose names, shapes and weights are made in plain Python."""


def takes_recurrent_kernels() -> bool:
    """Return whether Dynamo, which is tracing now, may take torch's recurrent modules into its graph."""
    from torch._dynamo import config  # loaded, since it traces

    return bool(config.allow_rnn)


takes_recurrent_kernels._dynamo_marked_constant = True  # type: ignore[attr-defined]  # see `device.current_device`
