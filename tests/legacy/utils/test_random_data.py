from __future__ import annotations

import numpy as np

from torchkeras_compat.legacy.utils.random_data import get_test_data


def test_classes_and_numbers():
    (x, y), (x_test, y_test) = get_test_data(200, 20, (6,), num_classes=3)
    assert x.shape == (200, 6) and x_test.shape == (20, 6) and set(y.tolist()) == {0, 1, 2} and len(y_test) == 20
    assert abs(x[y == 2].mean() - 2) < 0.2
    (x, y), _ = get_test_data(nb_train=30, nb_test=5, input_shape=(2,), output_shape=(4,), classification=False)
    assert x.shape == (30, 2) and y.shape == (30, 4) and y.dtype == np.float32
    assert set(get_test_data(nb_train=50, nb_test=2, nb_class=1)[0][1].tolist()) == {0}
