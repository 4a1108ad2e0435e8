"""`Masking` beside real Keras."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Model, layers

X = np.array([[[0.0, 0.0], [1.0, 2.0], [0.0, -1.0]], [[-1.0, -1.0], [0.0, 0.0], [2.0, 0.0]]], "float32")


@pytest.mark.parametrize("value", [0.0, -1.0, 0])
def test_outputs_and_masks_are_those_of_keras(value: Any, real_keras: ModuleType) -> None:
    layer, twin = layers.Masking(value, name="same"), real_keras.layers.Masking(value, name="same")
    found, expected = layer(X), twin(X)
    torch.testing.assert_close(found, expected)
    assert found._keras_mask.tolist() == expected._keras_mask.tolist()
    assert layer.compute_mask(X).tolist() == found._keras_mask.tolist()
    assert layer.get_config() == twin.get_config()
    assert layers.Masking.from_config(layer.get_config()).mask_value == value


def test_masks_of_unknown_sizes_reach_the_next_layer() -> None:
    x = Input((None, 2))
    masked = layers.Masking(dtype="mixed_bfloat16")(x)
    model = Model(x, layers.Dense(1)(masked))
    outputs = model(X)
    assert outputs._keras_mask.tolist() == [[False, True, True], [True, False, True]]
    assert masked.shape == (None, None, 2) and masked.dtype == "bfloat16"
