from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.shapes import TensorSpec

ROWS = (np.arange(14.0).reshape(7, 2), {"name": list("abcdefg")})


@pytest.mark.parametrize("drop", [False, True])
def test_rows_and_elements_make_the_same_batches(listed: Any, drop: bool) -> None:
    rows = Dataset.from_tensor_slices(ROWS)
    batches = listed(rows.batch(3, drop_remainder=drop))
    assert batches == listed(rows.map(lambda x, d: (x, d)).batch(3, drop_remainder=drop))
    assert [batch[1]["name"] for batch in batches][:2] == [[b"a", b"b", b"c"], [b"d", b"e", b"f"]]
    assert len(batches) == len(rows.batch(3, drop_remainder=drop)) == (2 if drop else 3)
    assert rows.batch(3).is_batched and not rows.is_batched


def test_batches_of_repeated_and_shuffled_rows(listed: Any) -> None:
    rows = Dataset.range(5)
    assert listed(rows.repeat(2).batch(4)) == [[0, 1, 2, 3], [4, 0, 1, 2], [3, 4]]
    order = listed(rows.shuffle(3, seed=1))
    assert listed(rows.shuffle(3, seed=1).batch(2)) == [order[:2], order[2:4], order[4:]]


def test_unbatch_and_rebatch(listed: Any) -> None:
    batches = Dataset.from_tensor_slices(ROWS).batch(3)
    assert listed(batches.unbatch()) == listed(Dataset.from_tensor_slices(ROWS))
    assert listed(Dataset.range(7).batch(2).rebatch(3)) == [[0, 1, 2], [3, 4, 5], [6]]
    with pytest.raises(ValueError, match="`unbatch` needs"):
        list(Dataset.range(3).unbatch())


def ragged() -> Dataset:
    lists = [[0], [1, 2, 3, 4], [5, 6, 7]]
    return Dataset.from_generator(lambda: iter(lists), output_signature=TensorSpec([None], "int64"))


def test_padding(listed: Any) -> None:
    """Values of TensorFlow 2.15."""
    assert listed(ragged().padded_batch(2)) == [[[0, 0, 0, 0], [1, 2, 3, 4]], [[5, 6, 7]]]
    assert listed(ragged().padded_batch(3, [5], np.int64(-1))) == [
        [[0, -1, -1, -1, -1], [1, 2, 3, 4, -1], [5, 6, 7, -1, -1]]
    ]
    pairs = Dataset.zip((ragged(), Dataset.range(3)))
    made = pairs.padded_batch(2, padded_shapes=([None], []), padding_values=(np.int64(9), np.int64(0)))
    assert listed(made)[0] == ([[0, 9, 9, 9], [1, 2, 3, 4]], [0, 1])
    assert len(pairs.padded_batch(2, drop_remainder=True, padded_shapes=([-1], []))._rows or []) == 0


def test_padding_of_strings(listed: Any) -> None:
    words = Dataset.from_tensor_slices([1, 2]).map(lambda n: ["a"] * int(n) if n > 1 else ["b"])
    assert listed(words.map(lambda *w: (list(w),)).padded_batch(2)) == [([[b"b", b""], [b"a", b"a"]],)]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="different shapes in component 0"):
        list(ragged().batch(2))
    with pytest.raises(InvalidArgumentError, match="smaller size than the input element"):
        list(ragged().padded_batch(3, padded_shapes=[3]))
    with pytest.raises(ValueError, match="has 2 axes"):
        list(ragged().padded_batch(3, padded_shapes=[3, 3]))
    with pytest.raises(ValueError, match="batch_size=0"):
        ragged().batch(0)
    with pytest.raises(TypeError, match="window.batch"):
        list(Dataset.range(4).window(2).batch(2))


def test_rows_of_any_length_become_ragged(listed: Any) -> None:
    (batch,) = ragged().ragged_batch(3)
    assert batch.to_list() == [[0], [1, 2, 3, 4], [5, 6, 7]]
    assert listed(Dataset.from_tensor_slices(batch).map(lambda row: row[:1])) == [[0], [1], [5]]


def test_rows_of_any_length_become_sparse() -> None:
    (batch,) = ragged().sparse_batch(3, [None])
    assert np.asarray(batch.dense_shape).tolist() == [3, 4]
    assert np.asarray(batch.indices).tolist()[:2] == [[0, 0], [1, 0]]
    assert np.asarray(batch.values).tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    with pytest.raises(ValueError, match="larger than `row_shape`"):
        list(ragged().sparse_batch(3, [2]))
