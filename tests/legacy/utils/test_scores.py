from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.legacy.utils.scores import accuracy, binary_logloss, multiclass_logloss


def test_scores():
    assert binary_logloss([0.9, 0.2], [1, 0]) == pytest.approx(-(np.log(0.9) + np.log(0.8)) / 2)
    assert np.isfinite(binary_logloss([0.0], [1]))
    assert multiclass_logloss([[0.1, 0.9], [0.6, 0.4]], [2, 1]) == pytest.approx(-(np.log(0.9) + np.log(0.6)) / 2)
    assert accuracy([1, 2, 3, 4], [1, 2, 0, 0]) == 0.5
