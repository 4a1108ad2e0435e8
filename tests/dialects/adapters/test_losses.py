"""Losses of Keras 2, and `MinMaxNorm` of Keras 1."""

from __future__ import annotations

import pytest

from torchkeras_compat.dialects.adapters.losses import LOSSES, loss, max_norm, min_max_norm
from torchkeras_compat.public_names import named


def test_reductions() -> None:
    assert loss({"reduction": "auto"}, "tf.keras") == {"reduction": "sum_over_batch_size"}
    assert loss({"reduction": "none", "name": "a"}, "keras2") == {"reduction": "none", "name": "a"}
    assert loss({"delta": 2.0}, "keras2") == {"delta": 2.0}
    with pytest.raises(ValueError, match="'sum_by_nonzero_weights' is TensorFlow's"):
        loss({"reduction": "sum_by_nonzero_weights"}, "tf.keras")


def test_limits() -> None:
    assert max_norm({"m": 2, "axis": 1}, "keras2") == {"max_value": 2, "axis": 1}
    assert min_max_norm({"low": 0.5, "high": 2.0, "rate": 1.0}, "keras1") == {
        "min_value": 0.5,
        "max_value": 2.0,
        "rate": 1.0,
    }


def test_every_path_is_there() -> None:
    assert all(callable(named(path)) for path in LOSSES)
