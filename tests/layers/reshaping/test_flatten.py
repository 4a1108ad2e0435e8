"""`Flatten`; what all have in common is tested in `test_reshaping`."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat import layers


def test_flatten_after_a_convolution_copies_nothing() -> None:
    x = layers.Conv2D(4, 3)(torch.randn(2, 6, 6, 3))
    assert layers.Flatten()(x).data_ptr() == x.data_ptr()


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="'x'|x"):
        layers.Flatten(data_format="x")
