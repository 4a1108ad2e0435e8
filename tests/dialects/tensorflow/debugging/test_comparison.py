"""`tf.debugging`: values against others (conditions of TensorFlow 2.15)."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.dialects.tensorflow.creation import constant
from torchkeras_compat.dialects.tensorflow.debugging import comparison as tf
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (tf.assert_equal, ([1, 2], [1, 2]), ([1, 2], [1, 3])),
        (tf.assert_equal, ([1, 1], 1), ([1, 2], [1, 2, 3])),
        (tf.assert_none_equal, ([1, 2], [2, 1]), ([1, 2], [1, 3])),
        (tf.assert_less, ([1], [2]), ([2], [2])),
        (tf.assert_less_equal, ([2], [2]), ([3], [2])),
        (tf.assert_greater, ([3], [2]), ([2], [2])),
        (tf.assert_greater_equal, ([2], [2]), ([1], [2])),
        (tf.assert_near, (1.0, 1.0 + 1e-7), (1.0, 1.1)),
        (tf.assert_positive, ([1.0],), ([0.0],)),
        (tf.assert_negative, ([-1.0],), ([0.0],)),
        (tf.assert_non_negative, ([0.0],), ([-1.0],)),
        (tf.assert_non_positive, ([0.0],), ([1.0],)),
    ],
)
def test_checks(check: Any, good: Any, bad: Any) -> None:
    check(*good, message="fine")
    check(KerasTensor((1,)), *good[1:])
    with pytest.raises(InvalidArgumentError, match="why: "):
        check(*bad, message="why")
    assert check.__doc__


def test_finite_values() -> None:
    assert tf.check_numerics([1.0], "bad").numpy().tolist() == [1.0]
    with pytest.raises(InvalidArgumentError, match="bad : Tensor had NaN"):
        tf.assert_all_finite([float("nan")], "bad")
    with pytest.raises(InvalidArgumentError, match="Inf"):
        tf.check_numerics([float("inf")], "bad")


def test_conditions() -> None:
    tf.Assert(constant(True), [1])
    with pytest.raises(InvalidArgumentError, match=r"\[1\]"):
        tf.Assert(False, [1])
    with pytest.raises(InvalidArgumentError, match="shape"):
        tf.refuse("no", None, x=1)
    assert tf.array_of(KerasTensor((1,))) is None
