from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.feature_column import columns
from torchkeras_compat.dialects.tensorflow.io.parsing import FixedLenFeature, VarLenFeature

AGE = columns.numeric_column("age")
FEATURES = {
    "age": np.array([3.0, 25.0, 70.0], "float32"),
    "two": np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "float32"),
    "word": np.array(["a", "b", "zzz"]),
    "words": np.array([["a", "b"], ["b", ""], ["c", "c"]]),
    "number": np.array([0, 2, 1]),
    "other": np.array(["x", "y", "x"]),
}


def categorical(column: Any) -> list[list[int]]:
    """The places that are not zero in each row of an indicator column."""
    numbers = columns.indicator_column(column).numbers(FEATURES)
    return [row.nonzero().reshape(-1).tolist() for row in numbers]


def test_numbers() -> None:
    """Values of TensorFlow 2.15, as all below."""
    assert AGE.numbers(FEATURES).tolist() == [[3], [25], [70]]
    halved = columns.numeric_column("age", normalizer_fn=lambda x: (x - 10) / 2)
    assert halved.numbers(FEATURES).tolist() == [[-3.5], [7.5], [30]]
    with pytest.raises(ValueError, match="has 2 numbers a sample, and its column 1"):
        columns.numeric_column("two").numbers(FEATURES)


def test_ranges() -> None:
    assert categorical(columns.bucketized_column(AGE, [5, 25, 65])) == [[0], [2], [3]]
    two = columns.bucketized_column(columns.numeric_column("two", shape=(2,)), [2.5, 5.0])
    assert two.numbers(FEATURES).tolist() == [[1, 0, 0, 1, 0, 0], [0, 1, 0, 0, 1, 0], [0, 0, 1, 0, 0, 1]]
    with pytest.raises(ValueError, match="sorted list"):
        columns.bucketized_column(AGE, [5, 1])


def test_categories() -> None:
    vocabulary = columns.categorical_column_with_vocabulary_list
    assert categorical(vocabulary("word", ["a", "b"])) == [[0], [1], []]
    assert categorical(vocabulary("word", ["a", "b"], num_oov_buckets=3)) == [[0], [1], [2]]
    assert categorical(vocabulary("word", ["a", "b"], default_value=0)) == [[0], [1], [0]]
    counts = columns.indicator_column(vocabulary("words", ["a", "b", "c"])).numbers(FEATURES)
    assert counts.tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 2]]
    assert categorical(columns.categorical_column_with_hash_bucket("word", 7)) == [[5], [2], [2]]
    assert categorical(columns.categorical_column_with_hash_bucket("number", 7, "int64")) == [[2], [5], [5]]
    assert categorical(columns.categorical_column_with_identity("number", 3)) == [[0], [2], [1]]
    with pytest.raises(ValueError, match="holds 2, and its column has 2 buckets"):
        categorical(columns.categorical_column_with_identity("number", 2))
    assert categorical(columns.categorical_column_with_identity("number", 2, default_value=0)) == [[0], [0], [1]]


def test_combinations() -> None:
    assert categorical(columns.crossed_column(["word", "other"], 11)) == [[8], [10], [2]]
    ranges = columns.bucketized_column(AGE, [5, 25, 65])
    assert categorical(columns.crossed_column([ranges, "other"], 11)) == [[0], [0], [5]]


@pytest.mark.parametrize(
    ("combiner", "wanted"), [("mean", [2, 2, 2]), ("sum", [4, 2, 4]), ("sqrtn", [2.828427, 2, 2.828427])]
)
def test_embeddings_are_combined(combiner: str, wanted: list[float]) -> None:
    words = columns.categorical_column_with_vocabulary_list("words", ["a", "b", "c"])
    column = columns.embedding_column(words, 2, combiner=combiner)
    found = column.numbers(FEATURES, torch.full((3, 2), 2.0))
    np.testing.assert_allclose(found, np.repeat(np.array(wanted)[:, None], 2, 1), rtol=1e-6)
    word = columns.categorical_column_with_vocabulary_list("word", ["a", "b"])
    shortened = columns.embedding_column(word, 2, max_norm=1.0).numbers(FEATURES, torch.full((2, 2), 2.0))
    np.testing.assert_allclose(shortened, [[0.70711] * 2, [0.70711] * 2, [0, 0]], rtol=1e-5)


def test_features_for_parsing() -> None:
    word = columns.categorical_column_with_vocabulary_list("word", ["a", "b"])
    found = columns.make_parse_example_spec([AGE, columns.indicator_column(word)])
    assert found == {"age": FixedLenFeature((1,), "float32"), "word": VarLenFeature("string")}


def test_bad_columns() -> None:
    vocabulary = columns.categorical_column_with_vocabulary_list
    with pytest.raises(ValueError, match="Duplicate keys"):
        vocabulary("word", ["a", "a"])
    with pytest.raises(ValueError, match="both num_oov_buckets and default_value"):
        vocabulary("word", ["a"], default_value=0, num_oov_buckets=1)
    with pytest.raises(ValueError, match="must be a categorical column"):
        columns.indicator_column(AGE)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'max'"):
        columns.embedding_column(vocabulary("word", ["a"]), 2, combiner="max")
    with pytest.raises(ValueError, match="Feature 'height' is not in the features dictionary"):
        columns.numeric_column("height").numbers(FEATURES)
