"""A crossentropy chosen by the shapes of targets and predictions."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import layers, models


@pytest.mark.parametrize("name", ["crossentropy", "ce"])
def test_crossentropy_may_be_loss_and_metric(name: str) -> None:
    """Both are the mean crossentropy of the batch before its update."""
    x, y = np.ones((4, 2), "float32"), np.array([0, 2, 1, 0])
    for units, targets in ((3, y), (3, np.eye(3)[y]), (1, y > 0)):
        activation = "sigmoid" if units == 1 else "softmax"
        model = models.Sequential([layers.Dense(units, activation)])
        model.compile(loss=name, metrics=[name])
        logs = model.fit(x, targets, batch_size=4, verbose=0).history
        assert logs[name] == pytest.approx(logs["loss"], rel=1e-5)
