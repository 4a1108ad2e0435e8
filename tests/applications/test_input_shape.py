"""`obtain_input_shape`: Keras's defaults, minimum sizes and messages."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.applications.input_shape import obtain_input_shape

LAST = {"default_size": 224, "min_size": 32, "data_format": "channels_last", "require_flatten": False, "weights": None}
FIRST = {**LAST, "data_format": "channels_first"}


@pytest.mark.parametrize(
    ("shape", "arguments", "expected"),
    [
        (None, LAST, (None, None, 3)),
        (None, FIRST, (3, None, None)),
        (None, {**LAST, "require_flatten": True}, (224, 224, 3)),
        (None, {**FIRST, "require_flatten": True}, (3, 224, 224)),
        ((64, None, 1), LAST, (64, None, 1)),
        ([3, 64, 32], FIRST, (3, 64, 32)),
        ((np.int64(64), 64, 3), LAST, (64, 64, 3)),
        ((224, 224, 3), {**LAST, "require_flatten": True, "weights": "imagenet"}, (224, 224, 3)),
        ((64, 64, 3), {**LAST, "weights": "imagenet"}, (64, 64, 3)),
    ],
)
def test_shapes_that_fit(shape: Any, arguments: dict[str, Any], expected: tuple[int | None, ...]) -> None:
    assert obtain_input_shape(shape, **arguments) == expected


@pytest.mark.parametrize(
    ("shape", "arguments", "match"),
    [
        ((31, 64, 3), LAST, "at least 32x32; Received: input_shape=(31, 64, 3)"),
        ((3, 64, 31), FIRST, "at least 32x32; Received: input_shape=(3, 64, 31)"),
        ((64, 3), LAST, "tuple of three integers"),
        ((1, 64, 64, 3), LAST, "Received: input_shape=(1, 64, 64, 3)"),
        (64, LAST, "Received: input_shape=64"),
        ((64.0, 64.0, 3), LAST, "tuple of three integers"),
        ((64, 64, 0), LAST, "tuple of three integers"),
        ("abc", LAST, "Received: input_shape='abc'"),
        ((None, None, 3), {**LAST, "require_flatten": True}, "static `input_shape`. Received: input_shape=(None"),
        ((64, 64, 3), {**LAST, "require_flatten": True, "weights": "imagenet"}, "should be (224, 224, 3)"),
        ((64, 64, 5), {**LAST, "weights": "imagenet"}, "must have 3 channels; Received `input_shape=(64, 64, 5)`"),
    ],
)
def test_shapes_that_do_not_fit(shape: Any, arguments: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=re.escape(match)):
        obtain_input_shape(shape, **arguments)


def test_other_numbers_of_channels_are_a_warning() -> None:
    with pytest.warns(UserWarning, match="usually expects 1 or 3 input channels.* with 5 input channels"):
        assert obtain_input_shape((64, 64, 5), **LAST) == (64, 64, 5)


def test_channels_last_where_the_format_is_channels_first_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32x32"), pytest.warns(UserWarning, match="the first of its sizes"):
        obtain_input_shape((64, 64, 3), **FIRST)
