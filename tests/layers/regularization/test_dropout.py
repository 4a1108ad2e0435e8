"""`Dropout`; what it has in common with others is tested in `test_regularization`."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from torchkeras_compat import layers


def test_it_computes_through_the_torch_module() -> None:
    layer = layers.Dropout(0.5)
    runs: list[int] = []
    assert isinstance(layer.dropout, nn.Dropout)
    layer.dropout.register_forward_hook(lambda *args: runs.append(1))
    layer(torch.ones(2, 4), training=True)
    assert runs == [1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rate": 1.5}, "rate=1.5"),
        ({"rate": True}, "rate"),
        ({"rate": 0.5, "noise_shape": (2, 0)}, "noise_shape"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layers.Dropout(**arguments)
