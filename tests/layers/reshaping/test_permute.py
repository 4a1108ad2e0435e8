"""`Permute`; what all have in common is tested in `test_reshaping`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from torchkeras_compat import Input, layers


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Permute(dims=(0, 1)), r"\(0, 1\)"),
        (lambda: layers.Permute(dims=(1, 1)), r"\(1, 1\)"),
    ],
)
def test_bad_arguments_are_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_inputs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="ndim=3"):
        layers.Permute((2, 1))(torch.zeros(2, 3))
    with pytest.raises(ValueError, match="ndim=3"):
        layers.Permute((2, 1))(Input((3,)))
