"""What all convolutions have in common: the memory format of their kernels, and that of their state dictionaries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

import torchkeras_compat as keras
from torchkeras_compat import layers

MAKERS: dict[str, Any] = {
    "Conv2D": lambda: layers.Conv2D(4, 3),
    "Conv2DTranspose": lambda: layers.Conv2DTranspose(4, 3),
    "DepthwiseConv2D": lambda: layers.DepthwiseConv2D(3),
    "SeparableConv2D": lambda: layers.SeparableConv2D(4, 3),
    "grouped": lambda: layers.Conv2D(4, (3, 2), groups=2),
    "strided": lambda: layers.Conv2D(4, 1, strides=2),
}


@pytest.fixture(params=MAKERS.values(), ids=MAKERS)
def model(request: Any) -> Any:
    return keras.Sequential([keras.Input((8, 8, 4)), request.param(), layers.Conv2D(3, 3, name="last")])


def test_safetensors_takes_a_state_dictionary(model: Any, tmp_path: Path) -> None:
    x = torch.randn(2, 8, 8, 4)
    formats = [p.stride() for p in model.parameters()]
    save_file(model.state_dict(), tmp_path / "model.safetensors")
    expected = model(x)
    for p in model.parameters():
        torch.nn.init.zeros_(p)
    model.load_state_dict(load_file(tmp_path / "model.safetensors"))
    assert torch.equal(model(x), expected)
    assert [p.stride() for p in model.parameters()] == formats


def test_kernels_stay_in_the_fast_format(model: Any) -> None:
    kernel = model.get_layer("last").conv.weight
    assert kernel.is_contiguous(memory_format=torch.channels_last)
    assert model.state_dict()["last.conv.weight"].is_contiguous()
    assert model.state_dict(keep_vars=True)["last.conv.weight"] is kernel
    assert torch.equal(model.state_dict()["last.conv.weight"], kernel)
