"""`tf.random.Generator`: a stream of random numbers with a state of its own."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.operands import integer, sizes, tensor
from torchkeras_compat.dialects.tensorflow.random import distributions
from torchkeras_compat.dialects.tensorflow.random.seeds import drawing_device, drawing_generator, mixed
from torchkeras_compat.dialects.tensorflow.tensor import unwrap, wrap
from torchkeras_compat.random.seed_generator import make_default_seed

_global_generator: Generator | None = None


class Generator:
    """Random numbers that a seed determines, and that go on from call to call.

    Made by :meth:`from_seed` or :meth:`from_non_deterministic_state`. The numbers are torch's.

    Args:
        copy_from: A generator whose state to take.
        state: Three integers, instead.
        alg: ``"philox"``, ``"threefry"`` or ``"auto_select"``; changes no numbers here.

    Raises:
        ValueError: there is neither a state nor a generator, or the state is not three integers.

    Example:
        >>> a, b = Generator.from_seed(1), Generator.from_seed(1)
        >>> bool((a.normal([2]) == b.normal([2])).numpy().all())
        True
    """

    def __init__(self, copy_from: Generator | None = None, state: Any = None, alg: Any = None) -> None:
        self._state: list[int]
        self._algorithm: Any
        if copy_from is not None:
            self._state = list(copy_from._state)
            self._algorithm = copy_from._algorithm
            return
        numbers = None if state is None else [int(n) for n in tensor(unwrap(state)).reshape(-1).tolist()]
        if numbers is None or len(numbers) > 3:
            raise ValueError(f"A generator needs a state of three integers, or one to copy from. Received: {state!r}")
        self._state = numbers + [0] * (3 - len(numbers))
        self._algorithm = alg

    @classmethod
    def from_seed(cls, seed: Any, alg: Any = None) -> Generator:
        """Return a generator that the seed, an integer, determines."""
        return cls(state=[0, 0, integer(seed, "seed")], alg=alg)

    @classmethod
    def from_key_counter(cls, key: Any, counter: Any, alg: Any) -> Generator:
        """Return a generator at a place, of two integers, in the stream of a key."""
        return cls(state=[*(int(n) for n in counter), int(key)], alg=alg)

    @classmethod
    def from_state(cls, state: Any, alg: Any) -> Generator:
        """Return a generator with this state."""
        return cls(state=state, alg=alg)

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> Generator:
        """Return a generator whose seed Python's ``random`` gives."""
        return cls.from_seed(make_default_seed(), alg)

    @property
    def state(self) -> Any:
        """Three integers, as a tensor."""
        return wrap(torch.tensor(self._state, dtype=torch.int64))

    @property
    def key(self) -> Any:
        """The number that determines the stream."""
        return wrap(torch.tensor(self._state[2], dtype=torch.int64))

    @property
    def algorithm(self) -> Any:
        """The algorithm asked for."""
        return 1 if self._algorithm in (None, "auto_select") else self._algorithm

    def reset(self, state: Any) -> None:
        """Take this state."""
        self._state = [int(n) for n in tensor(unwrap(state)).reshape(-1).tolist()]

    def reset_from_seed(self, seed: Any) -> None:
        """Begin as a generator made with this seed."""
        self._state = [0, 0, integer(seed, "seed")]

    def reset_from_key_counter(self, key: Any, counter: Any) -> None:
        """Go to a place in the stream of a key."""
        self._state = [*(int(n) for n in counter), int(key)]

    def skip(self, delta: Any) -> Any:
        """Leave out a number of steps, and return the state before."""
        before = self.state
        self._state[0] += integer(delta, "delta")
        return before

    def split(self, count: Any = 1) -> list[Generator]:
        """Return generators with streams of their own."""
        start = mixed(*self._state)
        self._state[0] += integer(count, "count")
        return [Generator(state=[0, 0, mixed(start, i) >> 2], alg=self._algorithm) for i in range(int(count))]

    def make_seeds(self, count: Any = 1) -> Any:
        """Return seeds for functions of ``tf.random.stateless_...``: ``(2, count)``."""
        rows = []
        for _ in range(integer(count, "count")):
            bits = self._next()
            rows.append([bits & 0x7FFFFFFF, (bits >> 32) & 0x7FFFFFFF])
        return wrap(torch.tensor(rows, dtype=torch.int64).reshape(-1, 2).T.contiguous())

    def _next(self) -> int:
        bits = mixed(*self._state)
        self._state[0] += 1
        return bits

    def _torch(self, device: torch.device | None = None) -> torch.Generator | None:
        return drawing_generator(self._next(), device or drawing_device())

    def normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", name: str | None = None
    ) -> Any:
        """Return numbers of a normal distribution."""
        return wrap(distributions.normal(unwrap(shape), unwrap(mean), unwrap(stddev), dtype, self._torch()))

    def truncated_normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", name: str | None = None
    ) -> Any:
        """Return numbers of a normal distribution within two standard deviations."""
        return wrap(distributions.truncated_normal(unwrap(shape), unwrap(mean), unwrap(stddev), dtype, self._torch()))

    def uniform(
        self, shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = "float32", name: str | None = None
    ) -> Any:
        """Return numbers of ``[minval, maxval)``."""
        return wrap(distributions.uniform(unwrap(shape), unwrap(minval), unwrap(maxval), dtype, self._torch()))

    def uniform_full_int(self, shape: Any, dtype: Any = "uint64", name: str | None = None) -> Any:
        """Return integers of all that the dtype has; ``"uint64"`` as int64."""
        kind = "int64" if "64" in str(dtype) else "int32"
        return wrap(distributions.uniform(unwrap(shape), None, None, kind, self._torch()))

    def binomial(self, shape: Any, counts: Any, probs: Any, dtype: Any = "int32", name: str | None = None) -> Any:
        """Return numbers of binomial distributions, whose parameters broadcast to ``shape``."""
        chance = tensor(unwrap(probs))
        return wrap(distributions.binomial(unwrap(shape), unwrap(counts), chance, dtype, self._torch(chance.device)))


def get_global_generator() -> Generator:
    """Return the generator that is meant where none is named; made at the first call."""
    global _global_generator
    if _global_generator is None:
        _global_generator = Generator.from_non_deterministic_state()
    return _global_generator


def set_global_generator(generator: Generator) -> None:
    """Let :func:`get_global_generator` return another generator."""
    global _global_generator
    _global_generator = generator


def create_rng_state(seed: Any, alg: Any) -> Any:
    """Return the state of a generator made with this seed."""
    numbers = sizes(unwrap(seed), "seed")
    return wrap(torch.tensor([0, 0, mixed(*numbers) >> 2 if len(numbers) > 1 else numbers[0]], dtype=torch.int64))
