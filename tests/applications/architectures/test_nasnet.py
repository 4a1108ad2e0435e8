"""NASNet: Keras's layers, files and outputs."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import pytest

from tests.applications import oracle
from torchkeras_compat.applications import NASNetLarge, NASNetMobile
from torchkeras_compat.applications.nasnet import preprocess_input


@pytest.fixture
def keras(real_keras, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """Keras, which refuses this network with torch; its layers give the numbers that they give with JAX."""

    class Backend:
        def __getattr__(self, name: str) -> Any:
            return (lambda: "jax") if name == "backend" else getattr(real_keras.src.backend, name)

    monkeypatch.setattr(real_keras.src.applications.nasnet, "backend", Backend())
    return real_keras


def test_the_layers_files_and_outputs_are_those_of_keras(keras, tmp_path) -> None:
    ours, theirs = oracle.pair(keras, "NASNetMobile", input_shape=(32, 32, 3), classes=7)
    oracle.check_layers(ours, theirs)
    oracle.randomize(theirs, gain=0.5)
    oracle.check_files(ours, theirs, tmp_path, (".weights.h5", ".h5"), gain=0.5)


@pytest.mark.parametrize("shape", [(33, 40, 3), (64, 35, 1)])
def test_odd_sizes_are_padded_as_in_keras(keras, shape: tuple[int, ...]) -> None:
    ours, theirs = oracle.pair(keras, "NASNetMobile", include_top=False, pooling="max", input_shape=shape)
    oracle.check_layers(ours, theirs)
    oracle.randomize(theirs)
    ours.set_weights(theirs.get_weights())
    oracle.check_outputs(ours, theirs)


def test_the_large_one_has_the_layers_of_keras(keras) -> None:
    oracle.check_layers(*oracle.pair(keras, "NASNetLarge", include_top=False, input_shape=(331, 331, 3)))


def test_the_size_is_known() -> None:
    assert NASNetMobile(weights=None, include_top=False).input_shape == (None, 224, 224, 3)
    with pytest.raises(ValueError, match="needs a known height.*Received: images of shape"):
        NASNetLarge(weights=None, include_top=False, input_shape=(None, None, 3))
    with pytest.raises(ValueError, match="at least 32x32; Received"):
        NASNetLarge(weights=None, include_top=False, input_shape=(31, 32, 3))


def test_images_are_scaled_from_minus_one_to_one(real_keras) -> None:
    x = np.full((1, 2, 2, 3), 255.0)
    assert (preprocess_input(x.copy()) == real_keras.applications.nasnet.preprocess_input(x.copy())).all()
