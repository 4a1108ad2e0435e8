"""DenseNet: Keras's layers, outputs, and torchvision's weights."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.applications import oracle
from torchkeras_compat import config
from torchkeras_compat.applications import DenseNet121, DenseNet169, DenseNet201


def test_the_layers_and_outputs_are_those_of_keras(real_keras) -> None:
    ours, theirs = oracle.pair(real_keras, "DenseNet121", input_shape=(32, 32, 3), classes=7)
    oracle.check_layers(ours, theirs)
    oracle.randomize(theirs)
    ours.set_weights(theirs.get_weights())
    oracle.check_outputs(ours, theirs)


@pytest.mark.parametrize(
    ("make", "layers", "parameters"), [(DenseNet169, 597, 14_307_880), (DenseNet201, 709, 20_242_984)]
)
def test_the_deeper_ones_have_the_sizes_that_keras_gives(make, layers: int, parameters: int) -> None:
    model = make(weights=None)
    assert (len(model.layers), model.count_params(), model.name) == (layers, parameters, make.__name__.lower())


def test_channels_first_gives_the_same_outputs() -> None:
    """Keras refuses this format for DenseNet."""
    last = DenseNet121(weights=None, input_shape=(32, 32, 3), classes=5)
    config.set_image_data_format("channels_first")
    first = DenseNet121(weights=None, input_shape=(3, 32, 32), classes=5)
    first.set_weights(last.get_weights())
    x = torch.rand(2, 32, 32, 3)
    with torch.no_grad():
        torch.testing.assert_close(first(x.permute(0, 3, 1, 2)), last(x), rtol=1e-5, atol=1e-6)


class DenseLayer(nn.Module):
    """The pair of convolutions of torchvision's DenseNet, whose maps are added to those that it gets."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = nn.BatchNorm2d(channels), nn.Conv2d(channels, 128, 1, bias=False)
        self.norm2, self.conv2 = nn.BatchNorm2d(128), nn.Conv2d(128, 32, 3, padding=1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        made = self.conv2(F.relu(self.norm2(self.conv1(F.relu(self.norm1(x))))))
        return torch.cat([x, made], 1)


class TorchDenseNet121(nn.Module):
    """DenseNet-121 with the names of torchvision's weights."""

    def __init__(self) -> None:
        super().__init__()
        parts: dict[str, nn.Module] = {"conv0": nn.Conv2d(3, 64, 7, 2, 3, bias=False), "norm0": nn.BatchNorm2d(64)}
        parts |= {"relu0": nn.ReLU(), "pool0": nn.MaxPool2d(3, 2, 1)}
        channels = 64
        for block, depth in enumerate((6, 12, 24, 16), 1):
            layers = {f"denselayer{n + 1}": DenseLayer(channels + 32 * n) for n in range(depth)}
            parts[f"denseblock{block}"] = _named(layers)
            channels += 32 * depth
            if block < 4:
                norm, conv = nn.BatchNorm2d(channels), nn.Conv2d(channels, channels // 2, 1, bias=False)
                pool = nn.AvgPool2d(2)
                parts[f"transition{block}"] = _named({"norm": norm, "relu": nn.ReLU(), "conv": conv, "pool": pool})
                channels //= 2
        parts["norm5"] = nn.BatchNorm2d(channels)
        self.features = _named(parts)
        self.classifier = nn.Linear(channels, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(F.relu(self.features(x)).mean((2, 3)))


def _named(modules: dict[str, nn.Module]) -> nn.Sequential:
    made = nn.Sequential()
    for name, module in modules.items():
        made.add_module(name, module)
    return made


@pytest.mark.parametrize("age", ["new", "old"])
def test_weights_of_torchvision_give_its_outputs(age: str) -> None:
    theirs = TorchDenseNet121().eval()
    for name, tensor in theirs.state_dict().items():
        if name == "features.norm0.running_var":
            tensor.uniform_(1e-6, 1e-5)  # so small that another epsilon shows
        elif "running" in name:
            tensor.uniform_(0.5, 1.5)
    state: dict[str, Any] = theirs.state_dict()
    if age == "old":
        state = {k.replace("norm1", "norm.1").replace("conv1", "conv.1"): v for k, v in state.items()}
        state = {k.replace("norm2", "norm.2").replace("conv2", "conv.2"): v for k, v in state.items()}
    ours = DenseNet121(weights=state, input_shape=(64, 64, 3), classes=3, classifier_activation=None)
    x = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        expected = theirs(x)
        found = ours(x.permute(0, 2, 3, 1), training=False)
    assert float((found - expected).abs().max() / expected.abs().max()) < oracle.TOLERANCE
