"""What the bottlenecks of both generations of EfficientNet consist of."""

from __future__ import annotations

import pytest

from torchkeras_compat import Input, Model, config
from torchkeras_compat.applications.architectures.mobile_bottleneck import (
    Bottlenecks,
    conv_initializer,
    dense_initializer,
)
from torchkeras_compat.layers import Dropout


@pytest.mark.parametrize(("shape", "axis"), [((8, 8, 12), 3), ((12, 8, 8), 1)])
def test_maps_are_excited_by_their_means(shape: tuple[int, ...], axis: int) -> None:
    config.set_image_data_format("channels_last" if axis == 3 else "channels_first")
    x = Input(shape)
    model = Model(x, Bottlenecks(axis).excited(x, 3, "b"))
    assert model.output_shape == (None, *shape)
    names = [layer.name for layer in model.layers[1:]]
    assert names == ["b_se_squeeze", "b_se_reshape", "b_se_reduce", "b_se_expand", "b_se_excite"]
    assert [model.get_layer(f"b_se_{part}").filters for part in ("reduce", "expand")] == [3, 12]


def test_a_sum_is_dropped_per_sample_if_there_is_a_rate() -> None:
    x = Input((4, 4, 2))
    assert not [x for x in Model(x, Bottlenecks(3).added(x, x, 0.0, "b")).layers if isinstance(x, Dropout)]
    dropped = Model(x, Bottlenecks(3).added(x, x, 0.2, "b")).get_layer("b_drop")
    assert (dropped.rate, dropped.noise_shape) == (0.2, (None, 1, 1, 1))


def test_convolutions_and_normalizations_have_names_and_momentum() -> None:
    x = Input((4, 4, 2))
    model = Model(x, Bottlenecks(3, momentum=0.9).convolved(x, 6, "b", activation="b_act"))
    assert [layer.name for layer in model.layers[1:]] == ["b_conv", "b_bn", "b_act"]
    assert model.get_layer("b_bn").momentum == 0.9


def test_initializers_are_new_ones_with_the_settings_of_the_paper() -> None:
    assert conv_initializer() is not conv_initializer()
    assert (conv_initializer().scale, conv_initializer().mode) == (2.0, "fan_out")
    assert (dense_initializer().scale, dense_initializer().distribution) == (1 / 3, "uniform")
