"""EfficientNet: Keras's layers, files and outputs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.applications import oracle
from torchkeras_compat import applications, config

SIZES = {  # number of layers and of weights with the top, from Keras
    "B0": (240, 5_330_571),
    "B1": (342, 7_856_239),
    "B2": (342, 9_177_569),
    "B3": (387, 12_320_535),
    "B4": (477, 19_466_823),
    "B5": (579, 30_562_527),
    "B6": (669, 43_265_143),
    "B7": (816, 66_658_687),
}


def test_the_layers_files_and_outputs_are_those_of_keras(real_keras, tmp_path) -> None:
    ours, theirs = oracle.pair(real_keras, "EfficientNetB0", input_shape=(33, 64, 3), classes=7)
    oracle.check_layers(ours, theirs)
    oracle.randomize(theirs, gain=0.3)
    oracle.check_files(ours, theirs, tmp_path, gain=0.3)


@pytest.mark.parametrize("name", [f"EfficientNetB{n}" for n in (1, 3)])
def test_scaled_ones_have_the_layers_of_keras(real_keras, name: str) -> None:
    oracle.check_layers(*oracle.pair(real_keras, name, include_top=False, pooling="max"))


@pytest.mark.parametrize("size", sorted(SIZES))
def test_all_sizes_have_the_number_of_weights_of_keras(size: str) -> None:
    model = getattr(applications, f"EfficientNet{size}")(weights=None)
    assert (len(model.layers), model.count_params()) == SIZES[size]


def test_channels_first_gives_the_same_outputs() -> None:
    last = applications.EfficientNetB0(weights=None, input_shape=(32, 48, 3), classes=5)
    config.set_image_data_format("channels_first")
    first = applications.EfficientNetB0(weights=None, input_shape=(3, 32, 48), classes=5)
    first.set_weights(last.get_weights())
    x = 255 * torch.rand(2, 32, 48, 3)
    with torch.no_grad():
        torch.testing.assert_close(first(x.permute(0, 3, 1, 2)), last(x), rtol=1e-5, atol=1e-6)


def test_published_weights_bring_the_division_that_they_need(real_keras, home: Path, monkeypatch) -> None:
    """Keras's own model is made with them, and its file stands for the one that is downloaded."""
    ours = applications.EfficientNetB0(weights=None, include_top=False)
    theirs = _keras_with_imagenet(real_keras, monkeypatch)
    oracle.randomize(theirs, gain=0.3)
    theirs.save(home / "efficientnetb0_notop.h5")
    plain = len(ours.layers)
    monkeypatch.setattr("torchkeras_compat.applications.published.PublishedFile.path", lambda self: str(self.place))
    ours = applications.EfficientNetB0(include_top=False)
    assert len(ours.layers) == plain + 1 == len(theirs.layers)
    oracle.check_outputs(ours, theirs, 255 * oracle.images(theirs))


def _keras_with_imagenet(real_keras, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr(real_keras.src.applications.efficientnet.file_utils, "get_file", lambda *args, **kwargs: "")
        patch.setattr(real_keras.Model, "load_weights", lambda self, path: None)
        real_keras.utils.clear_session()
        return real_keras.applications.EfficientNetB0(include_top=False)


def test_weights_of_torchvision_are_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="begin one row and one column earlier"):
        applications.EfficientNetB0(weights={"features.0.0.weight": torch.zeros(32, 3, 3, 3)})
