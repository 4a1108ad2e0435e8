"""Attributes by name become the items of a config."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from torchkeras_compat import activations, initializers, regularizers
from torchkeras_compat.layers.layer.config_items import config_items


def test_items_come_in_the_order_of_the_names_and_are_serialized_by_their_last_word() -> None:
    layer = SimpleNamespace(
        units=3,
        activation=activations.relu,
        kernel_initializer=initializers.Zeros(),
        bias_regularizer=None,
        _kernel_regularizer=regularizers.L2(0.5),
    )
    names = ("kernel_initializer", "units", "_kernel_regularizer", "activation", "bias_regularizer")
    items = config_items(layer, names)
    assert list(items) == ["kernel_initializer", "units", "kernel_regularizer", "activation", "bias_regularizer"]
    assert items["units"] == 3 and items["activation"] == "relu" and items["bias_regularizer"] is None
    assert items["kernel_initializer"]["class_name"] == "Zeros"
    assert items["kernel_regularizer"]["config"] == {"l2": 0.5}


def test_a_missing_attribute_is_an_error() -> None:
    with pytest.raises(AttributeError, match="units"):
        config_items(SimpleNamespace(), ("units",))
