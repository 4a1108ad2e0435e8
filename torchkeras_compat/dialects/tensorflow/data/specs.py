"""What is known of the elements of a dataset: structures of ``TensorSpec``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.elements.structures import flatten, map_structure
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.shapes import TensorShape, TensorSpec


class NoneTensorSpec:
    """Says that None stands at a place."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoneTensorSpec)

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "NoneTensorSpec()"


class DatasetSpec:
    """What is known of a dataset that is an element itself.

    Args:
        element_spec: Of its elements.
        dataset_shape: Empty: one dataset.

    Source: TensorFlow API, data/DatasetSpec.
    """

    def __init__(self, element_spec: Any, dataset_shape: Any = ()) -> None:
        self.element_spec = element_spec
        self.dataset_shape = TensorShape(dataset_shape)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DatasetSpec) and self.element_spec == other.element_spec

    def __hash__(self) -> int:
        return hash(str(self.element_spec))

    def __repr__(self) -> str:
        return f"DatasetSpec({self.element_spec}, {self.dataset_shape!r})"


def spec_of(element: Any) -> Any:
    """Return the specification of an element.

    Example:
        >>> spec_of((torch.zeros(2), torch.tensor(1)))
        (TensorSpec(shape=(2,), dtype=tf.float32, name=None), TensorSpec(shape=(), dtype=tf.int64, name=None))
    """
    return map_structure(_leaf_spec, element)


def batched(spec: Any, batch_size: int | None) -> Any:
    """Return the specification of batches of elements."""
    return _changed(spec, lambda shape: TensorShape([batch_size]).concatenate(shape))


def unbatched(spec: Any) -> Any:
    """Return the specification of the samples of batches."""
    return _changed(spec, lambda shape: shape[1:] if shape.rank else TensorShape(None))


def with_dataset_specs(spec: Any) -> Any:
    """Return the specification of windows of elements: a dataset for each leaf."""
    return map_structure(lambda leaf: DatasetSpec(leaf), spec)


def mapped(source: Any, first_in: Any, first_out: Any) -> Any:
    """Return the specification of what a function made of elements.

    Of the first axis of a result only so much is known as of that of its argument: it is unknown if it is as long as
    the first axis of an element whose length is unknown.
    """
    unknown = {
        len(value)
        for spec, value in zip(flatten(source), flatten(first_in), strict=True)
        if isinstance(spec, TensorSpec) and spec.shape.rank and spec.shape[0] is None and getattr(value, "ndim", 0)
    }

    def loosened(spec: Any) -> Any:
        if isinstance(spec, TensorSpec) and spec.shape.rank and spec.shape[0] in unknown:
            return TensorSpec([None, *spec.shape[1:]], spec.dtype)
        return spec

    return map_structure(loosened, spec_of(first_out))


def signature(output_types: Any, output_shapes: Any) -> Any:
    """Return the specification that dtypes and shapes of an older call describe."""
    if output_shapes is None:
        return map_structure(lambda dtype: TensorSpec(None, dtype), _tuples(output_types))
    return _with_shapes(_tuples(output_types), output_shapes)


def checked(value: Any, spec: TensorSpec, what: str) -> Any:
    """Return a leaf, if it is what a specification says.

    Raises:
        InvalidArgumentError: its shape is another.
    """
    if not spec.shape.is_compatible_with(tuple(value.shape)):
        raise InvalidArgumentError(
            f"{what} an element of shape {tuple(value.shape)} where an element of shape {spec.shape} was expected."
        )
    return value


def _with_shapes(types: Any, shapes: Any) -> Any:
    if isinstance(types, dict):
        return {key: _with_shapes(types[key], shapes[key]) for key in types}
    if isinstance(types, tuple):
        return tuple(_with_shapes(one, shape) for one, shape in zip(types, shapes, strict=True))
    return TensorSpec(shapes, types)


def _tuples(types: Any) -> Any:
    return tuple(map(_tuples, types)) if isinstance(types, (list, tuple)) else types


def _changed(spec: Any, change: Callable[[TensorShape], TensorShape]) -> Any:
    def leaf(one: Any) -> Any:
        return TensorSpec(change(one.shape), one.dtype) if isinstance(one, TensorSpec) else one

    return map_structure(leaf, spec)


def _leaf_spec(leaf: Any) -> Any:
    if leaf is None:
        return NoneTensorSpec()
    if isinstance(leaf, (torch.Tensor, np.ndarray)):
        return TensorSpec(tuple(leaf.shape), as_dtype(leaf.dtype))
    if type(leaf).__name__ == "Dataset":
        return DatasetSpec(leaf.element_spec)
    found = getattr(leaf, "spec", None) or getattr(leaf, "_type_spec", None)
    return found if found is not None else TensorSpec(tuple(leaf.shape), leaf.dtype)
