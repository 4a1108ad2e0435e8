"""Labels. Numbers: tf.keras 2.15.1."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.legacy.utils.labels import (
    categorical_probas_to_classes,
    probas_to_classes,
    to_categorical,
    to_ordinal,
)


def test_one_hot_vectors():
    assert to_categorical([0, 2], dtype="int32").tolist() == [[1, 0, 0], [0, 0, 1]]
    assert to_categorical([1], 3).dtype == np.float32 and to_categorical([[1], [0]], nb_classes=2).shape == (2, 2)
    assert isinstance(to_categorical(torch.tensor([1])), torch.Tensor)
    with pytest.raises(ValueError, match=r"\[0, 2\)"):
        to_categorical([2], 2)


def test_ordered_labels():
    assert to_ordinal([2, 0, 1, 3]).tolist() == [[1, 1, 0], [0, 0, 0], [1, 0, 0], [1, 1, 1]]
    assert to_ordinal([[1], [0]], num_classes=4, dtype="int8").tolist() == [[1, 0, 0], [0, 0, 0]]
    assert to_ordinal([]).shape == (0, 0)


def test_probabilities():
    assert probas_to_classes(np.array([[0.1, 0.7, 0.2]])).tolist() == [1]
    assert probas_to_classes(np.array([[0.6], [0.5]])).tolist() == [1, 0]
    assert categorical_probas_to_classes([[1, 0], [0, 1]]).tolist() == [0, 1]
