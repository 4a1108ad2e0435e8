"""Lists of names in HDF5 groups, and what they name."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.h5_names import child_array, child_group, has_names, names_of


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        yield file


@pytest.mark.parametrize("names", [[b"a", b"b/c"], ["a", "b/c"], np.array(["a", "b/c"], "S")])
def test_names_are_bytes_or_texts(file, names):
    file.attrs["names"] = names
    assert has_names(file, "names") and names_of(file, "names") == ["a", "b/c"]


def test_names_in_several_attributes(file):
    file.attrs["names0"], file.attrs["names1"] = [b"a"], [b"b", b"c"]
    assert has_names(file, "names") and names_of(file, "names") == ["a", "b", "c"]


def test_other_values_than_lists_give_no_names(file):
    assert names_of(file, "names") == [] and not has_names(file, "names")
    for value in (3, "abc", np.zeros((2, 2)), []):
        file.attrs["names"] = value
        assert names_of(file, "names") == []
    with pytest.raises(FileContentError, match="its group is missing"):
        names_of(None, "names")


def test_names_with_slashes_lead_through_groups(file):
    file["a/b/c"] = np.zeros(2)
    assert child_array(file, "a/b/c").shape == (2,)
    assert child_group(file, "a/b").name == "/a/b"
    for name in ("a/b/d", "a/b", "", "a//b/c", "/a/b/c", "..", "a/b/c/d", "a/../a/b/c"):
        with pytest.raises(FileContentError, match="but does not hold it"):
            child_array(file, name)
    for name in ("a/b/c", "a/x", "", "a//b", "."):
        assert child_group(file, name) is None


def test_links_are_refused(file):
    file["a/x"] = np.zeros(2)
    file["link"] = h5py.SoftLink("/a")
    file["far"] = h5py.ExternalLink("/etc/hosts", "/")
    for name in ("link/x", "far/x"):
        with pytest.raises(FileContentError, match="Link"):
            child_array(file, name)
