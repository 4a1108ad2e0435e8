"""Rounding as quantized models do it: numbers of TensorFlow 2.15.1."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.math.fake_quantization import (
    fake_quant_with_min_max_args,
    fake_quant_with_min_max_vars,
    fake_quant_with_min_max_vars_per_channel,
)

_X = torch.tensor([-7.0, -1.3, 0.4, 2.2, 9.0])


def test_bounds_are_moved_so_that_zero_is_a_value():
    found = fake_quant_with_min_max_args(_X, num_bits=4).numpy()
    np.testing.assert_allclose(found, [-6.4, -1.6, 0.8, 2.4, 5.6], atol=1e-5)
    found = fake_quant_with_min_max_vars(_X, torch.tensor(-1.0), 2.0, num_bits=2).numpy()
    np.testing.assert_allclose(found, [-1, -1, 0, 2, 2])


def test_channels_have_bounds_of_their_own():
    x = torch.tensor([[-2.0, 0.3], [0.6, 9.0]])
    found = fake_quant_with_min_max_vars_per_channel(x, [-1.0, 0.0], [2.0, 3.0], num_bits=2).numpy()
    np.testing.assert_allclose(found, [[-1, 0], [1, 3]])


def test_settings_without_a_step_are_refused():
    with pytest.raises(ValueError, match="num_bits"):
        fake_quant_with_min_max_args(_X, num_bits=0)
