"""`Wrapper`: the base of layers around a layer."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.custom_objects import custom_object_scope


class Doubled(layers.Wrapper):
    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        return 2 * self.layer(inputs)


def test_it_builds_and_lists_the_layer_inside() -> None:
    layer = Doubled(layers.Dense(3), name="twice")
    x = torch.randn(2, 4)
    torch.testing.assert_close(layer(x), 2 * layer.layer(x))
    assert [v.path for v in layer.weights] == ["twice/dense/kernel", "twice/dense/bias"]


def test_its_config_holds_the_layer_inside() -> None:
    config = Doubled(layers.Dense(3)).get_config()
    with custom_object_scope({"Doubled": Doubled}):
        assert Doubled.from_config(config).get_config() == config


def test_a_torch_module_may_be_inside() -> None:
    linear = torch.nn.Linear(4, 3)
    x = torch.randn(2, 4)
    torch.testing.assert_close(Doubled(linear)(x), 2 * linear(x))


def test_anything_else_is_refused() -> None:
    with pytest.raises(ValueError, match="Layer Dense supplied to Wrapper isn't a supported layer type"):
        layers.Wrapper("Dense")
