"""Where a dataset begins: values, arrays, generators, numbers, files."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from torchkeras_compat.data.pipeline import Passes, random_seed
from torchkeras_compat.dialects.tensorflow.data import specs
from torchkeras_compat.dialects.tensorflow.data.chain import Chain, whole
from torchkeras_compat.dialects.tensorflow.data.rows import Progression, Rows, split_rows
from torchkeras_compat.dialects.tensorflow.data.shuffling import random_numbers
from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.elements.structures import flatten, is_node, map_structure
from torchkeras_compat.dialects.tensorflow.elements.values import (
    absorbed,
    absorbed_leaf,
    as_numpy,
    is_composite,
    is_strings,
)
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError, NotFoundError
from torchkeras_compat.dialects.tensorflow.io.gfile import glob

if TYPE_CHECKING:
    from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset

_ENDLESS = 2**62


class Sources(Chain):
    """Where a dataset begins."""

    @classmethod
    def from_tensors(cls, tensors: Any, name: str | None = None) -> Dataset:
        """Return a dataset of one element.

        Args:
            tensors: The element: a tensor, array, number, string or list of these, or tuples and dictionaries.
            name: Nothing is named.
        """
        element = absorbed(tensors)
        made: Dataset = cls.kind(
            lambda: iter([element]), 1, is_batched=True, spec=lambda: specs.spec_of(element), is_quick=True
        )
        return made

    @classmethod
    def from_tensor_slices(cls, tensors: Any, name: str | None = None) -> Dataset:
        """Return the rows of arrays: slices along their first axis.

        Args:
            tensors: Arrays of one length: of NumPy, torch, pandas, lists of numbers or strings; alone or in tuples
                and dictionaries. A list is one array.
            name: Nothing is named.

        Raises:
            ValueError: a scalar, or arrays of different lengths.

        Example:
            >>> from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
            >>> rows = Dataset.from_tensor_slices(([1, 2, 3], ["a", "b", "c"]))
            >>> [(int(number), text) for number, text in rows.as_numpy_iterator()]
            [(1, b'a'), (2, b'b'), (3, b'c')]
        """
        columns = absorbed(tensors)
        leaves = flatten(columns)
        if any(not getattr(leaf, "ndim", 1) for leaf in leaves):
            raise ValueError(
                "Unbatching a tensor is only supported for rank >= 1: `from_tensor_slices` takes arrays with a first "
                "axis, and received a scalar. Use `from_tensors` for a single element."
            )
        lengths = [leaf.nrows() if is_composite(leaf) else len(leaf) for leaf in leaves]
        if len({int(length) for length in lengths}) > 1:
            raise ValueError(f"Dimensions {' and '.join(map(str, lengths))} are not compatible: lengths differ.")
        if any(is_composite(leaf) for leaf in leaves):
            return cls._of_composites(columns, int(lengths[0]))
        rows = Rows.of(columns)
        made: Dataset = cls.kind(
            rows.elements,
            rows.count,
            rows=rows,
            is_quick=True,
            spec=lambda: specs.unbatched(specs.spec_of(columns)),
        )
        return made

    @classmethod
    def from_generator(
        cls,
        generator: Callable[..., Any],
        output_types: Any = None,
        output_shapes: Any = None,
        args: Any = None,
        output_signature: Any = None,
        name: str | None = None,
    ) -> Dataset:
        """Return what a generator yields.

        Args:
            generator: Called with ``args``, as arrays, for each pass; returns something to iterate over.
            output_types: Dtypes in the structure of an element; the way of older code.
            output_shapes: Shapes in the same structure, or None for any.
            args: Arguments of the generator.
            output_signature: A ``TensorSpec`` for each leaf; instead of the two before.
            name: Nothing is named.

        Raises:
            TypeError: ``generator`` is not callable, neither signature nor types are given, or both.
            InvalidArgumentError: later, an element of another structure, shape or dtype.
        """
        if not callable(generator):
            raise TypeError("`generator` must be a Python callable.")
        if output_signature is not None and (output_types is not None or output_shapes is not None):
            raise TypeError("`output_types` and `output_shapes` cannot be given together with `output_signature`.")
        if output_signature is None and output_types is None:
            raise TypeError("Either `output_signature` or `output_types` is needed.")
        spec = output_signature if output_signature is not None else specs.signature(output_types, output_shapes)
        if isinstance(spec, list):
            spec = tuple(spec)
        arguments = [as_numpy(absorbed(value)) for value in (args or ())]

        def start() -> Iterator[Any]:
            for value in generator(*arguments):
                yield _generated(value, spec)

        made: Dataset = cls.kind(start, is_batched=True, spec=lambda: spec)
        return made

    @classmethod
    def range(cls, *args: Any, output_type: Any = "int64", name: str | None = None) -> Dataset:
        """Return whole numbers, as Python's ``range`` does.

        Args:
            *args: As ``range`` takes them.
            output_type: Dtype.
            name: Nothing is named.

        Raises:
            ValueError: ``step`` is zero, or no number or more than three are given.
        """
        if not 1 <= len(args) <= 3:
            raise ValueError(f"`range` takes one to three numbers. Received: {args!r}")
        numbers = range(*(whole("range", value, least=-(2**63)) for value in args))
        return cls._progression(numbers.start, numbers.step, len(numbers), output_type, len(numbers))

    @classmethod
    def counter(cls, start: int = 0, step: int = 1, dtype: Any = "int64", name: str | None = None) -> Dataset:
        """Return ``start, start + step, ...`` without end."""
        first, difference = whole("start", start, -(2**63)), whole("step", step, -(2**63))
        return cls._progression(first, difference, _ENDLESS, dtype, math.inf)

    @classmethod
    def random(
        cls, seed: int | None = None, rerandomize_each_iteration: bool | None = None, name: str | None = None
    ) -> Dataset:
        """Return random int64 numbers in [0, 2**32) without end.

        Args:
            seed: Repeats them; None for torch's random numbers.
            rerandomize_each_iteration: Whether each pass has numbers of its own; None for False.
            name: Nothing is named.
        """
        passes = Passes()
        seed = random_seed() if seed is None else int(seed)

        def start() -> Iterator[Any]:
            number = passes.next()
            numbers = random_numbers(seed, number if rerandomize_each_iteration else 0)
            while True:
                yield from torch.from_numpy(numbers.integers(2**32, size=1024)).unbind()

        made: Dataset = cls.kind(
            start, math.inf, passes=[passes], spec=lambda: specs.spec_of(torch.zeros((), dtype=torch.int64))
        )
        return made

    @classmethod
    def list_files(
        cls, file_pattern: Any, shuffle: bool | None = None, seed: int | None = None, name: str | None = None
    ) -> Dataset:
        """Return the paths of the files that match patterns.

        Args:
            file_pattern: A pattern with ``*``, ``?`` and ``[...]``, or a list of them.
            shuffle: Whether they come in random order, another one in each pass; None for True. Else they are sorted.
            seed: Repeats the orders.
            name: Nothing is named.

        Raises:
            InvalidArgumentError: no file matches.
        """
        flat = np.atleast_1d(absorbed_leaf(file_pattern)).reshape(-1).tolist()
        paths = sorted({path for pattern in flat for path in glob(pattern.decode())})
        if not paths:
            raise InvalidArgumentError(f"No files matched pattern: {', '.join(p.decode() for p in flat)}")
        found = cls.from_tensor_slices(paths)
        return found if shuffle is not None and not shuffle else found.shuffle(len(paths), seed)

    @classmethod
    def _progression(cls, start: int, step: int, count: int, dtype: Any, length: float) -> Dataset:
        kind = as_dtype(dtype).torch_dtype
        rows = Rows.of(Progression(start, step, count, kind))
        made: Dataset = cls.kind(
            rows.elements,
            length,
            rows=rows,
            is_quick=True,
            spec=lambda: specs.spec_of(torch.zeros((), dtype=kind, device="cpu")),
        )
        return made

    @classmethod
    def _of_composites(cls, columns: Any, count: int) -> Dataset:
        def start() -> Iterator[Any]:
            for place in itertools.islice(itertools.count(), count):
                yield map_structure(lambda leaf, i=place: _part(leaf, i), columns)

        made: Dataset = cls.kind(start, count)
        return made


def _part(leaf: Any, place: int) -> Any:
    if is_composite(leaf):
        return absorbed_leaf(leaf[place])
    return next(split_rows(leaf[place : place + 1]))


def _generated(value: Any, spec: Any) -> Any:
    """What a generator yielded, in the dtypes of a specification."""
    if isinstance(spec, tuple) and isinstance(value, list):
        value = tuple(value)
    if is_node(spec):
        if isinstance(spec, dict):
            if not isinstance(value, dict) or value.keys() != spec.keys():
                raise InvalidArgumentError(_unlike(value, spec))
            return {key: _generated(value[key], spec[key]) for key in spec}
        if not isinstance(value, tuple) or len(value) != len(spec):
            raise InvalidArgumentError(_unlike(value, spec))
        return tuple(_generated(part, one) for part, one in zip(value, spec, strict=True))
    if isinstance(value, (tuple, dict)) and not all(isinstance(part, (int, float, np.generic)) for part in value):
        if isinstance(value, dict):
            raise InvalidArgumentError(_unlike(value, spec))
    if is_composite(value) or not hasattr(spec, "dtype"):
        return value
    return specs.checked(
        _converted(list(value) if isinstance(value, tuple) else value, spec), spec, "`generator` yielded"
    )


def _converted(value: Any, spec: Any) -> Any:
    try:
        leaf = absorbed_leaf(value)
        if spec.dtype == "string":
            if not is_strings(leaf):
                raise TypeError(f"received {leaf.dtype}")
            return leaf
        return leaf.to(spec.dtype.torch_dtype)
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidArgumentError(
            f"`generator` yielded an element that could not be converted to the expected type. The expected type was "
            f"{as_dtype(spec.dtype).name}, but the yielded element was {value!r:.100}: {error}"
        ) from error


def _unlike(value: Any, spec: Any) -> str:
    return (
        "`generator` yielded an element that did not match the expected structure. The expected structure was "
        f"{map_structure(lambda one: str(getattr(one, 'dtype', one)), spec)}, but the yielded element was "
        f"{value!r:.200}."
    )


def missing_file(path: str) -> NotFoundError:
    """Return the error for a file that is not there."""
    return NotFoundError(f"{path}; No such file or directory")


def as_paths(filenames: Any) -> list[str]:
    """Return paths given as a string, a list, a tensor or a dataset of strings."""
    if isinstance(filenames, Chain):
        return [path.decode() for path in filenames.as_numpy_iterator()]
    if hasattr(filenames, "__fspath__"):
        filenames = str(filenames)
    if isinstance(filenames, (list, tuple)):
        filenames = [str(name) if hasattr(name, "__fspath__") else name for name in filenames]
    found = absorbed_leaf(filenames)
    if not is_strings(found):
        raise TypeError(f"`filenames` must be strings. Received dtype {found.dtype}.")
    return [path.decode() for path in np.atleast_1d(found).reshape(-1).tolist()]
