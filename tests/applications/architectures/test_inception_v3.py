"""Inception-v3: Keras's layers, files and outputs."""

from __future__ import annotations

import pytest
import torch

from tests.applications import oracle
from torchkeras_compat import config
from torchkeras_compat.applications import InceptionV3


def test_the_layers_files_and_outputs_are_those_of_keras(real_keras, tmp_path) -> None:
    ours, theirs = oracle.pair(real_keras, "InceptionV3", input_shape=(75, 80, 3), classes=7)
    oracle.check_layers(ours, theirs)
    oracle.randomize(theirs)
    oracle.check_files(ours, theirs, tmp_path, (".weights.h5", ".h5"))


@pytest.mark.parametrize("pooling", [None, "max"])
def test_without_the_top_the_layers_are_those_of_keras(real_keras, pooling) -> None:
    oracle.check_layers(*oracle.pair(real_keras, "InceptionV3", include_top=False, pooling=pooling))


def test_channels_first_gives_the_same_outputs() -> None:
    last = InceptionV3(weights=None, input_shape=(75, 75, 3), classes=5)
    config.set_image_data_format("channels_first")
    first = InceptionV3(weights=None, input_shape=(3, 75, 75), classes=5)
    first.set_weights(last.get_weights())
    x = torch.rand(2, 75, 75, 3)
    with torch.no_grad():
        torch.testing.assert_close(first(x.permute(0, 3, 1, 2)), last(x), rtol=1e-5, atol=1e-6)


def test_weights_of_torchvision_are_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="scales in batch normalization"):
        InceptionV3(weights={"Conv2d_1a_3x3.conv.weight": torch.zeros(32, 3, 3, 3)})
