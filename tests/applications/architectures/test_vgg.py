"""VGG: Keras's layers, files and outputs, and torchvision's weights."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.applications import oracle
from torchkeras_compat import config
from torchkeras_compat.applications import VGG16, VGG19


@pytest.mark.parametrize("name", ["VGG16", "VGG19"])
def test_layers_are_those_of_keras(real_keras, name: str) -> None:
    oracle.check_layers(*oracle.pair(real_keras, name, include_top=False, pooling="max"))


def test_the_outputs_and_files_are_those_of_keras(real_keras, tmp_path) -> None:
    ours, theirs = oracle.pair(real_keras, "VGG16", include_top=False, input_shape=(32, 32, 3), pooling="avg")
    oracle.randomize(theirs)
    oracle.check_files(ours, theirs, tmp_path, (".weights.h5", ".h5"))


def torch_vgg(depths: tuple[int, ...]) -> nn.Module:
    """VGG as torchvision has it: the numbers of its modules are the names of its weights."""
    modules: list[nn.Module] = []
    channels = 3
    for depth, filters in zip(depths, (64, 128, 256, 512, 512)):
        for _ in range(depth):
            modules += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU()]
            channels = filters
        modules.append(nn.MaxPool2d(2))
    top = [nn.Linear(512 * 2 * 2, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout()]
    network = nn.Sequential()
    network.add_module("features", nn.Sequential(*modules))
    network.add_module("flat", nn.Flatten())
    network.add_module("classifier", nn.Sequential(*top, nn.Linear(4096, 3)))
    return network.eval()


@pytest.mark.parametrize(("make", "depths"), [(VGG16, (2, 2, 3, 3, 3)), (VGG19, (2, 2, 4, 4, 4))])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_weights_of_torchvision_give_its_outputs(make, depths: tuple[int, ...], data_format: str) -> None:
    config.set_image_data_format(data_format)
    theirs = torch_vgg(depths)
    shape = (64, 64, 3) if data_format == "channels_last" else (3, 64, 64)
    ours = make(weights=theirs.state_dict(), input_shape=shape, classes=3, classifier_activation=None)
    x = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        found = ours(x.permute(0, 2, 3, 1) if data_format == "channels_last" else x, training=False)
        torch.testing.assert_close(found, theirs(x), rtol=1e-5, atol=1e-6)
