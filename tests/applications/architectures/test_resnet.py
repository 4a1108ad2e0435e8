"""ResNet: Keras's layers, files and outputs, and no weights of torchvision's other network."""

from __future__ import annotations

import pytest
import torch

from tests.applications import oracle
from torchkeras_compat.applications import ResNet50, ResNet101, ResNet152


def test_the_layers_files_and_outputs_are_those_of_keras(real_keras, tmp_path) -> None:
    ours, theirs = oracle.pair(real_keras, "ResNet50", input_shape=(32, 32, 3), classes=7)
    oracle.check_layers(ours, theirs)
    oracle.randomize(theirs)
    oracle.check_files(ours, theirs, tmp_path, (".weights.h5",))


@pytest.mark.parametrize(("make", "layers", "parameters"), [(ResNet101, 347, 44_707_176), (ResNet152, 517, 60_419_944)])
def test_the_deeper_ones_have_the_sizes_that_keras_gives(make, layers: int, parameters: int) -> None:
    model = make(weights=None)
    assert (len(model.layers), model.count_params(), model.name) == (layers, parameters, make.__name__.lower())


def test_weights_of_torchvision_are_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match=r"do not fit 'resnet50': .* strides in the 3x3 convolution .*'imagenet'"):
        ResNet50(weights={"conv1.weight": torch.zeros(1)}, include_top=False)
