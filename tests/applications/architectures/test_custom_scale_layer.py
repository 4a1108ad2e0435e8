"""`CustomScaleLayer`: a residual, made smaller, and its input."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import Input, Model
from torchkeras_compat.applications.architectures.custom_scale_layer import CustomScaleLayer
from torchkeras_compat.saving import deserialize_keras_object, load_model, serialize_keras_object


def test_the_second_is_scaled() -> None:
    a, b = torch.rand(2, 3, 3, 4), torch.rand(2, 3, 3, 4)
    torch.testing.assert_close(CustomScaleLayer(0.17)([a, b]), a + 0.17 * b)


def test_files_name_it_as_keras_does(real_keras) -> None:
    config = serialize_keras_object(CustomScaleLayer(0.2, name="sum"))
    assert config["module"] == "keras.src.applications.inception_resnet_v2"
    assert config["registered_name"] == "CustomScaleLayer"
    theirs = real_keras.saving.deserialize_keras_object(config)
    assert theirs.get_config() == CustomScaleLayer(0.2, name="sum").get_config()
    again = deserialize_keras_object(real_keras.saving.serialize_keras_object(theirs))
    assert isinstance(again, CustomScaleLayer)
    assert (again.scale, again.name) == (0.2, "sum")


def test_it_is_found_in_a_model_without_a_module(tmp_path) -> None:
    a, b = Input((4,)), Input((4,))
    model = Model([a, b], CustomScaleLayer(0.5)([a, b]))
    model.save(tmp_path / "model.h5")  # a format that names no modules
    assert isinstance(load_model(tmp_path / "model.h5").layers[-1], CustomScaleLayer)


@pytest.mark.parametrize("scale", ["1", None, True, [1.0]])
def test_another_scale_is_refused(scale) -> None:
    with pytest.raises(ValueError, match="`scale` is a number. Received"):
        CustomScaleLayer(scale)


@pytest.mark.parametrize("inputs", [torch.ones(2, 2), [torch.ones(2, 2)] * 3])
def test_other_inputs_are_refused(inputs) -> None:
    with pytest.raises(ValueError, match="a list of two tensors"):
        CustomScaleLayer(1.0)(inputs)
