"""`tf.debugging`: shapes and dtypes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.creation import constant, ones
from torchkeras_compat.dialects.tensorflow.debugging import kinds as tf


@pytest.mark.parametrize(
    ("check", "good", "bad", "error"),
    [
        (tf.assert_rank, (ones(2), 1), (ones(2), 2), ValueError),
        (tf.assert_rank_at_least, (ones((2, 2)), 1), (ones(2), 2), ValueError),
        (tf.assert_rank_in, ([1], (1, 2)), (1, (1, 2)), ValueError),
        (tf.assert_scalar, (1,), ([1],), ValueError),
        (tf.assert_type, (ones(1), "float32"), (ones(1), "int32"), TypeError),
        (tf.assert_integer, (constant(1),), (constant(1.0),), TypeError),
        (tf.assert_proper_iterable, ([1],), (ones(1),), TypeError),
        (tf.assert_proper_iterable, ((1,),), (3,), TypeError),
        (tf.assert_same_float_dtype, ([ones(1)], "float32"), ([ones(1)], "float64"), ValueError),
        (tf.assert_shapes, ([(ones((2, 3)), ("N", 3))],), ([(ones((2, 3)), (2,))],), ValueError),
        (tf.assert_shapes, ({1.0: ()},), ([(ones(2), "N"), (ones(3), ("N",))],), ValueError),
        (tf.assert_shapes, ([(ones((2, 3)), ("...", "D")), (ones(3), ("D",))],), ([(ones(2), (3,))],), ValueError),
    ],
)
def test_checks(check: Any, good: Any, bad: Any, error: type[Exception]) -> None:
    check(*good)
    with pytest.raises(error):
        check(*bad)


def test_numbers() -> None:
    assert tf.is_numeric_tensor(constant(1))
    assert not tf.is_numeric_tensor(constant(True))
    assert not tf.is_numeric_tensor(np.ones(1))
    assert tf.assert_same_float_dtype() == "float32"
