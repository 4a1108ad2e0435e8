"""What datasets of folders have in common: forms of labels, passes, parts, and what is refused."""

from __future__ import annotations

import os

import numpy as np
import pytest
import torch

from torchkeras_compat import utils


def relative(dataset, folder):
    return [os.path.relpath(path, folder) for path in dataset.file_paths]


@pytest.mark.parametrize(
    ("options", "shape", "dtype"),
    [
        ({"label_mode": "categorical"}, (10, 3), torch.float32),
        ({"labels": [0, 1] * 5, "label_mode": "binary"}, (10, 1), torch.float32),
        ({"labels": [0, 7] * 5}, (10,), torch.int32),
        ({"class_names": ["c", "a", "b"]}, (10,), torch.int32),
    ],
)
def test_labels_in_every_form(folder, options, shape, dtype):
    [(_, y)] = utils.image_dataset_from_directory(folder, image_size=(2, 2), shuffle=False, verbose=False, **options)
    assert (tuple(y.shape), y.dtype) == (shape, dtype)
    if options.get("label_mode") == "categorical":
        assert y.argmax(1).tolist() == [0] * 4 + [1] * 3 + [2] * 3
    elif "class_names" in options:
        assert y.tolist() == [0] * 3 + [1] * 4 + [2] * 3
    else:
        assert y.ravel().tolist() == options["labels"]


def test_a_seed_repeats_the_orders_of_all_passes(folder):
    def labels():
        data = utils.image_dataset_from_directory(folder, image_size=(2, 2), batch_size=2, seed=5, verbose=False)
        return [[y.tolist() for _, y in data] for _ in range(3)]

    first = labels()
    assert first == labels() and first[0] != first[1]
    np.random.seed(1)
    one = utils.image_dataset_from_directory(folder, verbose=False).file_paths
    np.random.seed(1)
    assert one == utils.image_dataset_from_directory(folder, verbose=False).file_paths


def test_parts_for_training_and_validation(folder, capsys):
    options = {"image_size": (2, 2), "validation_split": 0.3, "seed": 1337}
    training, validation = utils.image_dataset_from_directory(folder, subset="both", **options)
    assert capsys.readouterr().out == (
        "Found 10 files belonging to 3 classes.\nUsing 7 files for training.\nUsing 3 files for validation.\n"
    )
    assert len(set(training.file_paths) | set(validation.file_paths)) == 10
    alone = utils.image_dataset_from_directory(folder, subset="validation", **options)
    assert alone.file_paths == validation.file_paths
    assert sorted(y for y in next(iter(alone))[1].tolist()) == sorted(
        "abc".index(path[0]) for path in relative(alone, folder)
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": "other"}, "labels='other'"),
        ({"labels": [0.5] * 10}, "list/tuple of integer labels"),
        ({"labels": [0, 1]}, r"len\(labels\) is 2 while we found 10"),
        (
            {"labels": [0, 5] * 5, "label_mode": "categorical"},
            r"class labels in \[0, 2\). Received numbers from 0 to 5",
        ),
        ({"label_mode": "binary"}, r"exactly 2 class_names. Received: \['a', 'b', 'c'\]"),
        ({"label_mode": "x"}, "label_mode='x'"),
        ({"class_names": ["a", "b"]}, "did not match .*Expected: .'a', 'b', 'c'"),
        ({"labels": None, "class_names": ["a"]}, 'only pass `class_names` if `labels="inferred"`'),
        ({"validation_split": 0.2}, "must be set, and inversely"),
        ({"subset": "training"}, "must be set, and inversely"),
        ({"validation_split": 2.0, "subset": "training"}, "received: 2.0"),
        ({"validation_split": 0.2, "subset": "x"}, "received: 'x'"),
        ({"validation_split": 0.2, "subset": "both"}, "must provide a `seed`"),
        ({"validation_split": 0.01, "subset": "both", "seed": 1}, "of 10 files leaves none"),
        ({"color_mode": "hsv"}, "color_mode='hsv'"),
        ({"interpolation": "x"}, "interpolation='x'"),
        ({"image_size": 5}, "image_size=5"),
        ({"image_size": (0, 5)}, r"image_size=\(0, 5\)"),
        ({"batch_size": 0}, "Received: 0"),
        ({"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, "Only one of"),
        ({"data_format": "last"}, "data_format='last'"),
        ({"format": "csv"}, "Received: 'csv'"),
    ],
)
def test_bad_arguments_are_refused(folder, options, message):
    with pytest.raises(ValueError, match=message):
        utils.image_dataset_from_directory(folder, **options)


def test_folders_without_files_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="none"):
        utils.image_dataset_from_directory(tmp_path / "none")
    (tmp_path / "a").mkdir()
    for function, message in (
        (utils.image_dataset_from_directory, "No images found in"),
        (utils.text_dataset_from_directory, "No text files found in"),
        (utils.audio_dataset_from_directory, "No audio files found in"),
    ):
        with pytest.raises(ValueError, match=message):
            function(tmp_path)
