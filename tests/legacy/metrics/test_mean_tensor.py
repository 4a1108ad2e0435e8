"""`MeanTensor`; the numbers are those of tf.keras 2.15.1."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import metrics
from torchkeras_compat.legacy.metrics.mean_tensor import MeanTensor


def test_the_numbers_of_tf_keras() -> None:
    metric = MeanTensor()
    metric.update_state([1.0, 2.0])
    metric.update_state([3.0, 6.0], sample_weight=[0.5, 1.0])
    np.testing.assert_allclose(metric.result(), [1.6666666, 4.0], rtol=1e-6)
    assert metric.count.numpy().tolist() == [1.5, 2.0]


def test_weights_of_rows_and_resetting() -> None:
    metric = MeanTensor(shape=(2, 2))
    assert metric.result().tolist() == [[0.0, 0.0], [0.0, 0.0]]
    metric.update_state(np.ones((2, 2)), sample_weight=[1.0, 0.0])
    assert metric.result().tolist() == [[1.0, 1.0], [0.0, 0.0]]
    metric.reset_state()
    assert metric.count.numpy().sum() == 0.0


def test_configs_and_errors() -> None:
    metric = MeanTensor(shape=(2,))
    assert metrics.deserialize(metrics.serialize(metric)).get_config() == metric.get_config()
    with pytest.raises(ValueError, match=r"shape \(2,\). Received: \(3,\)"):
        metric.update_state([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="no result before"):
        MeanTensor().result()
