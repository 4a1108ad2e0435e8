"""Images as bytes, colors, optional libraries."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.visualization.canvas import as_bytes, as_color, as_images, check_installed


def test_ranges_go_to_bytes_and_what_lies_outside_to_their_ends() -> None:
    found = as_bytes(np.array([-2.0, -1.0, 0.0, 1.0, 3.0]), (-1, 1))
    assert found.dtype == np.uint8 and found.tolist() == [0, 0, 127, 255, 255]
    given = np.array([3], "uint8")
    assert as_bytes(given) is not given


def test_channels_are_counted() -> None:
    assert as_images(np.zeros((1, 4, 5, 3)), None).shape == (1, 4, 5, 3)
    with pytest.raises(ValueError, match="Received 5 of them"):
        as_images(np.zeros((1, 3, 4, 5)), None)


def test_colors_are_three_bytes() -> None:
    assert as_color(np.array([1, 2, 3]), "color") == (1, 2, 3)
    for bad in ((1, 2), (1.0, 2, 3), (0, 0, 256), "red"):
        with pytest.raises(ValueError, match="three ints"):
            as_color(bad, "color")


def test_missing_libraries_are_named() -> None:
    with pytest.raises(ImportError, match="f needs the package `the-package`.*pip install the-package"):
        check_installed("no_such_module", "the-package", "f")
