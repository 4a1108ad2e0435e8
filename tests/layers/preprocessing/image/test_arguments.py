"""Arguments that several layers of images take."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.layers.preprocessing.image.arguments import (
    checked_size,
    factor_range,
    is_number,
    one_of,
    value_range_of,
)


@pytest.mark.parametrize("value", [0.3, 0, 1, (0.1, 0.2), [0.5, 0.1], (-0.1, 0.2)])
def test_ranges_are_those_of_keras(value: Any, real_keras: ModuleType) -> None:
    for name, lowest in (("RandomRotation", -1), ("RandomHue", 0)):
        wanted = getattr(real_keras.layers, name)(value).factor
        assert factor_range(value, lowest, 1) == pytest.approx(tuple(wanted))


@pytest.mark.parametrize("value", [None, "a", (0.1,), (0.1, 0.2, 0.3), 2, (-2, 0), float("nan"), True, (0, None)])
def test_bad_ranges_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"\[-1, 1\]"):
        factor_range(value, -1, 1)


def test_other_arguments_are_checked() -> None:
    assert value_range_of([0, 1]) == (0, 1)
    for wrong in (3, (1,), (1, 0), ("a", "b"), None):
        with pytest.raises(ValueError, match="value_range"):
            value_range_of(wrong)
    assert factor_range(np.float32(0.25), 0, 1) == (0, 0.25)
    assert checked_size(np.int64(3), 4) == (3, 4)
    for height in (0, -1, 2.5, "a", True, None):
        with pytest.raises(ValueError, match="height"):
            checked_size(height, 1)
    with pytest.raises(ValueError, match="'c'"):
        one_of("mode", "c", ("a", "b"))


def test_every_int_is_a_number_or_none() -> None:
    assert is_number(2**70) and not is_number(10**400) and not is_number(float("nan"))
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        factor_range(10**400, 0, 1)
