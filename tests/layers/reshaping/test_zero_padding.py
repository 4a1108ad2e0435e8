"""`ZeroPadding1D` to `3D`; what all have in common is tested in `test_reshaping`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from torchkeras_compat import layers


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.ZeroPadding1D(padding=(1, 2, 3)), r"\(1, 2, 3\)"),
        (lambda: layers.ZeroPadding2D(padding=-1), "-1"),
    ],
)
def test_bad_arguments_are_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
