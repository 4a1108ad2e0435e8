"""Draws from a seed inside the graphs of `torch.compile`: one operation, which computes what the eager draw does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import fx
from torch.fx.experimental.proxy_tensor import get_proxy_mode

from torchkeras_compat.random.keyed_generator import keyed_generator

_IN_PLACE = ("bernoulli", "normal", "uniform")
_OF_PARAMETERS: dict[str, Callable[..., torch.Tensor]] = {
    "_sample_dirichlet": torch._sample_dirichlet,
    "_standard_gamma": torch._standard_gamma,
    "binomial": torch.binomial,
}


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
        draw: Any = torch.ops.torchkeras_compat.draw
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


def _draw(
    seed: torch.Tensor,
    kind: str,
    parameters: list[torch.Tensor],
    size: list[int],
    numbers: list[float],
    dtype: torch.dtype,
    device: torch.device,
) -> torch.Tensor:
    key, count = seed.tolist()
    generator = keyed_generator(key, count, torch.device(device))
    if kind in _IN_PLACE:
        empty: Any = torch.empty(size, dtype=dtype, device=device)
        drawn: torch.Tensor = getattr(empty, f"{kind}_")(*numbers, generator=generator)
        return drawn
    if kind == "randint":
        low, high = (int(n) for n in numbers)
        return torch.randint(low, high, size, generator=generator, device=device)
    if kind == "randperm":
        return torch.randperm(size[0], generator=generator, device=device)
    if kind == "multinomial":
        return torch.multinomial(parameters[0], size[1], replacement=True, generator=generator)
    return _OF_PARAMETERS[kind](*parameters, generator=generator)


def _shape(
    seed: Any, kind: str, parameters: Any, size: Any, numbers: Any, dtype: torch.dtype, device: torch.device
) -> torch.Tensor:
    return torch.empty(size, dtype=dtype, device=device)


_LIBRARY = torch.library.Library("torchkeras_compat", "DEF")
_LIBRARY.define(
    "draw(Tensor seed, str kind, Tensor[] parameters, SymInt[] size, Scalar[] numbers, ScalarType dtype, Device device)"
    " -> Tensor"
)
_LIBRARY.impl("draw", _draw, "CompositeExplicitAutograd")
torch.library.register_fake("torchkeras_compat::draw", _shape, lib=_LIBRARY)
