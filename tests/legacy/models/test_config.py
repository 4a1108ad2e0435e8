from __future__ import annotations

import json

import pytest

from torchkeras_compat import Sequential, layers
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.legacy.models.config import model_from_config


def test_a_model_comes_back_from_its_config() -> None:
    model = Sequential([layers.Dense(2, input_dim=3, name="only")])
    made = model_from_config(json.loads(model.to_json()))
    assert [layer.name for layer in made.layers] == ["only"] and made.output_shape == (None, 2)


def test_a_list_of_layers_of_keras_2_is_read() -> None:
    dense = {"class_name": "Dense", "config": {"name": "d", "units": 2, "batch_input_shape": [None, 3]}}
    made = model_from_config({"class_name": "Sequential", "config": [dense], "keras_version": "2.0.4"})
    assert made.count_params() == 8


def test_a_list_is_refused() -> None:
    with pytest.raises(TypeError, match=r"use `Sequential.from_config`"):
        model_from_config([])


def test_what_is_not_a_model_is_refused() -> None:
    with pytest.raises((FileContentError, TypeError, ValueError)):
        model_from_config({"class_name": "os.system", "config": {}})
