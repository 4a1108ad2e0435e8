from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.data import specs
from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.shapes import TensorSpec


def shapes(dataset: Dataset) -> object:
    spec = dataset.element_spec
    return tuple(tuple(one.shape) for one in spec) if isinstance(spec, tuple) else tuple(spec.shape)


def test_specifications_are_those_of_tensorflow() -> None:
    """Shapes as TensorFlow 2.15 prints them."""
    rows = Dataset.from_tensor_slices((np.zeros((4, 3), "float32"), [1, 2, 3, 4]))
    assert shapes(rows) == ((3,), ())
    assert shapes(rows.batch(2)) == ((None, 3), (None,))
    assert shapes(rows.batch(2, drop_remainder=True)) == ((2, 3), (2,))
    assert shapes(rows.batch(2).batch(2)) == ((None, None, 3), (None, None))
    assert shapes(rows.batch(2).unbatch()) == ((3,), ())
    assert shapes(rows.batch(2).map(lambda a, b: (a * 2, b))) == ((None, 3), (None,))
    assert shapes(rows.padded_batch(2)) == ((None, 3), (None,))
    assert shapes(rows.padded_batch(2, padded_shapes=([None], []))) == ((None, None), (None,))
    assert str(Dataset.range(3).window(2).element_spec).startswith("DatasetSpec(TensorSpec(shape=()")


def test_an_empty_dataset_shows_nothing() -> None:
    with pytest.raises(ValueError, match="empty"):
        _ = Dataset.range(0).map(lambda n: n).element_spec


def test_older_signatures() -> None:
    assert specs.signature(("int32", "float32"), ((), (2,))) == (TensorSpec((), "int32"), TensorSpec((2,), "float32"))
    assert specs.signature("int32", None).shape.rank is None
    assert specs.spec_of(None) == specs.NoneTensorSpec()
