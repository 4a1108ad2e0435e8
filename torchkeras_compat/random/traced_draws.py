"""What stands for a torch generator inside the graphs of `torch.compile`, where draws are one operation."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import fx
from torch.fx.experimental.proxy_tensor import get_proxy_mode


class TracedSeed:
    """Stands for a torch generator while a graph is traced, which takes none whose seed it does not know.

    Args:
        pair: The seed as `SeedGenerator.next` returns it.
    """

    def __init__(self, pair: torch.Tensor) -> None:
        self.pair = pair

    def filled(self, kind: str, like: torch.Tensor, *numbers: float) -> torch.Tensor:
        """Return a tensor like another one, with the numbers that its method of this name (and ``_``) gives."""
        return self.drawn(kind, like.shape, like.dtype, like.device, (), numbers)

    def drawn(
        self,
        kind: str,
        size: Sequence[int],
        dtype: torch.dtype,
        device: torch.device,
        parameters: Sequence[torch.Tensor] = (),
        numbers: Sequence[float] = (),
    ) -> torch.Tensor:
        """Return what the function ``kind`` of torch draws for some parameters."""
        # torch looks through all modules for the place of a new operation: 4 ms, which only graphs are worth.
        from torchkeras_compat.random.draw_operation import draw

        drawn: torch.Tensor = draw(self.pair, kind, list(parameters), list(size), list(numbers), dtype, device)
        return drawn


def is_recording_calls() -> bool:
    """Return whether torch.fx traces with proxies of Python values, in which no tensor stands for another one."""
    return get_proxy_mode() is None


def refuse_to_record() -> None:
    """Raise the error of a draw that `torch.fx.symbolic_trace` would record as the numbers of now."""
    raise fx.proxy.TraceError(
        "torch.fx would record numbers drawn from a SeedGenerator as constants. Trace a module around the layer that"
        " draws them: there it is one node."
    )
