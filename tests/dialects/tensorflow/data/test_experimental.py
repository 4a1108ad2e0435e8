from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.data import experimental
from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.io.examples import Example, Feature, Features, Int64List
from torchkeras_compat.dialects.tensorflow.io.parsing import FixedLenFeature
from torchkeras_compat.dialects.tensorflow.io.records import TFRecordWriter


@pytest.mark.parametrize(
    ("transformation", "wanted"),
    [
        (experimental.enumerate_dataset(3), [(3, 0), (4, 1), (5, 2)]),
        (experimental.map_and_batch(lambda n: n + 1, 2), [[1, 2], [3]]),
        (experimental.shuffle_and_repeat(1, 2), [0, 1, 2] * 2),
        (experimental.take_while(lambda n: n < 1), [0]),
        (experimental.unique(), [0, 1, 2]),
        (experimental.scan(0, lambda s, n: (s + 1, s + 1)), [1, 2, 3]),
        (experimental.prefetch_to_device("/gpu:0"), [0, 1, 2]),
        (experimental.copy_to_device("/gpu:0"), [0, 1, 2]),
        (experimental.assert_cardinality(3), [0, 1, 2]),
        (experimental.parallel_interleave(lambda n: Dataset.range(n), 2), [0, 0, 1]),
        (experimental.group_by_window(lambda n: n % 2, lambda key, w: w.batch(2), 2), [[0, 2], [1]]),
    ],
)
def test_functions_for_apply(listed: Any, transformation: Any, wanted: Any) -> None:
    assert listed(Dataset.range(3).apply(transformation)) == wanted


def test_cardinality_is_checked(listed: Any) -> None:
    for count, word in ((2, "contained more"), (4, "only 3")):
        dataset = Dataset.range(3).filter(lambda n: True).apply(experimental.assert_cardinality(count))
        assert len(dataset) == count
        with pytest.raises(ValueError, match=word):
            listed(dataset)
    assert experimental.cardinality(Dataset.range(3)).numpy() == 3


def test_small_functions(listed: Any) -> None:
    assert listed(experimental.from_list([(1, "a"), (2, "b")])) == [(1, b"a"), (2, b"b")]
    assert experimental.at(Dataset.range(5), 3).numpy() == 3
    with pytest.raises(IndexError, match="no element 9"):
        experimental.at(Dataset.range(5), 9)
    assert experimental.get_single_element(Dataset.range(1)).numpy() == 0
    assert experimental.get_structure(Dataset.range(1)) == Dataset.range(1).element_spec


def test_csv_files_become_batches_of_columns(listed: Any, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("a,b,c\n1,2.5,x\n3,,y\n")
    made = experimental.make_csv_dataset(str(path), 2, label_name="c", num_epochs=1, shuffle=False)
    assert listed(made) == [({"a": [1, 3], "b": [2.5, 0.0]}, [b"x", b"y"])]  # TensorFlow 2.15
    endless = experimental.make_csv_dataset(str(path), 2, select_columns=["b"], shuffle_seed=1)
    assert all(batch["b"].shape == (2,) for batch in itertools.islice(endless, 3))
    with pytest.raises(ValueError, match="'d', which is not a column"):
        experimental.make_csv_dataset(str(path), 2, select_columns=["d"])
    with pytest.raises(ValueError, match="one of the columns"):
        experimental.make_csv_dataset(str(path), 2, label_name="d")
    with pytest.raises(ValueError, match="No files match"):
        experimental.make_csv_dataset(str(tmp_path / "*.tsv"), 2)


def test_examples_become_batches_of_features(listed: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "a.tfrecord")
    with TFRecordWriter(path) as writer:
        for number in range(3):
            feature = {"n": Feature(int64_list=Int64List([number])), "label": Feature(int64_list=Int64List([-number]))}
            writer.write(Example(Features(feature)).SerializeToString())
    features = {"n": FixedLenFeature([], "int64"), "label": FixedLenFeature([], "int64")}
    made = experimental.make_batched_features_dataset(path, 2, features, label_key="label", num_epochs=1, shuffle=False)
    assert listed(made) == [({"n": [0, 1]}, [0, -1]), ({"n": [2]}, [-2])]


def test_keys_are_reduced(listed: Any) -> None:
    total = experimental.Reducer(lambda key: np.int64(0), lambda state, n: state + n, lambda state: state)
    assert listed(Dataset.range(6).apply(experimental.group_by_reducer(lambda n: n % 2, total))) == [6, 9]
    experimental.enable_debug_mode()
    (batch,) = Dataset.range(2).batch(2).apply(experimental.dense_to_sparse_batch(1, [3]))
    assert batch.values.numpy().tolist() == [0, 1]
