"""`Reshape`; what all have in common is tested in `test_reshaping`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from torchkeras_compat import Input, layers


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Reshape(target_shape=(-1, -1)), r"\(-1, -1\)"),
        (lambda: layers.Reshape(target_shape=(-2, 1)), r"\(-2, 1\)"),
    ],
)
def test_bad_arguments_are_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (lambda: layers.Reshape((5,)), (2, 3, 4), r"\(3, 4\).*\(5,\)"),
        (lambda: layers.Reshape((5, -1)), (2, 3, 4), r"\(3, 4\).*\(5, -1\)"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(layer: Any, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layer()(torch.zeros(shape))
    with pytest.raises(ValueError, match=message):
        layer()(Input(shape[1:]))
