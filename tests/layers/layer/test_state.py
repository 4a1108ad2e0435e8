"""What every layer holds is declared and documented."""

from __future__ import annotations

from torch import nn

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.state import LayerState


def test_every_attribute_of_a_layer_is_declared():
    own = vars(Layer()).keys() - vars(nn.Module()).keys() - {"_arguments"}  # of `Operation`
    assert own <= LayerState.__annotations__.keys()


def test_every_declared_attribute_is_documented():
    undocumented = [name for name in LayerState.__annotations__ if f" {name}: " not in LayerState.__doc__]
    assert undocumented == ["_name"]  # see `name`
