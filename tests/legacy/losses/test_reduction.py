"""`Reduction` of Keras 2."""

from __future__ import annotations

import pytest

from torchkeras_compat.legacy.losses.reduction import Reduction, current_reduction


def test_names() -> None:
    assert Reduction.SUM == "sum" and Reduction.NONE == "none" and Reduction.AUTO == "auto"
    assert Reduction.SUM_OVER_BATCH_SIZE == "sum_over_batch_size"
    for key in Reduction.all():
        Reduction.validate(key)
    with pytest.raises(ValueError, match="'mean'"):
        Reduction.validate("mean")


def test_what_todays_losses_call_them() -> None:
    assert [current_reduction(r) for r in Reduction.all()] == [
        "sum_over_batch_size",
        "none",
        "sum",
        "sum_over_batch_size",
    ]
    assert current_reduction(None) is None
    with pytest.raises(ValueError, match="reduction='half'"):
        current_reduction("half")


def test_names_of_tensorflow() -> None:
    with pytest.raises(AttributeError, match="SUM_BY_NONZERO_WEIGHTS is TensorFlow's"):
        Reduction.SUM_BY_NONZERO_WEIGHTS  # noqa: B018
    with pytest.raises(ValueError, match="'sum_by_nonzero_weights' is TensorFlow's"):
        current_reduction("sum_by_nonzero_weights")
    with pytest.raises(AttributeError, match="'HALF'"):
        Reduction.HALF  # noqa: B018
