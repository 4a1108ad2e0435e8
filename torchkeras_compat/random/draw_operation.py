"""Draws from a seed inside the graphs of `torch.compile`: one operation, which computes what the eager draw does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras_compat.random.keyed_generator import keyed_generator

_IN_PLACE = ("bernoulli", "normal", "uniform")
_OF_PARAMETERS: dict[str, Callable[..., torch.Tensor]] = {
    "_sample_dirichlet": torch._sample_dirichlet,
    "_standard_gamma": torch._standard_gamma,
    "binomial": torch.binomial,
}


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

draw: Any = torch.ops.torchkeras_compat.draw
