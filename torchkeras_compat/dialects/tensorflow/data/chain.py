"""`Chain`: what every dataset has, before the methods by subject."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import torch

from torchkeras_compat.data.pipeline import Passes, Pipeline
from torchkeras_compat.dialects.tensorflow.data.iterator import OwnedIterator
from torchkeras_compat.dialects.tensorflow.data.options import Options
from torchkeras_compat.dialects.tensorflow.data.rows import Rows
from torchkeras_compat.dialects.tensorflow.data.specs import spec_of
from torchkeras_compat.dialects.tensorflow.elements.values import absorbed, as_numpy, presented
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.tensor import unwrap

if TYPE_CHECKING:
    from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset

Start = Callable[[], Iterator[Any]]
SAME = "same"


class Chain(Pipeline):
    """A pipeline whose elements a user meets as TensorFlow's tensors.

    Args:
        start: Returns an iterator over the elements of a new pass, in the form that ``values.py`` describes.
        length: Number of elements; None if nobody knows, ``math.inf`` if they never end.
        spec: Returns the specification of an element; None for that of the first one.
        rows: The elements as rows of arrays in memory, where they are that.
        is_quick: Whether an element costs less than to hand it from one thread to another.
        mapping: For :meth:`ignore_errors`: the source and the function, where the elements are what it makes of it.
        options: As :meth:`with_options` set them.
        **kwargs: As for a pipeline.
    """

    kind: ClassVar[type[Any]]  # what the methods return: Dataset

    def __init__(
        self,
        start: Start,
        length: float | None = None,
        *,
        spec: Callable[[], Any] | None = None,
        rows: Rows | None = None,
        is_quick: bool = False,
        mapping: tuple[Start, Callable[[Any], Any], int] | None = None,
        options: Options | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(start, length, **kwargs)
        self._make_spec = spec
        self._spec: Any = None
        self._rows = rows
        self._is_quick = is_quick
        self._mapping = mapping
        self._options = options or Options()

    def __iter__(self) -> OwnedIterator:
        return OwnedIterator(self.elements(), lambda: self.element_spec)

    def __len__(self) -> int:
        if self._length is None or self._length == math.inf:
            state = "infinite" if self._length else "unknown"
            raise TypeError(f"The dataset {'length is unknown' if state == 'unknown' else 'is infinite'}.")
        return int(self._length)

    def __repr__(self) -> str:
        try:
            return f"<Dataset element_spec={self.element_spec}>"
        except Exception:  # the user's own function raises it, when elements are asked for
            return "<Dataset>"

    def elements(self) -> Iterator[Any]:
        """Return an iterator over a new pass, with elements as ``fit`` takes them."""
        return super().__iter__()

    def batches_for_training(self) -> Iterator[Any]:
        """Return an iterator over a new pass, with plain tensors."""
        return self.elements()

    @property
    def element_spec(self) -> Any:
        """The specification of an element: its structure with a ``TensorSpec`` for each leaf.

        It is known for batches of known elements; else the first element is made to see it.

        Raises:
            ValueError: the dataset is empty.
        """
        if self._spec is None:
            self._spec = self._first_spec() if self._make_spec is None else self._make_spec()
        return self._spec

    def cardinality(self) -> Any:
        """Return the number of elements as an int64 tensor: -1 if they never end, -2 if nobody knows."""
        return presented(torch.tensor(super().cardinality(), dtype=torch.int64, device="cpu"))

    def as_numpy_iterator(self) -> Iterator[Any]:
        """Return an iterator over the elements with arrays in place of tensors, and bytes for strings."""
        return map(as_numpy, self.elements())

    def options(self) -> Options:
        """Return the options of the dataset."""
        return self._options

    def with_options(self, options: Options, name: str | None = None) -> Dataset:
        """Return the dataset with other options; those that decide how TensorFlow runs have no effect here.

        Raises:
            TypeError: ``options`` are not ``tf.data.Options``.
        """
        if not isinstance(options, Options):
            raise TypeError(f"`options` must be tf.data.Options. Received: {options!r}")
        return self._then(self._start, rows=self._rows, is_quick=self._is_quick, options=options)

    def get_single_element(self, name: str | None = None) -> Any:
        """Return the only element.

        Raises:
            InvalidArgumentError: there is none, or there are several.
        """
        elements = self.elements()
        missing = object()
        first = next(elements, missing)
        if first is missing:
            raise InvalidArgumentError("Dataset was empty. Expected a single element.")
        if next(elements, missing) is not missing:
            raise InvalidArgumentError("Dataset had more than one element. Expected a single element.")
        return presented(first)

    def make_one_shot_iterator(self) -> NoReturn:
        """Refuse: an iterator of TensorFlow 1 is a tensor of a graph, whose value is another one in each run.

        Raises:
            NotImplementedError: always.
        """
        refuse_graph_iterator("make_one_shot_iterator")

    def make_initializable_iterator(self, shared_name: str | None = None) -> NoReturn:
        """Refuse, as :meth:`make_one_shot_iterator`.

        Raises:
            NotImplementedError: always.
        """
        refuse_graph_iterator("make_initializable_iterator")

    def _first_spec(self) -> Any:
        for element in self.elements():
            return spec_of(element)
        raise ValueError("The dataset is empty, and only an element could show what its elements are like.")

    def _then(
        self,
        start: Start,
        length: float | str | None = SAME,
        is_batched: bool | None = None,
        passes: Sequence[Passes] = (),
        *,
        spec: Callable[[], Any] | str | None = SAME,
        rows: Rows | None = None,
        is_quick: bool = False,
        mapping: tuple[Start, Callable[[Any], Any], int] | None = None,
        options: Options | None = None,
    ) -> Dataset:
        made: Dataset = self.kind(
            start,
            self._length if isinstance(length, str) else length,
            spec=(lambda: self.element_spec) if isinstance(spec, str) else spec,
            rows=rows,
            is_quick=is_quick,
            mapping=mapping,
            options=options or self._options,
            class_names=self.class_names,
            is_batched=self.is_batched if is_batched is None else is_batched,
            passes=(*self._passes, *passes),
        )
        return made

    def _of_rows(self, rows: Rows, length: float | str | None = SAME, passes: Sequence[Passes] = ()) -> Dataset:
        return self._then(rows.elements, length, passes=passes, rows=rows, is_quick=True)


def refuse_graph_iterator(name: str) -> NoReturn:
    """Raise the error that says what to use instead of an iterator of TensorFlow 1."""
    raise NotImplementedError(
        f"`{name}` belongs to graphs of TensorFlow 1, in which the next batch is a tensor. Use the dataset itself: "
        "`model.fit(dataset)`, or `for x, y in dataset:`."
    )


def called(function: Callable[..., Any]) -> Callable[[Any], Any]:
    """Return a function of an element that calls a user's: the parts of a tuple are its arguments."""
    if not callable(function):
        raise TypeError(f"A function is needed. Received: {function!r} of type {type(function).__name__}")

    def call(element: Any) -> Any:
        with torch.no_grad():
            shown = presented(element)
            return function(*shown) if isinstance(shown, tuple) else function(shown)

    return call


def returned(value: Any) -> Any:
    """Return what a user's function returned as an element; a list of values is a tuple of them."""
    return absorbed(tuple(value) if isinstance(value, list) else value)


def whole(name: str, value: Any, least: int = 1) -> int:
    """Return an int of a Python, NumPy or tensor value.

    Raises:
        ValueError: it is not a whole number, or below ``least``.
    """
    value = unwrap(value)
    if isinstance(value, torch.Tensor) and value.ndim == 0 and not value.dtype.is_floating_point:
        value = int(value)
    if isinstance(value, bool) or not hasattr(value, "__index__") or value.__index__() < least:
        raise ValueError(f"`{name}` must be an int, at least {least}. Received: {name}={value!r}")
    return int(value)


def known(function: Callable[..., float], *lengths: float | None) -> float | None:
    """Return a function of lengths, or None if one of them is unknown."""
    return None if any(length is None for length in lengths) else function(*lengths)
