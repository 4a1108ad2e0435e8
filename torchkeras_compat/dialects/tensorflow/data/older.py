"""``tf.compat.v1.data``: what it has for datasets beside ``tf.data``."""

from __future__ import annotations

from typing import Any, NoReturn

from torchkeras_compat.dialects.tensorflow.data.chain import refuse_graph_iterator
from torchkeras_compat.dialects.tensorflow.elements.structures import map_structure


def get_output_types(dataset_or_iterator: Any) -> Any:
    """Return the dtypes of an element, in its structure."""
    return map_structure(lambda spec: spec.dtype, dataset_or_iterator.element_spec)


def get_output_shapes(dataset_or_iterator: Any) -> Any:
    """Return the shapes of an element, in its structure."""
    return map_structure(lambda spec: spec.shape, dataset_or_iterator.element_spec)


def make_one_shot_iterator(dataset: Any) -> NoReturn:
    """Refuse: the next batch is not a tensor of a graph here.

    Raises:
        NotImplementedError: always.
    """
    refuse_graph_iterator("make_one_shot_iterator")


def make_initializable_iterator(dataset: Any, shared_name: str | None = None) -> NoReturn:
    """Refuse: the next batch is not a tensor of a graph here.

    Raises:
        NotImplementedError: always.
    """
    refuse_graph_iterator("make_initializable_iterator")
