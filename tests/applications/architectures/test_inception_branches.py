"""Branches beside each other over the same feature maps."""

from __future__ import annotations

import pytest

from torchkeras_compat import Input, Model, config
from torchkeras_compat.applications.architectures.inception_branches import (
    AVERAGE,
    MAXIMUM,
    Conv,
    Fork,
    convolved,
    followed,
    halving,
    joined,
)
from torchkeras_compat.layers import BatchNormalization


def test_a_convolution_names_what_stands_behind_it() -> None:
    x = Input((8, 8, 3))
    model = Model(x, convolved(x, Conv(4, (1, 3)), 3, "last"))
    assert [layer.name for layer in model.layers[1:]] == ["last", "last_bn", "last_ac"]
    assert model.get_layer("last").kernel.shape == (1, 3, 3, 4)
    assert model.get_layer("last").bias is None
    assert not model.get_layer("last_bn").scale


@pytest.mark.parametrize(
    ("branch", "shape"),
    [
        ((halving(5),), (None, 4, 4, 5)),
        ((AVERAGE,), (None, 9, 9, 3)),
        ((MAXIMUM, Conv(2)), (None, 4, 4, 2)),
        ((Conv(2), Fork((Conv(3), Conv(4)))), (None, 9, 9, 7)),
    ],
)
def test_the_steps_of_a_branch_follow_each_other(branch, shape) -> None:
    assert followed(Input((9, 9, 3)), branch, 3).shape == shape


@pytest.mark.parametrize(("shape", "axis"), [((9, 9, 3), 3), ((3, 9, 9), 1)])
def test_branches_are_joined_by_channels(shape: tuple[int, ...], axis: int) -> None:
    x = Input(shape)
    if axis == 1:
        config.set_image_data_format("channels_first")
    y = joined(x, ((Conv(2),), (Conv(3), Conv(4, 3))), axis, "mixed")
    assert y.shape[axis] == 6
    model = Model(x, y)
    assert model.layers[-1].name == "mixed"
    assert {layer.axis for layer in model.layers if isinstance(layer, BatchNormalization)} == {axis}
