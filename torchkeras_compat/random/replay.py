"""Draws that come again: code that runs twice gets the seeds of its first run in the second."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch

from torchkeras_compat.random.seed_generator import SeedGenerator, _thread


class Replay:
    """What was drawn inside :meth:`record`, to be drawn again inside :meth:`repeat`, when no generator moves on.

    The default generators of torch are not part of it: ``torch.utils.checkpoint`` keeps those.

    Example:
        >>> generator, replay = SeedGenerator(7), Replay()
        >>> with replay.record():
        ...     first = generator.next()
        >>> with replay.repeat():
        ...     again = generator.next()
        >>> first, again, generator.next()
        (tensor([7, 0]), tensor([7, 0]), tensor([7, 1]))
    """

    def __init__(self) -> None:
        self._drawn: list[torch.Tensor] = []
        self._position: int | None = None  # None: recording

    def draw(self, generator: SeedGenerator) -> torch.Tensor:
        """Return the next seed: a new one of the generator, or the one of the first run."""
        if self._position is None:
            self._drawn.append(generator._advance())
            return self._drawn[-1].clone()
        return self._next()

    def generator(self, generator: torch.Generator) -> torch.Generator:
        """Return the torch generator to draw from: the given one, or another in the state of the first run."""
        if self._position is None:
            self._drawn.append(generator.get_state())
            return generator
        return torch.Generator(generator.device).set_state(self._next())

    def _next(self) -> torch.Tensor:
        if self._position is None or self._position >= len(self._drawn):
            raise RuntimeError(
                f"The second run of code draws more than the {len(self._drawn)} seeds of the first. What is recomputed"
                " must do the same each time: leave out what changes from call to call."
            )
        self._position += 1
        return self._drawn[self._position - 1].clone()

    @contextlib.contextmanager
    def record(self) -> Iterator[None]:
        """Remember what this thread draws inside the scope."""
        with self._active(None):
            yield

    @contextlib.contextmanager
    def repeat(self) -> Iterator[None]:
        """Draw inside the scope what was drawn in :meth:`record`, in the same order."""
        with self._active(0):
            yield

    @contextlib.contextmanager
    def _active(self, position: int | None) -> Iterator[None]:
        before = getattr(_thread, "replay", None)
        _thread.replay, self._position = self, position
        try:
            yield
        finally:
            _thread.replay = before
