"""The product with a quantized kernel, inside of layers."""

from __future__ import annotations

from types import ModuleType

import pytest
import torch

from tests.layers.adaptation.kinds import pair
from torchkeras_compat import layers


@pytest.mark.parametrize("mode", ["int8", "int4"])
def test_inputs_get_gradients_as_if_nothing_was_rounded(mode: str, real_keras: ModuleType) -> None:
    layer, twin, x = pair("dense in time", layers, real_keras.layers)
    layer.quantize(mode)
    twin.quantize(mode)
    gradients = []
    for y in (layer, twin):
        inputs = torch.tensor(x, requires_grad=True)
        (y(inputs) ** 2).sum().backward()
        gradients.append(inputs.grad)
    torch.testing.assert_close(gradients[0], gradients[1], rtol=1e-4, atol=1e-4)
