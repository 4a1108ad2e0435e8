"""Layers that need another library say how to install it."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from torchkeras_compat import layers
from torchkeras_compat.dialects.view import TensorflowView
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


def test_a_name_that_means_this_package_is_not_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `install_as_keras` leaves it behind, whether TensorFlow is installed or not."""
    monkeypatch.setitem(sys.modules, "tensorflow", TensorflowView("tensorflow", ""))
    with pytest.raises(ImportError, match="TFSMLayer computes with tensorflow.*means torchkeras_compat"):
        layers.TFSMLayer("model")
