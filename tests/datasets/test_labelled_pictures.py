"""Pictures with labels: what is refused, and the four files of a folder."""

from __future__ import annotations

import numpy as np
import pytest

from tests.datasets.files import pictures, write_idx
from torchkeras_compat.datasets.labelled_pictures import from_idx_files, from_other_libraries, labelled


def test_training_and_test_files_are_not_confused(tmp_path) -> None:
    write_idx(tmp_path / "raw", 3)
    (x, y), (x_test, _) = from_idx_files(tmp_path / "raw")
    np.testing.assert_array_equal(x, pictures(3, 0))
    np.testing.assert_array_equal(x_test, pictures(3, 1))
    assert y.tolist() == [0, 1, 2]


def test_a_folder_with_a_part_of_the_files_is_not_a_copy(tmp_path) -> None:
    write_idx(tmp_path / "data" / "MNIST" / "raw")
    assert from_other_libraries("MNIST") is not None
    (tmp_path / "data" / "MNIST" / "raw" / "t10k-labels-idx1-ubyte").unlink()
    assert from_other_libraries("MNIST") is None


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.zeros((2, 28, 27), "uint8"), np.zeros(2, "uint8")),
        (np.zeros((2, 28, 28), "uint8"), np.zeros((2, 1), "uint8")),
        (np.zeros((2, 28, 28), "int8"), np.zeros(2, "uint8")),
        (np.zeros((), "uint8"), np.zeros((), "uint8")),
    ],
)
def test_other_arrays_are_refused(x, y) -> None:
    with pytest.raises(ValueError, match="Cannot load 'a.npz': it should have pictures"):
        labelled("a.npz", x, y)
