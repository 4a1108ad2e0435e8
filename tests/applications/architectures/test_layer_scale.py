"""`LayerScale`: a learned factor for each channel."""

from __future__ import annotations

import time

import pytest
import torch

from torchkeras_compat import Sequential
from torchkeras_compat.applications.architectures.layer_scale import LayerScale
from torchkeras_compat.saving import deserialize_keras_object, serialize_keras_object


def test_channels_are_multiplied_and_the_factors_learned() -> None:
    layer = LayerScale(0.5, 3)
    x = torch.rand(2, 4, 4, 3)
    torch.testing.assert_close(layer(x), x * 0.5)
    layer(x).sum().backward()
    torch.testing.assert_close(layer.gamma.value.grad, x.sum((0, 1, 2)))
    assert [w.path for w in layer.trainable_weights] == ["layer_scale/variable"]


def test_files_name_it_as_keras_does(real_keras) -> None:
    ours = LayerScale(1e-6, 5, name="scale")
    ours.build((None, 5))
    config = serialize_keras_object(ours)
    assert config["module"] == "keras.src.applications.convnext"
    theirs = real_keras.saving.deserialize_keras_object(config)
    assert theirs.get_config() == ours.get_config()
    assert [w.path for w in theirs.weights] == [w.path for w in ours.weights]
    again = deserialize_keras_object(real_keras.saving.serialize_keras_object(theirs))
    assert isinstance(again, LayerScale)
    assert (again.init_values, again.projection_dim, again.name) == (1e-6, 5, "scale")


def test_mixed_precision_computes_in_half() -> None:
    layer = LayerScale(0.5, 3, dtype="mixed_bfloat16")
    assert layer(torch.ones(1, 3)).dtype is torch.bfloat16
    assert layer.gamma.dtype == "float32"


@pytest.mark.parametrize(("values", "channels"), [("a", 3), (None, 3), (0.5, 0), (0.5, 2.0), (0.5, True)])
def test_other_settings_are_refused(values, channels) -> None:
    with pytest.raises(ValueError, match="Received: (init_values|projection_dim)="):
        LayerScale(values, channels)


def test_another_number_of_channels_is_refused() -> None:
    with pytest.raises(ValueError, match="made for 4 channels, but received shape"):
        LayerScale(0.5, 4)(torch.ones(1, 3))


@pytest.mark.parametrize("channels", [10**8, 10**12])
def test_a_huge_number_in_a_file_takes_neither_time_nor_memory(channels: int) -> None:
    config = Sequential([LayerScale(0.5, 3)]).get_config()
    config["layers"][0]["config"]["projection_dim"] = channels
    start = time.monotonic()
    model = Sequential.from_config(config)
    assert time.monotonic() - start < 1
    with pytest.raises(ValueError, match=f"made for {channels} channels"):
        model(torch.ones(1, 3))
