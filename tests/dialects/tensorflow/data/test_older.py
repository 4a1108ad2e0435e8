from __future__ import annotations

import pytest

from torchkeras_compat.dialects.tensorflow.data import older
from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset


def test_dtypes_and_shapes() -> None:
    dataset = Dataset.from_tensor_slices(([1.0], {"a": ["x"]})).batch(2)
    types = older.get_output_types(dataset)
    assert types[0].name == "float32" and types[1]["a"].name == "string"
    assert older.get_output_shapes(dataset)[0] == [None]


def test_iterators_of_graphs_are_refused() -> None:
    dataset = Dataset.range(2)
    for call in (
        dataset.make_one_shot_iterator,
        dataset.make_initializable_iterator,
        lambda: older.make_one_shot_iterator(dataset),
        lambda: older.make_initializable_iterator(dataset),
    ):
        with pytest.raises(NotImplementedError, match="model.fit\\(dataset\\)"):
            call()
