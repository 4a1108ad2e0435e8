"""Attention over any axes: laid out as ``(batch, heads, steps, features)``, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers.attention.masks import all_of, as_mask, causal_mask, insert_axes, window_mask


class AttentionAxes:
    """Which axes of an input are attended over; the others, with the batch, are computed apart.

    Args:
        attended: The axes attended over; negative ones count from the end.
        rank: Number of axes of the input, the features last.

    Raises:
        ValueError: there is no such axis.
    """

    def __init__(self, attended: Sequence[int], rank: int) -> None:
        found = tuple(a + rank if a < 0 else a for a in attended)
        if not found or any(not 0 <= a < rank - 1 for a in found) or len(set(found)) != len(found):
            raise ValueError(
                f"`attention_axes` must name different axes of inputs with {rank} axes, the last one excepted."
                f" Received: attention_axes={tuple(attended)}"
            )
        self.attended = found
        self.free = tuple(d for d in range(rank - 1) if d not in found)
        self.rank = rank
        # The layout that inputs of shape (batch, steps, features) have already.
        self.is_plain = rank == 3 and found == (1,)
        self._order = (*self.free, rank - 1, *self.attended, rank)
        self._back = tuple(self._order.index(d) for d in range(rank + 1))

    def flatten(self, x: torch.Tensor) -> torch.Tensor:
        """Return projections ``(..., heads, features)`` as ``(batch, heads, steps, features)``."""
        if self.is_plain:
            return x.transpose(1, 2)
        x = x.permute(self._order)
        f, a = len(self.free), len(self.attended)
        sizes = x.shape
        return x.reshape(math.prod(sizes[:f]), sizes[f], math.prod(sizes[f + 1 : f + 1 + a]), sizes[-1])

    def unflatten(self, x: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
        """Return ``(batch, heads, steps, features)`` with the axes of ``like``, the projected query."""
        if self.is_plain:
            return x.transpose(1, 2)
        sizes = [like.shape[d] for d in self._order[:-1]]
        return x.reshape(*sizes, x.shape[-1]).permute(self._back)

    def unflatten_scores(self, scores: torch.Tensor, query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
        """Return scores ``(batch, heads, steps, source steps)`` as ``(..., heads, steps..., source steps...)``."""
        if self.is_plain:
            return scores
        steps, sources = ([x.shape[d] for d in self.attended] for x in (query, key))
        return scores.reshape(*[query.shape[d] for d in self.free], scores.shape[1], *steps, *sources)

    def scores_shape(self, query_shape: Any, value_shape: Any, heads: int) -> tuple[int | None, ...]:
        """Return the shape of the scores for inputs of these shapes."""
        free, steps = ([query_shape[d] for d in axes] for axes in (self.free, self.attended))
        return (*free, heads, *steps, *(value_shape[d] for d in self.attended))

    def step_mask(self, mask: Any, x: torch.Tensor, is_source: bool) -> torch.Tensor:
        """Return the mask of an input, whose first axes it has, with the axes of the scores but for the heads."""
        found = as_mask(mask)
        if self.is_plain:
            return found.unsqueeze(1 if is_source else 2)
        sizes = x.shape[: self.rank - 1]
        found = found.reshape(tuple(found.shape) + (1,) * (self.rank - 1 - found.ndim)).expand(sizes)
        found = found.permute(*self.free, *self.attended)
        ones = (1,) * len(self.attended)
        free, steps = found.shape[: len(self.free)], found.shape[len(self.free) :]
        return found.reshape(*free, *ones, *steps) if is_source else found.reshape(*free, *steps, *ones)

    def position_mask(
        self, query: torch.Tensor, value: torch.Tensor, is_causal: bool, window: int | None
    ) -> torch.Tensor:
        """Return the mask that depends on the distance of steps, in the order of their axes, but for the heads."""
        steps, sources = ([x.shape[d] for d in self.attended] for x in (query, value))
        sizes = (math.prod(steps), math.prod(sources))
        masks = []
        if is_causal:
            masks.append(causal_mask(*sizes, query.device))
        if window is not None:
            masks.append(window_mask(*sizes, window, query.device))
        combined = all_of(masks)
        assert combined is not None
        return combined.reshape((1,) * len(self.free) + (*steps, *sources))

    def with_heads(self, mask: torch.Tensor) -> torch.Tensor:
        """Return a mask that may lack the heads, and other axes before the steps, with all axes of the scores."""
        return insert_axes(mask, len(self.free) + 1 + 2 * len(self.attended), 2 * len(self.attended))

    def flatten_mask(self, mask: torch.Tensor, query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
        """Return a mask with the axes of the scores as ``(batch, heads, steps, source steps)``, 1 where it repeats."""
        mask = self.with_heads(mask)
        if self.is_plain:
            return mask
        f = len(self.free)
        free = [query.shape[d] for d in self.free] if any(n != 1 for n in mask.shape[:f]) else [1] * f
        steps, sources = ([x.shape[d] for d in self.attended] for x in (query, key))
        mask = mask.expand(*free, mask.shape[f], *steps, *sources)
        return mask.reshape(math.prod(free), mask.shape[f], math.prod(steps), math.prod(sources))
