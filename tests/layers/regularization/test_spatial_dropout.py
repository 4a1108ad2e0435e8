"""`SpatialDropout1D` to `3D`; what they have in common with others is tested in `test_regularization`."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from torchkeras_compat import layers


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("SpatialDropout1D", nn.Dropout1d),
        ("SpatialDropout2D", nn.Dropout2d),
        ("SpatialDropout3D", nn.Dropout3d),
    ],
)
def test_it_computes_through_the_torch_module(name: str, module: type[nn.Module]) -> None:
    layer = getattr(layers, name)(0.5)
    runs: list[int] = []
    assert isinstance(layer.dropout, module)
    layer.dropout.register_forward_hook(lambda *args: runs.append(1))
    layer(torch.ones((2, *(3,) * int(name[-2]), 4)), training=True)
    assert runs == [1]


def test_whole_channels_are_dropped() -> None:
    y = layers.SpatialDropout2D(0.5)(torch.ones(20, 3, 3, 8), training=True)
    assert torch.equal(y.amin((1, 2)), y.amax((1, 2)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rate": 2}, "rate"),
        ({"rate": 0.5, "data_format": "last"}, "last"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layers.SpatialDropout2D(**arguments)


@pytest.mark.parametrize("name", ["SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"])
def test_the_policy_of_spatial_dropout_comes_back(name: str) -> None:
    layer = getattr(layers, name)(0.5, dtype="mixed_bfloat16")
    assert type(layer).from_config(layer.get_config()).compute_dtype == "bfloat16"
