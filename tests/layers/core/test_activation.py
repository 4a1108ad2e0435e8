"""`Activation` beside real Keras."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras_compat import Input, layers


@pytest.mark.parametrize("name", ["relu", "softmax", "tanh", "gelu", "linear", "hard_sigmoid", "selu"])
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_outputs_and_configs_are_those_of_keras(name: str, dtype: str, real_keras: ModuleType) -> None:
    x = np.random.RandomState(0).normal(size=(2, 3, 4)).astype("float32")
    layer = layers.Activation(name, dtype=dtype, name="same")
    twin = real_keras.layers.Activation(name, dtype=dtype, name="same")
    tolerance = {"rtol": 1e-5, "atol": 1e-6} if dtype == "float32" else {"rtol": 2e-2, "atol": 2e-2}
    torch.testing.assert_close(layer(x), twin(x), **tolerance)
    assert layer.get_config() == twin.get_config()
    assert layers.Activation.from_config(layer.get_config()).get_config() == layer.get_config()
    assert layer(Input((None, 4))).shape == (None, None, 4)


def test_masks_pass_and_torch_modules_are_taken() -> None:
    x = layers.Masking()(torch.tensor([[[1.0], [0.0]]]))
    assert layers.Activation("relu")(x)._keras_mask.tolist() == [[True, False]]
    assert layers.Activation(nn.ReLU())(torch.tensor([-1.0, 2.0])).tolist() == [0.0, 2.0]
    with pytest.raises(ValueError, match="rellu"):
        layers.Activation("rellu")
