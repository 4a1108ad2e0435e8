"""`Cropping1D` to `3D`; what all have in common is tested in `test_reshaping`."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from torchkeras_compat import Input, layers


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="cropping"):
        layers.Cropping2D(cropping=((1, 2, 3), (1, 2)))


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (lambda: layers.Cropping1D(3), (2, 5, 1), "cropping"),
        (lambda: layers.Cropping2D(2), (2, 5, 4, 1), "cropping"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(layer: Any, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layer()(torch.zeros(shape))
    with pytest.raises(ValueError, match=message):
        layer()(Input(shape[1:]))
