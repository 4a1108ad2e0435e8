"""`DataFrameIterator`. Its modes and orders: tf.keras 2.15.1."""

from __future__ import annotations

import numpy as np
import pytest

pandas = pytest.importorskip("pandas")

from torchkeras_compat.legacy.preprocessing.image.dataframe_iterator import DataFrameIterator  # noqa: E402
from torchkeras_compat.legacy.preprocessing.image.generator import ImageDataGenerator  # noqa: E402
from torchkeras_compat.utils.image_files import save_img  # noqa: E402

NAMES = [f"{number}.png" for number in range(4)]


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(NAMES):
        save_img(tmp_path / name, np.full((2, 3, 3), 10 * number), scale=False)
    return tmp_path


@pytest.fixture
def frame():
    return pandas.DataFrame(
        {
            "filename": NAMES,
            "class": ["b", "a", "b", "c"],
            "sides": ["left", "right", "left", "left"],
            "tags": [["x"], ["x", "y"], ["z"], ("y",)],
            "age": [1.0, 2.0, 3.0, 4.0],
            "size": [5, 6, 7, 8],
        }
    )


def iterate(frame, folder, **settings):
    return DataFrameIterator(frame, folder, target_size=(2, 3), shuffle=False, **settings)


def test_labels(frame, folder, capsys):
    batches = iterate(frame, folder)
    assert capsys.readouterr().out == "Found 4 validated image filenames belonging to 3 classes.\n"
    assert batches.class_indices == {"a": 0, "b": 1, "c": 2} and batches.classes == [1, 0, 1, 2]
    images, labels = batches[0]
    assert images[:, 0, 0, 0].tolist() == [0, 10, 20, 30]
    assert labels.tolist() == [[0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert iterate(frame, folder, class_mode="sparse")[0][1].tolist() == [1, 0, 1, 2]
    assert iterate(frame, folder, class_mode="binary", y_col="sides")[0][1].tolist() == [0, 1, 0, 0]
    assert iterate(frame, folder, y_col="tags")[0][1].tolist() == [[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 0]]


def test_rows_of_other_classes_are_left_out(frame, folder):
    batches = iterate(frame, folder, classes=["c", "b"])
    assert batches.filenames == ["0.png", "2.png", "3.png"] and batches.classes == [1, 1, 0]
    batches = iterate(frame, folder, classes=["y", "z"], y_col="tags")
    assert batches.classes == [[0], [1], [0]] and batches[0][1].tolist() == [[1, 0], [0, 1], [1, 0]]


def test_targets(frame, folder):
    assert iterate(frame, folder, class_mode="raw", y_col="age")[0][1].tolist() == [1, 2, 3, 4]
    assert iterate(frame, folder, class_mode="raw", y_col=["age", "size"])[0][1].shape == (4, 2)
    outputs = iterate(frame, folder, class_mode="multi_output", y_col=["age", "size"])[0][1]
    assert [output.tolist() for output in outputs] == [[1, 2, 3, 4], [5, 6, 7, 8]]
    images, targets = iterate(frame, folder, class_mode="input")[0]
    assert np.array_equal(images, targets)
    assert iterate(frame, folder, class_mode=None)[0].shape == (4, 2, 3, 3)


def test_weights_and_parts(frame, folder):
    batches = iterate(frame, folder, weight_col="age")
    assert batches[0][2].tolist() == [1, 2, 3, 4] and batches.sample_weight.tolist() == [1, 2, 3, 4]
    generator = ImageDataGenerator(validation_split=0.25)
    parts = [generator.flow_from_dataframe(frame, folder, subset=part) for part in ("training", "validation")]
    assert [part.filenames for part in parts] == [NAMES[1:], NAMES[:1]]
    assert parts[0].class_indices == {"a": 0, "b": 1, "c": 2}


def test_files_that_are_not_there(frame, folder):
    (folder / "1.png").unlink()
    with pytest.warns(UserWarning, match="1 invalid image filename"):
        assert iterate(frame, folder).filenames == ["0.png", "2.png", "3.png"]
    assert iterate(frame, folder, validate_filenames=False).samples == 4
    absolute = frame.assign(filename=[str(folder / "0.png")] * 4)
    assert iterate(absolute, None).filepaths == [str(folder / "0.png")] * 4


@pytest.mark.parametrize(
    ("error", "settings", "words"),
    [
        (ValueError, {"class_mode": "other"}, "'other'"),
        (TypeError, {"class_mode": "multi_output", "y_col": "age"}, "must be a list"),
        (TypeError, {"x_col": "age"}, "must be strings"),
        (TypeError, {"class_mode": "sparse", "y_col": "size"}, "must be strings"),
        (TypeError, {"y_col": "size"}, "strings, or lists"),
        (ValueError, {"class_mode": "binary"}, "Received: 3"),
        (TypeError, {"weight_col": "class"}, "must be numeric"),
        (KeyError, {"y_col": "label"}, "no column 'label'"),
    ],
)
def test_bad_arguments_are_refused(frame, folder, error, settings, words):
    with pytest.raises(error, match=words):
        iterate(frame, folder, **settings)


def test_classes_without_classes(frame, folder):
    with pytest.warns(UserWarning, match="ignored"):
        iterate(frame, folder, class_mode="raw", y_col="age", classes=["a"])
