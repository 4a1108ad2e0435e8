"""Files of weights as old versions of Keras wrote them."""

from __future__ import annotations

import h5py
import pytest


@pytest.fixture
def write_layers(tmp_path):
    """Return a function that writes arrays of layers, ``{layer: [(name, array), ...]}``, and returns the path."""

    def write(layers, version=None, backend=None, name="old.h5"):
        path = tmp_path / name
        with h5py.File(path, "w") as file:
            for key, value in (("keras_version", version), ("backend", backend)):
                if value is not None:
                    file.attrs[key] = value
            file.attrs["layer_names"] = [layer.encode() for layer in layers]
            for layer, arrays in layers.items():
                group = file.require_group(layer)
                group.attrs["weight_names"] = [array_name.encode() for array_name, _ in arrays]
                for array_name, array in arrays:
                    group[array_name] = array
        return path

    return write
