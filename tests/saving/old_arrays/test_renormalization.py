"""Batch renormalization of TensorFlow 1.13, whose layout a file written by it shows. Oracle: its rule of averages."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.saving.old_arrays.renormalization import has_counts, without_counts

MEAN, VARIANCE = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 8.0])


def test_averages_are_divided_by_their_weights() -> None:
    arrays = [MEAN, VARIANCE, torch.tensor([1.0, 2.0]), torch.tensor(0.5), torch.tensor([3.0, 4.0]), torch.tensor(0.25)]
    found = [x.tolist() for x in without_counts(arrays, 1.0)]
    assert found == [[1.0, 2.0], [3.0, 8.0], [2.0, 3.0], [2.0, 4.0], [12.0, 16.0]]


def test_without_training_they_are_the_moving_statistics() -> None:
    arrays = [MEAN, VARIANCE, torch.zeros(2), torch.tensor(0.0), torch.zeros(2), torch.tensor(0.0)]
    assert [x.tolist() for x in without_counts(arrays, 1.0)[3:]] == [[1.0, 2.0], [2.0, 3.0]]


def test_only_averages_with_weights_count() -> None:
    assert has_counts(7, [(2,)] * 5 + [(), (2,), ()])
    assert not has_counts(7, [(2,)] * 8)
    assert not has_counts(4, [(2,)] * 4)


def test_a_file_of_that_version(write_layers: Any) -> None:
    parts = {
        "gamma": [1.0, 2.0],
        "beta": [0.0, 1.0],
        "moving_mean": [1.0, 2.0],
        "moving_variance": [3.0, 8.0],
        "renorm_mean": [1.0, 2.0],
        "renorm_mean_weight": 0.5,
        "renorm_stddev": [3.0, 4.0],
        "renorm_stddev_weight": 0.25,
    }
    name = "batch_normalization_v1"
    path = write_layers({name: [(f"{name}/{k}:0", np.float32(v)) for k, v in parts.items()]}, "2.2.4-tf", "tensorflow")
    layer = layers.BatchNormalization(renorm=True, epsilon=1.0, name=name)
    model = ours.Sequential([ours.Input((2,)), layer])
    model.load_weights(path)
    assert model.predict(np.array([[3.0, 5.0]], "float32"), verbose=0).tolist() == [[1.0, 3.0]]
    assert (layer.renorm_mean.numpy().tolist(), layer.renorm_stddev.numpy().tolist()) == ([2.0, 4.0], [12.0, 16.0])
