"""Random values for calls: arrays of all dtypes, ranks and forms, axes, sizes, edges."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

FLOATS = ("float32", "float32", "float32", "float64", "float16", "bfloat16")
INTS = ("int32", "int32", "int64", "uint8", "int8", "int16")
EDGES = (float("nan"), float("inf"), float("-inf"), 0.0, -0.0, 1.0, -1.0)


class Draw(random.Random):
    """A source of random arguments; everything that it draws follows from its seed."""

    def numbers(self, shape: Sequence[int], low: float, high: float) -> np.ndarray:
        """Numbers of ``[low, high)`` in float64."""
        return np.random.default_rng(self.getrandbits(32)).uniform(low, high, tuple(shape))

    def shape(self, least: int = 0, most: int = 4, zero: float = 0.04) -> tuple[int, ...]:
        """A shape, with an axis of size 0 now and then."""
        return tuple(0 if self.random() < zero else self.randint(1, 4) for _ in range(self.randint(least, most)))

    def like(self, shape: Sequence[int]) -> tuple[int, ...]:
        """A shape that is broadcast with another one; now and then one that is not."""
        if self.random() < 0.03:
            return (*shape, 5)
        found = [1 if self.random() < 0.2 else n for n in shape]
        return tuple(found[self.randint(0, len(found)) if self.random() < 0.3 else 0 :])

    def kind(self, kinds: str) -> str:
        """The name of a dtype: ``f``, ``i``, ``b`` or ``c`` for floats, ints, bool, complex."""
        chosen = self.choice(kinds)
        return self.choice({"f": FLOATS, "i": INTS, "b": ("bool",), "c": ("complex64",)}[chosen])

    def array(
        self,
        shape: Sequence[int] | None = None,
        kinds: str = "fffffib",
        low: float = -3,
        high: float = 3,
        *,
        edges: float = 0.06,
        plain: bool = True,
        least: int = 0,
        most: int = 4,
    ) -> Any:
        """An operand: a tensor, an array, a list, a Python or NumPy scalar.

        Args:
            shape: Its shape; None for any of ``least`` to ``most`` axes.
            kinds: As :meth:`kind` takes them, one letter for each chance.
            low: Least value.
            high: Greatest value.
            edges: Chance that some of its values are NaN, infinite, or zero.
            plain: Whether it may be a list or a Python number.
            least: Least number of axes.
            most: Greatest number of axes.
        """
        shape = self.shape(least, most) if shape is None else tuple(shape)
        dtype = self.kind(kinds)
        values = self.numbers(shape, low, high)
        if dtype == "bool":
            values = values > (low + high) / 2
        elif "int" in dtype:
            values = np.trunc(np.maximum(values, 0) if dtype.startswith("u") else values)
        elif self.random() < edges and values.size:
            values.reshape(-1)[self.randrange(values.size)] = self.choice(EDGES)
        return self.form(values, dtype, plain)

    def form(self, values: np.ndarray, dtype: str, plain: bool = True) -> Any:
        """The values as a tensor, array, list or number."""
        if dtype == "complex64":
            return (values + 1j * values[::-1] if values.ndim else values + 1j * values).astype(dtype)
        if dtype == "bfloat16":
            return torch.tensor(values, dtype=torch.bfloat16)
        found = values.astype(dtype)
        choice = self.random()
        if plain and choice < 0.12:
            return found.tolist()
        if found.ndim == 0 and choice < 0.3:
            return found[()]
        return torch.tensor(found) if choice > 0.6 else found

    def rank(self, x: Any) -> int:
        """Number of axes of an operand."""
        return len(self.shape_of(x))

    def shape_of(self, x: Any) -> tuple[int, ...]:
        """Shape of an operand."""
        return tuple(x.shape) if hasattr(x, "shape") else np.shape(x)

    def axis(self, rank: int, wrong: float = 0.03) -> int:
        """An axis, negative half the time; now and then one too far."""
        if self.random() < wrong or rank == 0:
            return self.choice([rank, -rank - 1, 0])
        return self.randrange(rank) - (rank if self.random() < 0.5 else 0)

    def axes(self, rank: int) -> Any:
        """None, an axis, or several as a tuple or list."""
        choice = self.random()
        if choice < 0.2:
            return None
        if choice < 0.6:
            return self.axis(rank)
        several = self.sample(range(rank), self.randint(0, rank))
        several = [a - rank if self.random() < 0.3 else a for a in several]
        return tuple(several) if choice < 0.93 else several

    def size(self, low: int = 0, high: int = 4) -> Any:
        """A size: a Python or NumPy integer."""
        found = self.randint(low, high)
        return self.choice([np.int64, np.int32])(found) if self.random() < 0.1 else found

    def dtype_or_none(self) -> Any:
        """A dtype by name, or None."""
        return None if self.random() < 0.5 else self.choice([*FLOATS, *INTS, "bool"])

    def some(self, **options: Any) -> dict[str, Any]:
        """Some of these options; callables are called for their value."""
        chosen = {name: value for name, value in options.items() if self.random() < 0.5}
        return {name: value() if callable(value) else value for name, value in chosen.items()}

    def flag(self) -> bool:
        """True or False."""
        return self.random() < 0.5
