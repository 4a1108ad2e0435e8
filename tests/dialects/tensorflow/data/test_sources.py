from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.shapes import TensorSpec


def test_slices_of_arrays(listed: Any) -> None:
    assert listed(Dataset.from_tensor_slices(([1, 2], {"a": ["x", "y"]}))) == [(1, {"a": b"x"}), (2, {"a": b"y"})]
    with pytest.raises(ValueError, match="Dimensions 2 and 1 are not compatible"):
        Dataset.from_tensor_slices(([1, 2], [1]))
    with pytest.raises(ValueError, match="received a scalar"):
        Dataset.from_tensor_slices(1)


def test_columns_of_a_frame(listed: Any) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"age": [1, 2], "name": ["a", "b"], "size": [0.5, 1.5]})
    assert listed(Dataset.from_tensor_slices(dict(frame)))[1] == {"age": 2, "name": b"b", "size": 1.5}
    made = Dataset.from_tensor_slices((frame[["age", "size"]].values, frame["name"]))
    assert listed(made)[0] == ([1.0, 0.5], b"a")


def test_one_element(listed: Any) -> None:
    assert listed(Dataset.from_tensors(([1, 2], "a"))) == [([1, 2], b"a")]


def test_generators_are_checked_against_their_signature(listed: Any) -> None:
    made = Dataset.from_generator(
        lambda: iter([(1, [1, 2])]), output_types=("int32", "float32"), output_shapes=((), (2,))
    )
    assert listed(made) == [(1, [1.0, 2.0])]
    made = Dataset.from_generator(lambda n: iter(range(n)), output_types="int64", args=(3,))
    assert listed(made) == [0, 1, 2] == listed(made)

    def of(value: Any, spec: Any) -> Any:
        return listed(Dataset.from_generator(lambda: iter([value]), output_signature=spec))

    with pytest.raises(InvalidArgumentError, match=r"shape \(2,\) where an element of shape \(3,\)"):
        of([1, 2], TensorSpec([3], "int32"))
    with pytest.raises(InvalidArgumentError, match="expected type was float32, but the yielded element was 'a'"):
        of("a", TensorSpec([], "float32"))
    with pytest.raises(InvalidArgumentError, match="did not match the expected structure"):
        of(1, (TensorSpec([]), TensorSpec([])))
    with pytest.raises(TypeError, match="callable"):
        Dataset.from_generator([1], output_types="int32")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Either"):
        Dataset.from_generator(lambda: [1])


def test_numbers(listed: Any) -> None:
    assert listed(Dataset.range(2, 20, 5)) == [2, 7, 12, 17]
    assert listed(Dataset.range(5, 0, -2)) == [5, 3, 1]
    assert str(Dataset.range(1, output_type="int32").element_spec.dtype) == "<dtype: 'int32'>"
    assert [int(n) for n in itertools.islice(Dataset.counter(3, 2), 3)] == [3, 5, 7]
    assert len(Dataset.range(10**15)) == 10**15
    with pytest.raises(ValueError, match="one to three"):
        Dataset.range()
    first = [int(n) for n in itertools.islice(Dataset.random(seed=1), 3)]
    assert first == [int(n) for n in itertools.islice(Dataset.random(seed=1), 3)] and max(first) < 2**32


def test_files(listed: Any, tmp_path: Path) -> None:
    for name in "bca":
        (tmp_path / f"{name}.txt").write_text(name)
    pattern = str(tmp_path / "*.txt")
    paths = [str(tmp_path / f"{name}.txt").encode() for name in "abc"]
    assert listed(Dataset.list_files(pattern, shuffle=False)) == paths
    assert sorted(listed(Dataset.list_files([pattern], seed=1))) == paths
    with pytest.raises(InvalidArgumentError, match="No files matched pattern"):
        Dataset.list_files(str(tmp_path / "*.png"))
    assert np.asarray(paths).shape == (3,)
