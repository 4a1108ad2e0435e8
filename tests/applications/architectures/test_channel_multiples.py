"""Multiples of 8."""

from __future__ import annotations

import pytest

from torchkeras_compat.applications.architectures.channel_multiples import multiple_of_8


@pytest.mark.parametrize(("channels", "multiple"), [(0.5, 8), (8, 8), (11.9, 16), (12, 16), (16 * 1.4, 24), (960, 960)])
def test_the_nearest_multiple_that_is_not_much_less(channels: float, multiple: int) -> None:
    assert multiple_of_8(channels) == multiple


def test_the_fraction_may_be_any() -> None:
    assert (multiple_of_8(19.2), multiple_of_8(19.2, least=0)) == (24, 16)
