from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.shapes import TensorSpec


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [  # TensorFlow 2.15, on range(11)
        ((3,), [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10]]),
        ((3, 5), [[0, 1, 2], [5, 6, 7], [10]]),
        ((3, 2, 2, True), [[0, 2, 4], [2, 4, 6], [4, 6, 8], [6, 8, 10]]),
        ((4, 6, 1, True), [[0, 1, 2, 3], [6, 7, 8, 9]]),
        ((2, 6, 3), [[0, 3], [6, 9]]),
    ],
)
def test_windows(listed: Any, arguments: Any, wanted: Any) -> None:
    windows = Dataset.range(11).window(*arguments)
    assert listed(windows.flat_map(lambda w: w.batch(20))) == wanted
    assert len(windows) == len(wanted)


def test_windows_of_tuples_and_dictionaries(listed: Any) -> None:
    pairs = Dataset.from_tensor_slices((np.arange(4), np.arange(4) * 2))
    made = pairs.window(3, 1, drop_remainder=True).flat_map(lambda a, b: Dataset.zip((a.batch(3), b.batch(3))))
    assert listed(made) == [([0, 1, 2], [0, 2, 4]), ([1, 2, 3], [2, 4, 6])]
    table = Dataset.from_tensor_slices({"a": np.arange(3), "b": np.arange(3) * 2})
    made = table.window(2).flat_map(lambda d: Dataset.zip(d).batch(2))
    assert listed(made) == [{"a": [0, 1], "b": [0, 2]}, {"a": [2], "b": [4]}]


def test_groups(listed: Any) -> None:
    """Values of TensorFlow 2.15."""
    numbers = Dataset.range(13)
    made = numbers.group_by_window(lambda n: n % 3, lambda key, w: w.batch(2), window_size=4)
    assert listed(made) == [[0, 3], [6, 9], [1, 4], [7, 10], [2, 5], [8, 11], [12]]
    made = numbers.group_by_window(lambda n: n % 3, lambda key, w: w.batch(9), window_size_func=lambda key: key + 1)
    assert listed(made) == [[0], [3], [1, 4], [6], [2, 5, 8], [9], [7, 10], [12], [11]]
    with pytest.raises(ValueError, match="not both"):
        numbers.group_by_window(lambda n: n, lambda key, w: w)


LISTS = [[0], [1, 2, 3, 4], [5, 6, 7], [7, 8, 9, 10, 11], [13, 14, 15, 16, 19, 20], [21, 22]]


def lists() -> Dataset:
    return Dataset.from_generator(lambda: iter(LISTS), output_signature=TensorSpec([None], "int64"))


def test_buckets(listed: Any) -> None:
    """Values of TensorFlow 2.15."""
    made = lists().bucket_by_sequence_length(lambda e: e.shape[0], [3, 5], [2, 2, 2])
    assert listed(made) == [
        [[1, 2, 3, 4], [5, 6, 7, 0]],
        [[7, 8, 9, 10, 11, 0], [13, 14, 15, 16, 19, 20]],
        [[0, 0], [21, 22]],
    ]
    made = lists().bucket_by_sequence_length(lambda e: e.shape[0], [3, 5, 8], [2, 2, 2, 2], pad_to_bucket_boundary=True)
    assert listed(made)[1] == [[7, 8, 9, 10, 11, 0, 0], [13, 14, 15, 16, 19, 20, 0]]
    with pytest.raises(ValueError, match="Add a boundary"):
        listed(lists().bucket_by_sequence_length(lambda e: e.shape[0], [3], [2, 2], pad_to_bucket_boundary=True))
    with pytest.raises(ValueError, match="Received: 2 and 2"):
        lists().bucket_by_sequence_length(len, [3, 5], [2, 2])
    with pytest.raises(ValueError, match=r"must increase. Received: \[5, 3\]"):
        lists().bucket_by_sequence_length(len, [5, 3], [2, 2, 2])
