"""`GaussianNoise` and `GaussianDropout`; what they have in common with others is tested in `test_regularization`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from torchkeras_compat import layers


@pytest.mark.parametrize(
    ("make", "message"),
    [(lambda: layers.GaussianDropout(rate=-0.1), "rate"), (lambda: layers.GaussianNoise(stddev=-0.1), "stddev")],
)
def test_bad_arguments_are_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
