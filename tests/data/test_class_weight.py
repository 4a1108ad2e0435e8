"""Class weights become sample weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.data.make_adapter import make_adapter


@pytest.mark.parametrize("y", [[0, 1, 1, 3], [[0], [1], [1], [3]], np.eye(4)[[0, 1, 1, 3]]])
def test_class_weights_become_sample_weights(y):
    adapter = make_adapter(np.zeros(4), y, class_weight={0: 0.5, 1: 2, 3: 4}, shuffle=False, device="cpu")
    _, _, weights = next(iter(adapter.epoch()))
    assert weights.tolist() == [0.5, 2, 2, 4]
    assert weights.dtype is torch.float32


def test_a_class_without_weight_weighs_one_and_is_warned_of():
    with pytest.warns(UserWarning, match=r"no weight for 2 of the classes in `y`: 2, 3\. They weigh 1\.0"):
        adapter = make_adapter(np.zeros(3), [1, 2, 3], class_weight={1: 5.0}, shuffle=False, device="cpu")
    assert next(iter(adapter.epoch()))[2].tolist() == [5, 1, 1]
