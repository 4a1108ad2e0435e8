from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset
from torchkeras_compat.dialects.tensorflow.errors import DataLossError, NotFoundError

DATA = {"x": np.arange(6.0).reshape(3, 2), "y": (np.array([1, 2, 3]), ["a", "b", "cc"])}


def counted(calls: list[int]) -> Dataset:
    def count(number: Any) -> Any:
        calls.append(int(number))
        return number

    return Dataset.range(3).map(count)


def test_caching_makes_elements_once(listed: Any, tmp_path: Path) -> None:
    for filename in ("", str(tmp_path / "cache")):
        calls: list[int] = []
        dataset = counted(calls).cache(filename)
        assert listed(dataset) == listed(dataset) == [0, 1, 2]
        assert calls == [0, 1, 2]
    assert listed(counted(calls).cache(str(tmp_path / "cache"))) == [0, 1, 2] and len(calls) == 3


def test_a_pass_that_is_not_finished_leaves_no_cache(listed: Any, tmp_path: Path) -> None:
    calls: list[int] = []
    dataset = counted(calls).cache(str(tmp_path / "cache"))
    list(itertools.islice(dataset.elements(), 1))
    assert list(tmp_path.iterdir()) == []
    assert listed(dataset) == [0, 1, 2]


def test_a_cache_keeps_the_order_that_was_shuffled(listed: Any) -> None:
    dataset = Dataset.range(20).shuffle(20).cache()
    assert listed(dataset) == listed(dataset)


@pytest.mark.parametrize("compression", [None, "GZIP"])
def test_saving_and_loading(listed: Any, tmp_path: Path, compression: str | None) -> None:
    dataset = Dataset.from_tensor_slices(DATA).batch(2)
    for _ in range(2):
        dataset.save(tmp_path / "data", compression)
    loaded = Dataset.load(tmp_path / "data")
    assert listed(loaded) == listed(dataset)
    assert len(loaded) == 2 and loaded.is_batched
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert listed(Dataset.load(tmp_path / "data", reader_func=lambda files: files)) == listed(dataset)
    with pytest.raises(ValueError, match="never ends"):
        dataset.repeat().save(tmp_path / "data")


def test_dtypes_survive(tmp_path: Path) -> None:
    element = tuple(torch.ones(2).to(kind) for kind in (torch.bfloat16, torch.float16, torch.bool, torch.complex64))
    Dataset.from_tensors(element).save(tmp_path / "data")
    found = next(Dataset.load(tmp_path / "data").elements())
    assert all(a.dtype == b.dtype and torch.equal(a, b) for a, b in zip(element, found, strict=True))


def test_snapshots(listed: Any, tmp_path: Path) -> None:
    calls: list[int] = []
    dataset = counted(calls).snapshot(str(tmp_path / "snapshot"))
    assert listed(dataset) == listed(dataset) == [0, 1, 2] and calls == [0, 1, 2]


def test_broken_files_are_refused(listed: Any, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no saved dataset"):
        Dataset.load(tmp_path)
    Dataset.from_tensor_slices(DATA).save(tmp_path / "data")
    records, structure = tmp_path / "data" / "elements.tfrecord", tmp_path / "data" / "dataset.json"
    content = records.read_bytes()
    for broken in (content[:-3], content[:20] + b"\xff" + content[21:], b"\xff" * 12 + content[12:]):
        records.write_bytes(broken)
        with pytest.raises(DataLossError, match="record"):
            listed(Dataset.load(tmp_path / "data"))
    for text in ('{"format": 3}', "[" * 10000, '{"a": ' * 3000, "nothing"):
        structure.write_text(text)
        with pytest.raises(DataLossError, match="cannot be read"):
            Dataset.load(tmp_path / "data")
    structure.unlink()
    (tmp_path / "data" / "dataset_spec.pb").touch()
    with pytest.raises(DataLossError, match="TensorFlow saved"):
        Dataset.load(tmp_path / "data")


def test_datasets_inside_cannot_be_saved(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="Dataset cannot be saved"):
        Dataset.range(4).window(2).save(tmp_path / "data")
