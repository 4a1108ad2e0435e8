"""The layers that `RandAugment` and `AugMix` choose from are Keras's."""

from __future__ import annotations

from types import ModuleType

import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.layers.preprocessing.image.augmenting_layer import OPERATIONS

_IMAGES = torch.zeros(2, 4, 4, 3)


@pytest.mark.parametrize("name", ["RandAugment", "AugMix"])
def test_operations_have_the_settings_of_keras(real_keras: ModuleType, name: str) -> None:
    for arguments in ({}, {"factor": 1.0}, {"factor": (0.1, 0.4), "value_range": (0, 1), "interpolation": "nearest"}):
        ours, theirs = (getattr(kind, name)(**arguments) for kind in (layers, real_keras.layers))
        for operation in OPERATIONS:
            one, other = (getattr(layer, operation).get_config() for layer in (ours, theirs))
            for key in one.keys() - {"name", "dtype"}:
                assert one[key] == other[key] or list(one[key]) == list(other[key]), (operation, key)


def test_choices_are_drawn_from_the_source() -> None:
    layer = layers.RandAugment(seed=3)
    one, two = (layer.get_random_transformation(_IMAGES, seed=5) for _ in range(2))
    assert one is not None and two is not None
    assert one["layer_idxes"].tolist() == two["layer_idxes"].tolist()
    drawn = {i for _ in range(60) for i in layer.get_random_transformation(_IMAGES)["layer_idxes"].tolist()}  # type: ignore[index]
    assert drawn == set(range(11))
    with pytest.raises(ValueError, match="random_blur"):
        layer._operation("random_blur")
