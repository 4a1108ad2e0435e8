"""Which files of a folder, with which labels, in which order."""

from __future__ import annotations

import pytest

from tests.utils.files import write_image
from torchkeras_compat import utils
from torchkeras_compat.utils.folder_index import index_folder, shuffled_index


@pytest.mark.parametrize("labels", ["inferred", None, [3, 1, 3, 1, 1, 3, 1, 3, 3, 1, 1]])
@pytest.mark.parametrize("seed", [None, 0, 1337])
def test_files_labels_and_order_are_those_of_keras(real_keras, folder, labels, seed):
    write_image(folder / ".hidden" / "x.png")  # no class, but one of all files
    index_directory = real_keras.src.utils.dataset_utils.index_directory
    given = list(labels) if isinstance(labels, list) else labels  # Keras shuffles the list that it is given
    theirs = index_directory(str(folder), given, (".png",), shuffle=seed is not None, seed=seed, verbose=False)
    mine = index_folder(folder, (".png",), labels)
    mine = mine if seed is None else shuffled_index(mine, seed)
    assert mine.paths == list(theirs[0])
    assert mine.class_names == theirs[2]
    assert mine.labels == (None if labels is None else list(theirs[1]))


def test_a_label_of_a_list_stays_with_its_file(folder):
    labels = list(range(10))
    plain = utils.image_dataset_from_directory(folder, labels=labels, shuffle=False, verbose=False)
    label_of = dict(zip(plain.file_paths, labels))
    mixed = shuffled_index(index_folder(folder, (".png",), labels), seed=3)
    assert mixed.paths != plain.file_paths
    assert [label_of[path] for path in mixed.paths] == mixed.labels


def test_links_are_followed_if_asked(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    write_image(tmp_path / "elsewhere" / "z.png")
    (folder / "b" / "link").symlink_to(tmp_path / "elsewhere")
    assert len(utils.image_dataset_from_directory(folder, verbose=False).file_paths) == 10
    assert len(utils.image_dataset_from_directory(folder, verbose=False, follow_links=True).file_paths) == 11
