"""The layers that a file lists."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.old_arrays.file_layers import FileLayers, listed_arrays


def test_layers_without_arrays_are_left_out(write_layers):
    path = write_layers({"in": [], "conv1/d": [("conv1/d/kernel:0", np.ones(2))], "conv1": [("k", np.ones(3))]})
    with h5py.File(path) as file:
        layers = FileLayers(file, "a.h5")
        assert layers.names == {"conv1/d": ["conv1/d/kernel:0"], "conv1": ["k"]}
        assert [a.dataset.shape for a in layers.arrays("conv1/d")] == [(2,)]
        assert [a.name for a in listed_arrays(file["conv1"])] == ["k"]


@pytest.fixture
def counted(tmp_path):
    """A file of Keras 0.3: a layer with two arrays, and one without."""
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["nb_layers"] = 2
        for i, number in enumerate((2, 0)):
            group = file.create_group(f"layer_{i}")
            group.attrs["nb_params"] = number
            for k in range(number):
                group[f"param_{k}"] = np.full(3, float(k))
        yield file


def test_counted_layers(counted):
    layers = FileLayers(counted, "a.h5")
    assert layers.names == {"layer_0": ["param_0", "param_1"]}
    assert [a.dataset[0] for a in layers.arrays("layer_0")] == [0.0, 1.0]


@pytest.mark.parametrize("count", [10**8, -1, "two", [1, 2], 2.5])
@pytest.mark.parametrize("key", ["nb_layers", "nb_params"])
def test_counts_are_those_of_the_file(counted, key, count):
    (counted if key == "nb_layers" else counted["layer_0"]).attrs[key] = count
    with pytest.raises(FileContentError, match=f"`{key}` of /.* in 'a.h5' is .*, which is not its count"):
        FileLayers(counted, "a.h5")


def test_a_counted_layer_that_is_missing(counted):
    counted.attrs["nb_layers"] = 1
    del counted["layer_0"]
    with pytest.raises(FileContentError, match="its group is missing"):
        FileLayers(counted, "a.h5")


def test_a_file_without_layers(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for group in (file, None):
            with pytest.raises(FileContentError, match=r"'a\.h5' holds no weights"):
                FileLayers(group, "a.h5")
        file.attrs["layer_names"] = [b"gone"]
        with pytest.raises(FileContentError, match="its group is missing"):
            FileLayers(file, "a.h5")
