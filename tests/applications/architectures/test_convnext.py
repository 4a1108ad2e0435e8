"""ConvNeXt: Keras's layers, files and outputs, and torchvision's weights."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.applications import oracle
from torchkeras_compat.applications import ConvNeXtTiny
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving import load_model


def test_the_layers_and_files_are_those_of_keras(real_keras, tmp_path) -> None:
    ours, theirs = oracle.pair(real_keras, "ConvNeXtTiny", input_shape=(33, 64, 3), classes=7)
    oracle.check_layers(ours, theirs)
    oracle.randomize(theirs)
    oracle.check_files(ours, theirs, tmp_path, (".weights.h5", ".h5"))


def test_whole_models_go_both_ways(real_keras, tmp_path) -> None:
    _, theirs = oracle.pair(real_keras, "ConvNeXtTiny", input_shape=(32, 32, 3), include_top=False)
    oracle.randomize(theirs)
    theirs.save(tmp_path / "theirs.keras")
    loaded = load_model(tmp_path / "theirs.keras")
    oracle.check_outputs(loaded, theirs, 255 * oracle.images(theirs))
    loaded.save(tmp_path / "ours.keras")
    again = real_keras.saving.load_model(tmp_path / "ours.keras")
    x = 255 * oracle.images(theirs)
    with torch.no_grad():
        torch.testing.assert_close(again(x, training=False), theirs(x, training=False))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ConvNeXtTiny", {"include_top": False, "include_preprocessing": False, "pooling": "max"}),
        ("ConvNeXtTiny", {"include_top": False, "input_shape": (32, 32, 1)}),
        ("ConvNeXtSmall", {"name": "mine", "classifier_activation": None}),
    ],
)
def test_arguments_give_the_layers_of_keras(real_keras, name: str, arguments) -> None:
    oracle.check_layers(*oracle.pair(real_keras, name, **arguments))


def test_without_a_name_the_layers_have_that_of_the_size() -> None:
    model = ConvNeXtTiny(weights=None, include_top=False, input_shape=(32, 32, 3), name=None)
    assert model.get_layer("convnext_tiny_stem").output.shape == (None, 8, 8, 96)


class Norm(nn.LayerNorm):
    """Normalization over channels that come first."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Block(nn.Module):
    """The block of torchvision's ConvNeXt."""

    def __init__(self, filters: int) -> None:
        super().__init__()
        self.layer_scale = nn.Parameter(torch.rand(filters, 1, 1))
        conv = nn.Conv2d(filters, filters, 7, padding=3, groups=filters)
        linear = nn.Linear(filters, 4 * filters), nn.GELU(), nn.Linear(4 * filters, filters)
        self.block = nn.Sequential(conv, nn.Identity(), nn.LayerNorm(filters, eps=1e-6), *linear)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.block[2:](self.block[0](x).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return x + self.layer_scale * y


class TorchConvNeXtTiny(nn.Module):
    """The network with the names of torchvision's weights."""

    def __init__(self) -> None:
        super().__init__()
        stages: list[nn.Module] = []
        before = 3
        for filters, depth in ((96, 3), (192, 3), (384, 9), (768, 3)):
            conv = nn.Conv2d(before, filters, 4 if before == 3 else 2, 4 if before == 3 else 2)
            norm = Norm(filters if before == 3 else before, eps=1e-6)
            stages.append(nn.Sequential(*([conv, norm] if before == 3 else [norm, conv])))
            stages.append(nn.Sequential(*[Block(filters) for _ in range(depth)]))
            before = filters
        self.features = nn.Sequential(*stages)
        self.classifier = nn.Sequential(nn.LayerNorm(768, eps=1e-6), nn.Identity(), nn.Linear(768, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(F.adaptive_avg_pool2d(self.features(x), 1).flatten(1))


def test_weights_of_torchvision_give_its_outputs() -> None:
    theirs = TorchConvNeXtTiny().eval()
    ours = ConvNeXtTiny(
        weights=theirs.state_dict(),
        include_preprocessing=False,
        input_shape=(64, 64, 3),
        classes=3,
        classifier_activation=None,
        name="mine",
    )
    x = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(x.permute(0, 2, 3, 1), training=False), theirs(x), rtol=1e-5, atol=1e-6)
    features = ConvNeXtTiny(weights=theirs.state_dict(), include_top=False, input_shape=(64, 64, 3))
    assert torch.equal(
        features.get_layer("convnext_tiny_stage_3_block_2_layer_scale").gamma.value,
        theirs.features[7][2].layer_scale.flatten(),
    )


@pytest.mark.parametrize("change", ["missing", "renamed"])
def test_broken_weights_of_torchvision_are_refused(change: str) -> None:
    state = TorchConvNeXtTiny().state_dict()
    if change == "missing":
        del state["features.1.0.layer_scale"]
    else:
        state["features.0.7.weight"] = state.pop("features.0.1.weight")
    with pytest.raises(FileContentError, match="does not fit layer 'convnext_tiny_st"):
        ConvNeXtTiny(weights=state, classes=3, input_shape=(64, 64, 3))
