"""Seeds: a generator of seeds whose state stays on the CPU, and the torch generator of a ``seed`` argument."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import torch
from torch.fx import _symbolic_trace as fx_trace

from torchkeras_compat.naming import auto_name
from torchkeras_compat.random.keyed_generator import keyed_generator
from torchkeras_compat.random.traced_draws import TracedSeed, is_recording_calls, refuse_to_record

_thread = threading.local()  # one thread is not replayed for another
_global_generator: SeedGenerator | None = None


class SeedGenerator:
    """A stream of seeds: draw number ``n`` of a generator made with ``seed`` is the pair ``(seed, n)``.

    The state lives on the CPU whatever the device of the model, so a draw never waits for a device, and it is the
    whole state: a generator whose state is copied draws the same numbers.

    Args:
        seed: An int; None to take one from Python's ``random``, which ``utils.set_random_seed`` makes reproducible.
        name: Name, unique by default.

    Attributes:
        state: ``int64`` tensor of shape ``(2,)`` on the CPU: the seed, and how many seeds were drawn.

    Raises:
        ValueError: ``seed`` is not an int of at most 64 bits, or an argument is unknown.

    Example:
        >>> generator = SeedGenerator(7)
        >>> generator.next(), generator.next()
        (tensor([7, 0]), tensor([7, 1]))
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any) -> None:
        if kwargs:
            raise ValueError(f"Unrecognized keyword arguments: {list(kwargs)}. SeedGenerator takes `seed` and `name`.")
        if seed is None:
            seed = make_default_seed()
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
            raise ValueError(
                f"Argument `seed` must be an integer or None. Received: seed={seed!r} of type {type(seed)}"
            )
        self.name = name or auto_name("seed_generator")
        self._initial_seed = int(seed)
        self.state = _state(self._initial_seed)

    def next(self, ordered: bool = True) -> torch.Tensor:
        """Return the current state, an ``int64`` tensor of shape ``(2,)`` on the CPU, and move on.

        Args:
            ordered: Kept for Keras's signature; draws always come in the order of the calls.

        A program of ``torch.export`` or ``make_fx`` has no place for the state: it draws each seed at random.
        """
        if fx_trace._is_fx_tracing_flag or torch.compiler.is_exporting():
            if is_recording_calls() and not torch.compiler.is_exporting():
                refuse_to_record()
            return torch.randint(2**62, (2,), device="cpu")
        recorder = getattr(_thread, "recorder", None)
        if recorder is not None:
            recorder.refuse("the step draws a seed, which is a number of the host")
        replay = getattr(_thread, "replay", None)
        return self._advance() if replay is None else replay.draw(self)

    def _advance(self) -> torch.Tensor:
        drawn = self.state.clone()
        self.state[1] += 1
        return drawn

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"seed": self._initial_seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """Return a new generator, at its first seed, made from what ``get_config`` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<SeedGenerator {self.name}, seed={self._initial_seed}>"


Seed: TypeAlias = "int | SeedGenerator | torch.Generator | torch.Tensor | None"


def make_default_seed() -> int:
    """Return a seed drawn from Python's ``random``."""
    return random.randint(1, int(1e9))


def global_seed_generator() -> SeedGenerator:
    """Return the generator behind :func:`draw_seed` without a seed; ``set_random_seed`` starts it again."""
    global _global_generator
    if _global_generator is None:
        _global_generator = SeedGenerator(name="global_seed_generator")
    return _global_generator


def reset_global_seed_generator(seed: int | None = None) -> None:
    """Restart the global generator: at ``seed``, or, for None, at one that Python's ``random`` gives."""
    global _global_generator
    _global_generator = None if seed is None else SeedGenerator(seed, name="global_seed_generator")


def draw_seed(seed: Seed = None) -> torch.Tensor:
    """Return one seed as an ``int64`` tensor of shape ``(2,)`` on the CPU.

    Args:
        seed: An int for always the same seed, a :class:`SeedGenerator` for its next one, a seed drawn before, or None
            for the next one of the global generator.

    Raises:
        ValueError: ``seed`` is none of these.

    Example:
        >>> draw_seed(3)
        tensor([3, 0])
    """
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if seed is None:
        return global_seed_generator().next()
    if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool):
        return _state(int(seed))
    if isinstance(seed, (torch.Tensor, np.ndarray)) and tuple(seed.shape) == (2,):
        return torch.as_tensor(seed).to("cpu", torch.int64)
    raise ValueError(
        "Argument `seed` must be either an integer, an instance of `SeedGenerator`, a drawn seed or None. "
        f"Received: seed={seed!r} of type {type(seed)}"
    )


def torch_generator(seed: Seed, device: torch.device) -> torch.Generator | TracedSeed | None:
    """Return the torch generator to draw from on ``device``, or what stands for it in a graph.

    Args:
        seed: None for torch's own default generator (the result is None: the fastest path, and the one that
            ``torch.compile`` and CUDA graphs know), a ``torch.Generator`` to draw from, else as :func:`draw_seed`
            takes it.
        device: Where the numbers are drawn. Nothing is drawn, and no generator moves on, on the meta device.

    A graph of ``torch.compile`` draws what the eager code draws. Programs of ``torch.export`` and ``make_fx``, and
    captured CUDA graphs, draw from torch's default generator in place of a :class:`SeedGenerator`: they would repeat
    its state.

    Raises:
        ValueError: ``seed`` is not a seed, or is a torch generator of another device.
    """
    if seed is None or device.type == "meta":
        return None
    if isinstance(seed, torch.Generator):
        if seed.device.type != device.type:
            raise ValueError(
                f"The torch generator given as `seed` is on {seed.device}, but the numbers are drawn on {device}. "
                f"Use torch.Generator({device.type!r}), or an int."
            )
        replay = getattr(_thread, "replay", None)
        return seed if replay is None else replay.generator(seed)
    if torch.compiler.is_compiling() or fx_trace._is_fx_tracing_flag:
        return _while_tracing(seed)
    if device.type == "cuda" and isinstance(seed, SeedGenerator) and torch.cuda.is_current_stream_capturing():
        return None
    recorder = getattr(_thread, "recorder", None)
    reseeding = Reseeding(seed, device)
    return reseeding() if recorder is None else recorder.call(reseeding)


def _while_tracing(seed: Any) -> TracedSeed | None:
    if not isinstance(seed, SeedGenerator):
        return TracedSeed(draw_seed(seed))
    if torch.compiler.is_exporting():
        return None
    if torch.compiler.is_dynamo_compiling():
        return TracedSeed(seed.next())
    if is_recording_calls():
        refuse_to_record()
    return None


class Reseeding:
    """Starts a torch generator at the next seed: what a recorded step does again in each run.

    Args:
        seed: Where seeds come from, as for :func:`draw_seed`.
        device: The device of the generator, which is one for each thread.
    """

    def __init__(self, seed: Seed, device: torch.device) -> None:
        self.seed = seed
        self.device = device

    def __call__(self) -> torch.Generator:
        """Draw a seed, and return the generator, started there."""
        key, count = (self.seed.next() if isinstance(self.seed, SeedGenerator) else draw_seed(self.seed)).tolist()
        return keyed_generator(key, count, self.device)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Reseeding) or other.device != self.device:
            return False
        return other.seed is self.seed or (isinstance(self.seed, int) and self.seed == other.seed)

    def __hash__(self) -> int:
        return hash(self.device)


@contextlib.contextmanager
def recorded_by(recorder: Any) -> Iterator[None]:
    """Let a recorder of steps see, in this thread, when a seed is drawn.

    Args:
        recorder: Its method ``call`` runs a function of the host and records that it was run; ``refuse`` hears why
            what is recorded cannot be run again.
    """
    before = getattr(_thread, "recorder", None)
    _thread.recorder = recorder
    try:
        yield
    finally:
        _thread.recorder = before


def _state(seed: int) -> torch.Tensor:
    if not -(2**63) <= seed < 2**63:
        raise ValueError(f"Argument `seed` must be an integer of at most 64 bits. Received: seed={seed}")
    return torch.tensor([seed, 0], dtype=torch.int64, device="cpu")
