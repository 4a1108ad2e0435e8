"""EfficientNetV2: Keras's layers, files and outputs."""

from __future__ import annotations

import pytest
import torch

from tests.applications import oracle
from torchkeras_compat import applications, config

SIZES = {  # number of layers and of weights with the top, from Keras
    "B0": (273, 7_200_312),
    "B1": (337, 8_212_124),
    "B2": (352, 10_178_374),
    "B3": (412, 14_467_622),
    "S": (516, 21_612_360),
    "M": (743, 54_431_388),
    "L": (1031, 119_027_848),
}


def test_the_layers_files_and_outputs_are_those_of_keras(real_keras, tmp_path) -> None:
    ours, theirs = oracle.pair(real_keras, "EfficientNetV2B0", input_shape=(33, 64, 3), classes=7)
    oracle.check_layers(ours, theirs)
    oracle.randomize(theirs, gain=0.3)
    oracle.check_files(ours, theirs, tmp_path, gain=0.3)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("EfficientNetV2B0", {"input_shape": (32, 32, 1)}),
        ("EfficientNetV2B3", {"include_preprocessing": False, "pooling": "avg"}),
        ("EfficientNetV2S", {"pooling": "max"}),
    ],
)
def test_preprocessing_and_size_give_the_layers_of_keras(real_keras, name: str, arguments) -> None:
    oracle.check_layers(*oracle.pair(real_keras, name, include_top=False, **arguments))


@pytest.mark.parametrize("size", sorted(SIZES))
def test_all_sizes_have_the_number_of_weights_of_keras(size: str) -> None:
    model = getattr(applications, f"EfficientNetV2{size}")(weights=None, name="mine")
    assert (len(model.layers), model.count_params(), model.name) == (*SIZES[size], "mine")


def test_channels_first_gives_the_same_outputs() -> None:
    last = applications.EfficientNetV2B0(weights=None, input_shape=(32, 48, 3), classes=5)
    config.set_image_data_format("channels_first")
    first = applications.EfficientNetV2B0(weights=None, input_shape=(3, 32, 48), classes=5)
    first.set_weights(last.get_weights())
    x = 255 * torch.rand(2, 32, 48, 3)
    with torch.no_grad():
        torch.testing.assert_close(first(x.permute(0, 3, 1, 2)), last(x), rtol=1e-5, atol=1e-6)


def test_weights_of_torchvision_are_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="begin one row and one column earlier"):
        applications.EfficientNetV2S(weights={"features.0.0.weight": torch.zeros(24, 3, 3, 3)})
