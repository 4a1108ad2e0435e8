"""`AlphaDropout`; what it has in common with others is tested in `test_regularization`."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from torchkeras_compat import layers


def test_it_computes_through_the_torch_module() -> None:
    layer = layers.AlphaDropout(0.5)
    runs: list[int] = []
    assert isinstance(layer.dropout, nn.AlphaDropout)
    layer.dropout.register_forward_hook(lambda *args: runs.append(1))
    layer(torch.ones(2, 4), training=True)
    assert runs == [1]


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="rate"):
        layers.AlphaDropout(rate=2)
