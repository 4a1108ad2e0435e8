"""`DirectoryIterator`. What it finds, and in which order: tf.keras 2.15.1."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import Sequential, layers
from torchkeras_compat.legacy.preprocessing.image.directory_iterator import DirectoryIterator
from torchkeras_compat.legacy.preprocessing.image.generator import ImageDataGenerator
from torchkeras_compat.utils.image_files import save_img


@pytest.fixture
def folder(tmp_path):
    for name in ("c", "a", "b"):
        (tmp_path / name / "deep").mkdir(parents=True)
        for number in range(4):
            path = tmp_path / name / ("deep" if number % 2 else "") / f"{number}.png"
            save_img(path, np.full((3, 4, 3), 20 * number), scale=False)
    (tmp_path / "a" / "notes.txt").touch()
    return tmp_path


def test_classes_are_subfolders(folder, capsys):
    batches = DirectoryIterator(folder, None, (3, 4), shuffle=False, batch_size=5)
    assert capsys.readouterr().out == "Found 12 images belonging to 3 classes.\n"
    assert batches.class_indices == {"a": 0, "b": 1, "c": 2}
    assert batches.filenames[:4] == ["a/0.png", "a/2.png", "a/deep/1.png", "a/deep/3.png"]
    assert batches.filepaths[0] == str(folder / "a" / "0.png")
    assert batches.classes.tolist() == batches.labels.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert batches.classes.dtype == np.int32
    assert (batches.samples, batches.num_classes, batches.nb_class, len(batches)) == (12, 3, 3, 3)
    images, labels = batches[0]
    assert images[:, 0, 0, 0].tolist() == [0, 40, 20, 60, 0]
    assert labels.tolist() == [[1, 0, 0]] * 4 + [[0, 1, 0]] and labels.dtype == np.float32


@pytest.mark.parametrize("class_mode", ["binary", "sparse"])
def test_integer_labels(folder, class_mode):
    batches = DirectoryIterator(folder, None, (3, 4), classes=["c", "a"], class_mode=class_mode, shuffle=False)
    assert batches.class_indices == {"c": 0, "a": 1} and batches[0][1].tolist() == [0.0] * 4 + [1.0] * 4


def test_images_alone_and_as_targets(folder):
    assert DirectoryIterator(folder, None, (3, 4), class_mode=None).next().shape == (12, 3, 4, 3)
    images, targets = DirectoryIterator(folder, None, (3, 4), class_mode="input").next()
    assert np.array_equal(images, targets) and images is not targets


def test_each_class_is_split(folder):
    generator = ImageDataGenerator(validation_split=0.5)
    train = generator.flow_from_directory(folder, (3, 4), subset="training")
    validation = generator.flow_from_directory(folder, (3, 4), subset="validation")
    assert train.filenames[:2] == ["a/deep/1.png", "a/deep/3.png"] and validation.filenames[:2] == [
        *("a/0.png", "a/2.png")
    ]


def test_models_train_and_predict(folder):
    model = Sequential([layers.Flatten(), layers.Dense(3, activation="softmax")])
    model.compile("sgd", "categorical_crossentropy")
    batches = ImageDataGenerator(rescale=1 / 255, zoom_range=0.2).flow_from_directory(folder, (3, 4), batch_size=5)
    model.fit(batches, epochs=2, verbose=0)
    assert model.predict(batches, verbose=0).shape == (12, 3)


def test_what_is_not_there(folder):
    with pytest.raises(FileNotFoundError, match="none"):
        DirectoryIterator(folder / "none", None)
    with pytest.warns(UserWarning, match="the class 'z'"):
        assert DirectoryIterator(folder, None, classes=["a", "z"]).samples == 4


def test_links_are_followed_if_asked(folder):
    (folder / "a" / "link").symlink_to(folder / "b", target_is_directory=True)
    assert DirectoryIterator(folder, None, classes=["a"]).samples == 4
    assert DirectoryIterator(folder, None, classes=["a"], follow_links=True).samples == 8
