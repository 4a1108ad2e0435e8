from __future__ import annotations

import pytest

from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.errors import OutOfRangeError


def test_the_end_of_a_pass() -> None:
    iterator = iter(Dataset.range(2))
    assert next(iterator).numpy() == 0
    assert iterator.get_next().numpy() == 1
    with pytest.raises(OutOfRangeError, match="End of sequence"):
        iterator.get_next()
    with pytest.raises(StopIteration):
        next(iterator)


def test_optional_elements() -> None:
    iterator = iter(Dataset.range(1))
    first, second = iterator.get_next_as_optional(), iterator.get_next_as_optional()
    assert first.has_value() and first.get_value().numpy() == 0
    assert not second.has_value()
    with pytest.raises(ValueError, match="no value"):
        second.get_value()
    assert str(iterator.element_spec) == "TensorSpec(shape=(), dtype=tf.int64, name=None)"
