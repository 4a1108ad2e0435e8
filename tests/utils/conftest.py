"""A folder of images in classes."""

from __future__ import annotations

import pytest

from tests.utils.files import write_image, write_text


@pytest.fixture
def folder(tmp_path):
    """Classes a (4 files), b (3), c (3), with a nested folder and files that do not count."""
    root = tmp_path / "data"
    for name in ("b", "a", "c", ".hidden", "a/deep"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for i in range(9):
        write_image(root / "abc"[i % 3] / f"im{i}.png", (6 + i, 9, 3), fill=10 * i)
    write_image(root / "a/deep/im9.PNG", fill=90)
    for name in ("a/notes.txt", "readme.md"):
        write_text(root / name, "not an image")
    return root
