"""`MeanRelativeError`; the numbers are those of tf.keras 2.15.1."""

from __future__ import annotations

import pytest

from torchkeras_compat import metrics
from torchkeras_compat.legacy.metrics.mean_relative_error import MeanRelativeError


def test_the_numbers_of_tf_keras() -> None:
    metric = MeanRelativeError(normalizer=[1.0, 3.0, 2.0, 3.0])
    metric.update_state([1, 3, 2, 3], [2, 4, 6, 8])
    assert metric.result().item() == pytest.approx(1.25)
    metric = MeanRelativeError(normalizer=[1.0, 0.0, 2.0, 3.0])
    metric.update_state([1, 3, 2, 3], [2, 4, 6, 8], sample_weight=[1, 0, 1, 2.0])
    assert metric.result().item() == pytest.approx(1.5833333)


def test_configs_and_errors() -> None:
    metric = MeanRelativeError([1.0, 2.0], name="relative")
    again = metrics.deserialize(metrics.serialize(metric))
    assert again.get_config() == metric.get_config() and again.name == "relative"
    with pytest.raises(ValueError, match=r"shape \(2,\), which does not fit predictions of shape \(3,\)"):
        metric.update_state([1, 2, 3], [1, 2, 3])
