"""Arrays that fit a model and can be learned: the targets depend on the inputs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from torchkeras_compat.datasets import iris
from torchkeras_compat.notes.made_up.needs import Input, Needs, Target

Array: TypeAlias = Any  # of NumPy
SAMPLES, NUMBERS = 200, 4_000_000  # of the training data: samples, and numbers in all at most
NEW = 3
_WORDS = "good great fine happy bright bad poor dull sad dark slow fast warm cold new old film book plot day".split()


@dataclass(frozen=True)
class Samples:
    """Arrays of one part of the data.

    Args:
        inputs: An array for each input.
        targets: An array for each target.
        integers: The targets as integer labels, where they are classes, else as they are.
    """

    inputs: list[Array]
    targets: list[Array]
    integers: list[Array]


def made_up_samples(needs: Needs, rows: int | None = None, seed: int = 113) -> dict[str, Samples]:
    """Return the parts ``train``, ``val``, ``test`` and ``new``; the same needs give the same numbers.

    Args:
        needs: What the arrays are for.
        rows: Number of training samples; None to choose it.
        seed: Of the random numbers.

    Example:
        >>> from torchkeras_compat.notes.made_up.needs import Input, Target
        >>> parts = made_up_samples(Needs("m", (Input("a", (8,)),), (Target("b", (5,), "one_hot"),)))
        >>> parts["train"].inputs[0].shape, parts["test"].targets[0].shape
        ((200, 8), (50, 5))
    """
    if needs.is_iris and rows is None:
        return _iris(needs.targets[0])
    size = max(sum(math.prod(i.shape) for i in needs.inputs), 1)
    train = rows or max(min(SAMPLES, NUMBERS // size), 32)
    batch = needs.batch or 1
    sizes = {"train": train, "val": max(train // 4, 8), "test": max(train // 4, 8), "new": NEW}
    if batch > 1:
        sizes = {part: math.ceil(n / batch) * batch for part, n in sizes.items()}
    maker = _Maker(needs, sum(sizes.values()), np.random.default_rng(seed))
    inputs, targets, integers = maker.make()
    parts, start = {}, 0
    for part, n in sizes.items():
        rows_of_part = slice(start, start + n)
        parts[part] = Samples(*([array[rows_of_part] for array in arrays] for arrays in (inputs, targets, integers)))
        start += n
    return parts


def _iris(target: Target) -> dict[str, Samples]:
    (x, y), (x_test, y_test) = iris.load_data(test_split=0.12)
    new = np.array([[5.0, 3.4, 1.5, 0.2], [6.8, 3.0, 5.8, 2.2], [5.9, 2.8, 4.1, 1.2]], dtype="float32")
    parts = {"train": (x, y), "val": (x_test, y_test), "test": (x_test, y_test), "new": (new, np.array([0, 2, 1]))}
    return {
        part: Samples([x], [_one_hot(y, 3) if target.kind == "one_hot" else y], [y]) for part, (x, y) in parts.items()
    }


class _Maker:
    """Draws a class and a number for each sample, and inputs that show them."""

    def __init__(self, needs: Needs, n: int, random: np.random.Generator) -> None:
        self.needs = needs
        self.n = n
        self.random = random
        classes = [t.classes for t in needs.targets if t.kind in ("integers", "one_hot")]
        kinds = {t.kind for t in needs.targets}
        self.number = random.uniform(-1, 1, n).astype("float32")
        if classes:
            self.classes = random.permutation(np.arange(n) % max(classes))
        elif kinds & {"binary", "signs"}:
            self.classes = random.permutation(np.arange(n) % 2)
        else:
            self.classes = np.digitize(self.number, np.linspace(-1, 1, 9)[1:-1])
        self.count = int(self.classes.max()) + 1

    def make(self) -> tuple[list[Array], list[Array], list[Array]]:
        is_copied = any(t.kind == "inputs" for t in self.needs.targets)
        inputs = [self._input(i, is_copied) for i in self.needs.inputs]
        pairs = [self._target(t, inputs) for t in self.needs.targets]
        return inputs, [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    def _input(self, needed: Input, is_copied: bool) -> Array:
        shape, random = needed.shape, self.random
        if needed.kind == "integers":
            return self._integers(shape, needed.below)
        if needed.kind == "strings":
            favourites = random.permutation(len(_WORDS)).reshape(4, -1)[self.classes % 4]
            texts = [" ".join(_WORDS[i] for i in random.choice(row, 6)) for row in favourites]
            return np.array(texts, dtype=object).reshape((self.n, *([1] * len(shape)))[: 1 + len(shape)])
        is_picture = len(shape) >= 3 or math.prod(shape) >= 64 or needed.kind == "pixels"
        means = _smooth(random, self.count, shape) if is_picture else random.normal(size=(self.count, *shape))
        x = means[self.classes].astype("float32")
        noise = random.standard_normal((self.n, *shape), dtype="float32")
        numbers = self.number.reshape(self.n, *[1] * len(shape))
        if not (is_picture or is_copied):
            return x + 0.3 * noise + numbers * random.standard_normal(shape, dtype="float32")
        x = np.clip(x + 0.1 * noise + 0.2 * numbers, 0, 1)
        return np.round(x * 255) if needed.kind == "pixels" else x

    def _integers(self, shape: tuple[int, ...], below: int) -> Array:
        """Numbers from 1; in most places one of five favourites of the class."""
        low = min(1, below - 1)
        favourites = self.random.integers(low, below, (self.count, 5))
        x = self.random.integers(low, below, (self.n, *shape))
        chosen = favourites[self.classes][np.arange(self.n).reshape(-1, *[1] * len(shape)), self._picks(shape)]
        return np.where(self.random.random(x.shape) < 0.6, chosen, x).astype("int64")

    def _picks(self, shape: tuple[int, ...]) -> Array:
        return self.random.integers(0, 5, (self.n, *shape))

    def _target(self, needed: Target, inputs: Sequence[Array]) -> tuple[Array, Array]:
        """A target as its loss takes it, and as integer labels."""
        kind, shape = needed.kind, needed.shape
        if kind == "inputs":
            return inputs[0], inputs[0]
        if kind in ("integers", "one_hot"):
            labels = self._labels(shape[:-1], needed.classes, inputs)
            return (labels if kind == "integers" else _one_hot(labels, needed.classes)), labels
        if kind in ("binary", "signs"):
            places = () if math.prod(shape) == 1 else shape
            labels = self._labels(places, 2, inputs) if places[1:] else self._bits(places)
            return (labels.astype("float32") if kind == "binary" else labels * 2.0 - 1.0), labels
        places = () if math.prod(shape) == 1 else shape
        values = self.number.reshape(self.n, *[1] * len(places)) * (1 + 0.5 * self.random.random(places))
        if kind == "positive":
            values = np.exp(values)
        values = (values + np.zeros((self.n, *places))).astype("float32")
        return values, values

    def _bits(self, places: tuple[int, ...]) -> Array:
        if not places:
            return self.classes % 2
        return ((self.classes[:, None] + np.arange(places[0])) % 3 == 0).astype("int64")

    def _labels(self, places: tuple[int, ...], classes: int, inputs: Sequence[Array]) -> Array:
        """Integer labels: one for a sample, or one for each place, by what an input has there."""
        if not places:
            return self.classes % classes
        for x in inputs:
            if x.shape[1:] == places and x.dtype.kind == "i":
                return x % classes
            if x.shape[1 : 1 + len(places)] == places and x.dtype.kind == "f":
                means = x.reshape(self.n, *places, -1).mean(-1)
                edges = np.quantile(means, np.linspace(0, 1, classes + 1)[1:-1])
                return np.digitize(means, edges)
        return np.broadcast_to((self.classes % classes).reshape(self.n, *[1] * len(places)), (self.n, *places)).copy()


def _smooth(random: np.random.Generator, count: int, shape: tuple[int, ...]) -> Array:
    """Patterns in [0, 1] of coarse patches, one for each class."""
    axes = [max(1, math.ceil(size / 4)) if size > 4 else size for size in shape]
    patterns = random.random((count, *axes))
    for axis, size in enumerate(shape, 1):
        patterns = np.repeat(patterns, math.ceil(size / patterns.shape[axis]), axis=axis)
        patterns = patterns.take(range(size), axis=axis)
    return patterns


def _one_hot(labels: Any, classes: int) -> Array:
    return np.eye(classes, dtype="float32")[labels]
