from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.io import parsing
from torchkeras_compat.dialects.tensorflow.io.examples import (
    BytesList,
    Example,
    Feature,
    FeatureList,
    FeatureLists,
    Features,
    FloatList,
    Int64List,
    SequenceExample,
)


def serialized(numbers: list[int], words: list[str], value: float | None = None) -> bytes:
    feature = {"n": Feature(int64_list=Int64List(numbers)), "w": Feature(bytes_list=BytesList(words))}
    if value is not None:
        feature["v"] = Feature(float_list=FloatList([value]))
    return Example(Features(feature)).SerializeToString()


def listed(value: Any) -> Any:
    return np.asarray(value).tolist()


def test_fixed_features() -> None:
    features = {
        "n": parsing.FixedLenFeature([2, 1], "int64"),
        "v": parsing.FixedLenFeature([], "float32", default_value=7.0),
        "w": parsing.FixedLenFeature([1], "string"),
    }
    found = parsing.parse_single_example(serialized([1, 2], ["a"]), features)
    assert {key: listed(value) for key, value in found.items()} == {"n": [[1], [2]], "v": 7.0, "w": [b"a"]}
    batch = parsing.parse_example([serialized([1, 2], ["a"], 1.5), serialized([3, 4], ["b"])], features)
    assert listed(batch["v"]) == [1.5, 7.0] and listed(batch["w"]) == [[b"a"], [b"b"]]
    assert batch["n"].shape == (2, 2, 1)


def test_sequences_are_padded_in_batches() -> None:
    kind = parsing.FixedLenSequenceFeature([], "int64", allow_missing=True, default_value=-1)
    batch = parsing.parse_example([serialized([1], []), serialized([2, 3], [])], {"n": kind})
    assert listed(batch["n"]) == [[1, -1], [2, 3]]
    assert listed(parsing.parse_single_example(serialized([1, 2], []), {"n": kind})["n"]) == [1, 2]


def test_ragged_features_of_one_example() -> None:
    found = parsing.parse_single_example(serialized([1, 2], []), {"x": parsing.RaggedFeature("int64", value_key="n")})
    assert listed(found["x"]) == [1, 2]


def test_steps() -> None:
    steps = FeatureList([Feature(int64_list=Int64List([n, n])) for n in range(3)])
    made = SequenceExample(Features({"id": Feature(int64_list=Int64List([9]))}), FeatureLists({"s": steps}))
    context, sequences = parsing.parse_single_sequence_example(
        made.SerializeToString(),
        {"id": parsing.FixedLenFeature([], "int64")},
        {"s": parsing.FixedLenSequenceFeature([2], "int64")},
    )
    assert listed(context["id"]) == 9 and listed(sequences["s"]) == [[0, 0], [1, 1], [2, 2]]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (parsing.FixedLenFeature([3], "int64"), "number of values is 2, and the shape \\[3\\] needs 3"),
        (parsing.FixedLenFeature([2], "float32"), "Expected type: float32, and the feature holds int64_list"),
    ],
)
def test_features_that_do_not_fit(kind: Any, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        parsing.parse_single_example(serialized([1, 2], []), {"n": kind})


def test_bad_arguments() -> None:
    with pytest.raises(InvalidArgumentError, match="required but could not be found"):
        parsing.parse_single_example(serialized([], []), {"v": parsing.FixedLenFeature([], "float32")})
    with pytest.raises(ValueError, match="cannot be empty"):
        parsing.parse_single_example(serialized([], []), {})
    with pytest.raises(ValueError, match="must be one of FixedLenFeature"):
        parsing.parse_single_example(serialized([], []), {"n": 3})
    with pytest.raises(InvalidArgumentError, match="Could not parse example input"):
        parsing.parse_single_example(b"\xff\xff", {"n": parsing.VarLenFeature("int64")})
    with pytest.raises(ValueError, match="`partitions`"):
        parsing.RaggedFeature("int64", partitions=[1])


def test_any_number_of_values_is_sparse_or_ragged() -> None:
    examples = [serialized([1, 2], ["a"]), serialized([], []), serialized([3], [])]
    found = parsing.parse_example(
        examples, {"n": parsing.VarLenFeature("int64"), "r": parsing.RaggedFeature("int64", value_key="n")}
    )
    assert listed(found["n"].indices) == [[0, 0], [0, 1], [2, 0]] and listed(found["n"].values) == [1, 2, 3]
    assert listed(found["n"].dense_shape) == [3, 2]
    assert found["r"].to_list() == [[1, 2], [], [3]]


def test_places_and_values_are_sparse() -> None:
    feature = {"at": Feature(int64_list=Int64List([3, 1])), "v": Feature(float_list=FloatList([1.0, 2.0]))}
    kind = parsing.SparseFeature("at", "v", "float32", 5)
    found = parsing.parse_single_example(Example(Features(feature)).SerializeToString(), {"s": kind})["s"]
    assert listed(found.indices) == [[1], [3]] and listed(found.values) == [2, 1]
