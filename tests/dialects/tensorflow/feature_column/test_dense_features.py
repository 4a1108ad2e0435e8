from __future__ import annotations

import numpy as np
import pytest

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.feature_column import columns
from torchkeras_compat.dialects.tensorflow.feature_column.dense_features import DenseFeatures

FEATURES = {"age": np.array([3.0, 25.0, 70.0], "float32"), "word": np.array(["a", "b", "zzz"])}
WORD = columns.categorical_column_with_vocabulary_list("word", ["a", "b"])


def test_columns_stand_in_the_order_of_their_names() -> None:
    layer = DenseFeatures([columns.indicator_column(WORD), columns.numeric_column("age")])
    assert layer(FEATURES).tolist() == [[3, 1, 0], [25, 0, 1], [70, 0, 0]]
    assert layer.compute_output_shape(None) == (None, 3)


def test_a_model_of_a_table_trains() -> None:
    layer = DenseFeatures([columns.embedding_column(WORD, 3), columns.numeric_column("age")])
    model = keras.Sequential([layer, keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(Dataset.from_tensor_slices((FEATURES, [0.0, 1.0, 0.0])).batch(3), verbose=0)
    assert [tuple(one.shape) for one in layer.trainable_weights] == [(2, 3)]
    before = layer.get_weights()[0].copy()
    model.fit(Dataset.from_tensor_slices((FEATURES, [0.0, 1.0, 0.0])).batch(3), verbose=0)
    assert not np.array_equal(before, layer.get_weights()[0])


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="wrap a categorical column"):
        DenseFeatures([WORD])
    with pytest.raises(ValueError, match="must not be empty"):
        DenseFeatures([])
    with pytest.raises(ValueError, match="takes a dictionary"):
        DenseFeatures([columns.numeric_column("age")])(np.ones((2, 1)))
