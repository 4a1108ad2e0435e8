r"""Files whose groups are named ``layers\dense``. Oracle: names that Keras 2.15 writes on Windows."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.saving.windows_paths import FoldedGroup, unfolded


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        yield file


def test_a_file_without_backslashes_is_left_as_it_is(file):
    file["layers/dense/vars/0"] = np.zeros(2)
    assert unfolded(file) is file


def test_backslashes_separate(file):
    for i, name in enumerate(["layers\\dense", "layers\\sequential", "layers\\sequential\\layers\\dense", "vars"]):
        file.create_group(name if name == "vars" else f"{name}/vars")[str(i)] = np.full(1, i)
    root = unfolded(file)
    assert isinstance(root, FoldedGroup) and root.keys() == ["layers", "vars"]
    layers = root.child("layers")
    assert sorted(layers.keys()) == ["dense", "sequential"]
    assert layers.child("dense").name == "/layers\\dense"
    inner = layers.child("sequential")
    assert sorted(inner.keys()) == ["layers", "vars"] and list(inner.child("vars")) == ["1"]
    assert list(inner.child("layers").child("dense")["vars"]) == ["2"]
    assert root.child("none") is None and inner.child("none") is None and layers.child("vars") is None


def test_links_are_refused(file):
    file["layers\\dense"] = h5py.ExternalLink("/etc/hosts", "/")
    with pytest.raises(FileContentError, match="is a ExternalLink"):
        unfolded(file).child("layers").child("dense")


def test_a_name_of_many_parts_is_refused():
    with pytest.raises(FileLimitError, match="is nested too deep: the limit `nesting` is 200"):
        unfolded({"\\" * 100_000: {}})
