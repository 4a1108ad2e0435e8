from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.legacy.backend import random_numbers as K
from torchkeras_compat.legacy.backend.graph.function import function
from torchkeras_compat.legacy.backend.inspection import shape
from torchkeras_compat.legacy.backend.placeholders import placeholder


def test_a_seed_is_a_stream_that_goes_on() -> None:
    K.restart_streams()
    first, second = (K.random_normal((3,), seed=1) for _ in range(2))
    assert not torch.equal(first, second)
    K.restart_streams()
    assert torch.equal(K.random_normal((3,), seed=1), first)


def test_keras_1_and_2_name_the_parameters() -> None:
    assert torch.allclose(K.random_normal((4,), mean=3.0, std=1e-9), torch.full((4,), 3.0))
    assert torch.allclose(K.random_normal((4,), mean=3.0, stddev=1e-9), torch.full((4,), 3.0))
    found = K.random_uniform((100,), low=2.0, high=3.0)
    assert 2.0 <= found.min()
    assert found.max() < 3.0
    assert K.random_uniform((10,), 0, 5, dtype="int32").dtype == torch.int32


def test_fractions_are_those_asked_for() -> None:
    torch.manual_seed(0)
    assert abs(K.random_binomial((10000,), p=0.3).mean().item() - 0.3) < 0.02  # four standard deviations
    assert abs(K.dropout(torch.ones(10000), 0.5).mean().item() - 1.0) < 0.04
    assert K.truncated_normal((10000,), stddev=2.0).abs().max() <= 4.0


def test_noise_may_be_the_same_along_an_axis() -> None:
    found = K.dropout(torch.ones(4, 100), 0.5, noise_shape=(1, 100))
    assert torch.equal(found[0], found[3])


def test_a_level_outside_of_the_range_is_refused() -> None:
    with pytest.raises(ValueError, match=r"fraction in \[0, 1\). Received: level=1.0"):
        K.dropout(torch.ones(1), 1.0)


def test_sizes_may_be_recorded() -> None:
    x = placeholder((None, 3))
    noise = K.random_normal((shape(x)[0], 2))
    assert noise.shape == (None, 2)
    f = function([x], [noise])
    first, second = (f([np.zeros((5, 3))])[0] for _ in range(2))
    assert first.shape == (5, 2)
    assert not np.array_equal(first, second)
