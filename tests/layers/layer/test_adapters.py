"""Layers without an adapter."""

from __future__ import annotations

import pytest

from torchkeras_compat import layers


def test_a_layer_that_cannot_be_quantized_says_so():
    layer = layers.LayerNormalization()
    layer.build((None, 2))
    with pytest.raises(NotImplementedError, match="LayerNormalization does not have a `quantize` method implemented"):
        layer.quantize("int8")
