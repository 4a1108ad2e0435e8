"""Copies in the cache of Hugging Face's hub. They need pyarrow, without which the first tests are skipped."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.datasets.files import pictures
from torchkeras_compat.datasets import cifar10, cifar100, fashion_mnist, hugging_face, mnist
from torchkeras_compat.datasets.hugging_face import from_hugging_face


def png(array: Any) -> bytes:
    image = pytest.importorskip("PIL.Image")
    stream = io.BytesIO()
    image.fromarray(array).save(stream, "PNG")
    return stream.getvalue()


def write(hub: Path, repository: str, columns: tuple[str, ...], x: Any, labels: list[int]) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    folder = hub / f"datasets--{repository.replace('/', '--')}" / "snapshots" / "abc" / "plain"
    folder.mkdir(parents=True)
    content = [{"bytes": png(picture), "path": None} for picture in x]
    for name in ("train-00000-of-00002", "train-00001-of-00002", "test-00000-of-00001"):
        table = {columns[0]: content} | dict.fromkeys(columns[1:], labels)
        parquet.write_table(pyarrow.table(table), folder / f"{name}.parquet")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    return tmp_path / "hf" / "hub"


@pytest.mark.parametrize(
    ("dataset", "repository"), [(mnist, "ylecun/mnist"), (fashion_mnist, "zalando-datasets/fashion_mnist")]
)
def test_grey_pictures_are_found(hub, dataset, repository) -> None:
    write(hub, repository, ("image", "label"), pictures(3, 0), [1, 0, 9])
    (x, y), (x_test, y_test) = dataset.load_data()
    np.testing.assert_array_equal(x, np.concatenate([pictures(3, 0)] * 2))
    assert (x_test.shape, y.dtype, y.tolist(), y_test.dtype) == ((3, 28, 28), np.uint8, [1, 0, 9] * 2, np.uint8)


def test_colour_pictures_are_found(hub) -> None:
    x = pictures(2, 0, (32, 32, 3))
    write(hub, "uoft-cs/cifar10", ("img", "label"), x, [1, 9])
    write(hub, "uoft-cs/cifar100", ("img", "fine_label", "coarse_label"), x, [1, 19])
    (found, y), _ = cifar10.load_data()
    np.testing.assert_array_equal(found[:2], x)
    assert (y.dtype, y.tolist()) == (np.uint8, [[1], [9], [1], [9]])
    _, (found, y) = cifar100.load_data("coarse")
    np.testing.assert_array_equal(found, x)
    assert (y.dtype, y.tolist()) == (np.int64, [[1], [19]])


@pytest.mark.parametrize(
    ("columns", "x", "labels", "message"),
    [
        (("image", "label"), pictures(1, 0, (28, 27)), [1], r"size \(27, 28\) and mode L"),
        (("image", "label"), pictures(1, 0, (28, 28, 3)), [1], "mode RGB"),
        (("image", "label"), pictures(1, 0), [10], "integers from 0 to 9"),
        (("image", "other"), pictures(1, 0), [1], "parquet"),
    ],
)
def test_something_else_is_refused(hub, columns, x, labels, message) -> None:
    write(hub, "ylecun/mnist", columns, x, labels)
    with pytest.raises(ValueError, match=rf"Cannot load '.*{message}"):
        mnist.load_data()


def test_without_pyarrow_a_copy_counts_as_absent(hub, monkeypatch) -> None:
    (hub / "datasets--a--b" / "snapshots" / "abc").mkdir(parents=True)
    (hub / "datasets--a--b" / "snapshots" / "abc" / "train-0.parquet").touch()
    (hub / "datasets--a--b" / "snapshots" / "abc" / "test-0.parquet").touch()
    monkeypatch.setattr(hugging_face.importlib.util, "find_spec", lambda name: None)
    assert from_hugging_face(["a/b"], ("image", "label"), (28, 28), 10) is None
