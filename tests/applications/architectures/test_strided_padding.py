"""Zeros in front of windows in steps of two."""

from __future__ import annotations

import pytest

from torchkeras_compat import Input
from torchkeras_compat.applications.architectures.strided_padding import strided_padding


@pytest.mark.parametrize(
    ("shape", "size", "axis", "expected"),
    [
        ((32, 31, 3), 3, 3, ((0, 1), (1, 1))),
        ((3, 32, 31), 5, 1, ((1, 2), (2, 2))),
        ((None, None, 3), 3, 3, ((0, 1), (0, 1))),
    ],
)
def test_even_sizes_get_one_row_less_in_front(shape, size: int, axis: int, expected) -> None:
    assert strided_padding(Input(shape), size, axis) == expected
