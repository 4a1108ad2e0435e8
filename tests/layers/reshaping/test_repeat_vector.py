"""`RepeatVector`; what all have in common is tested in `test_reshaping`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from torchkeras_compat import Input, layers


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: layers.RepeatVector(n=0), ValueError, "n=0"),
        (lambda: layers.RepeatVector(n=2.5), TypeError, "integer"),
    ],
)
def test_bad_arguments_are_refused(make: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_inputs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="ndim=2"):
        layers.RepeatVector(2)(torch.zeros(2, 3, 4))
    with pytest.raises(ValueError, match="ndim=2"):
        layers.RepeatVector(2)(Input((3, 4)))
