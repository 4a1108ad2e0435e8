"""Layers that need another library say how to install it."""

from __future__ import annotations

import importlib.util

import pytest

from torchkeras_compat import layers
from torchkeras_compat.layers.foreign.libraries import library

NEEDED = {
    "jax": (lambda: layers.JaxLayer(lambda inputs: inputs), "pip install jax"),
    "flax": (lambda: layers.FlaxLayer(None), "pip install flax"),
    "tensorflow": (lambda: layers.TFSMLayer("model"), "pip install tensorflow"),
}


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_library_is_named_with_the_command(name: str) -> None:
    if importlib.util.find_spec(name):
        pytest.skip(f"{name} is installed")
    make, command = NEEDED[name]
    with pytest.raises(ImportError, match=f"Layer computes with {name}.*{command}"):
        make()


def test_a_library_that_is_there_is_imported() -> None:
    assert library("numpy.linalg", "Layer", "").__name__ == "numpy.linalg"
