"""torch's averages over all batches (``momentum=None``, `update_bn`), with Keras's variance of the population."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import torch
from torch.optim.swa_utils import AveragedModel, update_bn

import torchkeras_compat as keras
from torchkeras_compat import layers

BATCHES = [torch.randn(8, 4, generator=torch.Generator().manual_seed(k)) * (k + 1) + k for k in range(4)]


def model(**kwargs: Any) -> keras.Sequential:
    return keras.Sequential([keras.Input((4,)), layers.BatchNormalization(**kwargs), layers.Dense(2)])


def averages_of(batches: list[torch.Tensor]) -> tuple[np.ndarray, np.ndarray]:
    arrays = [batch.double().numpy() for batch in batches]
    return np.mean([a.mean(0) for a in arrays], 0), np.mean([a.var(0) for a in arrays], 0)


def check(norm: Any, batches: list[torch.Tensor] = BATCHES) -> None:
    mean, variance = averages_of(batches)
    np.testing.assert_allclose(norm.moving_mean.numpy(), mean, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(norm.moving_variance.numpy(), variance, rtol=1e-5)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m)), lambda m: m])
def test_update_bn_averages_over_all_batches(duplicate: Any) -> None:
    averaged = AveragedModel(duplicate(model()))
    update_bn(BATCHES, averaged)
    norm = averaged.module.layers[0]
    check(norm)
    assert norm.norm.momentum == pytest.approx(1 - norm.momentum) == pytest.approx(0.01)
    update_bn(BATCHES[:2], averaged)  # from the start again
    check(norm, BATCHES[:2])
    assert averaged.module.training is averaged.training


def test_update_bn_reaches_a_frozen_layer_whose_statistics_it_has_reset() -> None:
    frozen = model()
    frozen.trainable = False
    update_bn(BATCHES, frozen)
    check(frozen.layers[0])
    assert not frozen.layers[0].trainable


def test_batches_of_one_sample_and_masks_count_as_well() -> None:
    single = model()
    update_bn([batch[:1] for batch in BATCHES], single)
    check(single.layers[0], [batch[:1] for batch in BATCHES])
    masked = keras.Sequential([keras.Input((3, 4)), layers.Masking(), layers.BatchNormalization()])
    steps = [torch.cat([batch.reshape(4, 2, 4), torch.zeros(4, 1, 4)], 1) for batch in BATCHES]
    update_bn(steps, masked)
    check(masked.layers[1])


def test_a_momentum_of_none_averages_from_the_first_batch_on() -> None:
    trained = model()
    trained.layers[0].norm.momentum = None
    trained.layers[0].norm.reset_running_stats()
    trained.compile("sgd", "mse")
    trained.fit(torch.cat(BATCHES), torch.zeros(32, 2), batch_size=8, shuffle=False, verbose=0)
    check(trained.layers[0])
