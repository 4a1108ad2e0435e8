"""``tf.data.Iterator``: one pass through a dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from torchkeras_compat.dialects.tensorflow.elements.values import presented
from torchkeras_compat.dialects.tensorflow.errors import OutOfRangeError


class OptionalValue:
    """An element, or that there is none: ``tf.experimental.Optional``.

    Args:
        element: In a tuple, or an empty tuple.
    """

    def __init__(self, element: tuple[Any, ...]) -> None:
        self._element = element

    def has_value(self) -> bool:
        """Return whether there is an element."""
        return bool(self._element)

    def get_value(self) -> Any:
        """Return the element.

        Raises:
            ValueError: there is none.
        """
        if not self._element:
            raise ValueError("The optional holds no value: ask `has_value()` first.")
        return self._element[0]


class OwnedIterator(Iterator[Any]):
    """Yields the elements of one pass as TensorFlow's tensors.

    Args:
        elements: The pass.
        spec: Returns the specification of an element.
    """

    def __init__(self, elements: Iterator[Any], spec: Callable[[], Any]) -> None:
        self._elements = elements
        self._spec = spec

    def __next__(self) -> Any:
        return presented(next(self._elements))

    @property
    def element_spec(self) -> Any:
        """The specification of an element."""
        return self._spec()

    def get_next(self) -> Any:
        """Return the next element.

        Raises:
            OutOfRangeError: the pass is over.
        """
        try:
            return next(self)
        except StopIteration:
            raise OutOfRangeError("End of sequence") from None

    def get_next_as_optional(self) -> OptionalValue:
        """Return the next element as an optional, empty when the pass is over."""
        for element in self:
            return OptionalValue((element,))
        return OptionalValue(())

    def close(self) -> None:
        """End the pass, and the threads behind it."""
        close = getattr(self._elements, "close", None)
        if close is not None:
            close()
