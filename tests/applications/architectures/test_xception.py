"""Xception: Keras's layers, files and outputs."""

from __future__ import annotations

import pytest

from tests.applications import oracle
from torchkeras_compat.applications import Xception


def test_the_layers_files_and_outputs_are_those_of_keras(real_keras, tmp_path) -> None:
    ours, theirs = oracle.pair(real_keras, "Xception", input_shape=(71, 72, 3), classes=7)
    oracle.check_layers(ours, theirs)
    oracle.randomize(theirs)
    oracle.check_files(ours, theirs, tmp_path, (".weights.h5",))


def test_images_may_not_be_too_small() -> None:
    with pytest.raises(ValueError, match="at least 71x71"):
        Xception(weights=None, include_top=False, input_shape=(70, 71, 3))
