"""Configs of feature columns: round trips, and those of tf.keras 2.15 with its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from torchkeras_compat import layers, models
from torchkeras_compat.dialects.tensorflow.feature_column import columns
from torchkeras_compat.dialects.tensorflow.feature_column.configs import column_config, column_of
from torchkeras_compat.dialects.tensorflow.feature_column.dense_features import DenseFeatures
from torchkeras_compat.initializers import Constant

_A = columns.numeric_column("a")
_B = columns.categorical_column_with_vocabulary_list("b", ["x", "y"], num_oov_buckets=1)


def _names(column: Any) -> Any:
    return column.name, getattr(column, "width", None), getattr(column, "num_buckets", None)


@pytest.mark.parametrize(
    "column",
    [
        columns.numeric_column("a", shape=(2, 3), default_value=0.5),
        columns.bucketized_column(_A, [0.0, 1.5]),
        _B,
        columns.categorical_column_with_hash_bucket("b", 5),
        columns.categorical_column_with_identity("n", 4, default_value=0),
        columns.crossed_column(["b", columns.bucketized_column(_A, [0.0])], 7),
        columns.indicator_column(_B),
        columns.embedding_column(_B, 3, combiner="sum", max_norm=1.0, trainable=False),
    ],
    ids=lambda column: type(column).__name__,
)
def test_configs_make_the_column_again(column: Any) -> None:
    config = column_config(column)
    again = column_of(config)
    assert type(again) is type(column)
    assert _names(again) == _names(column)
    assert column_config(again) == config


def test_a_config_of_tf_keras() -> None:
    table = {"class_name": "TruncatedNormal", "config": {"mean": 0.0, "stddev": 0.5, "seed": None}}
    words = {"class_name": "HashedCategoricalColumn", "config": {"key": "b", "hash_bucket_size": 5, "dtype": "string"}}
    settings = {
        "categorical_column": words,
        "dimension": 3,
        "combiner": "mean",
        "initializer": table,
        "ckpt_to_load_from": None,
        "tensor_name_in_ckpt": None,
        "max_norm": None,
        "trainable": True,
        "use_safe_embedding_lookup": True,
    }
    column = column_of({"class_name": "EmbeddingColumn", "config": settings})
    assert column.name == "b_embedding"
    assert column.initializer.stddev == 0.5


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"class_name": "VocabularyFileCategoricalColumn", "config": {"vocabulary_file": "/x"}}, "Columns of"),
        ({"class_name": "NumericColumn", "config": {"key": "a", "normalizer_fn": "os.system"}}, "normalizer_fn="),
        ({"class_name": "NumericColumn", "config": {"shape": [1]}}, "is not that of one"),
        ({"class_name": "IndicatorColumn", "config": {"categorical_column": 3}}, "is a dictionary"),
        ({"class_name": "HashedCategoricalColumn", "config": {"key": "b", "hash_bucket_size": "x"}}, "is not that of"),
        (7, "is a dictionary"),
    ],
)
def test_what_files_may_not_hold(config: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        column_of(config)


def test_functions_are_not_written() -> None:
    with pytest.raises(ValueError, match="`normalizer_fn`, which files do not hold"):
        column_config(columns.numeric_column("a", normalizer_fn=abs))


def test_a_model_with_columns_is_made_of_its_json() -> None:
    inputs = {"a": layers.Input((1,), name="a"), "b": layers.Input((1,), name="b", dtype="string")}
    found = [_A, columns.embedding_column(_B, 2, initializer=Constant(0.5)), columns.indicator_column(_B)]
    model = models.Model(inputs, DenseFeatures(found)(inputs))
    again = models.model_from_json(model.to_json())
    x = {"a": np.array([[3.0], [4.0]], "float32"), "b": np.array([["y"], ["q"]], dtype=object)}
    expected = [[3.0, 0.5, 0.5, 0.0, 1.0, 0.0], [4.0, 0.5, 0.5, 0.0, 0.0, 1.0]]
    np.testing.assert_allclose(again.predict(x, verbose=0), expected)
