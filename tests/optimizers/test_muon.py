"""The iteration of Muon, and which weights it leaves to Adam."""

from __future__ import annotations

from typing import ClassVar

import pytest
import torch

import torchkeras_compat
from tests.optimizers.against_keras import Case, OptimizerChecks
from torchkeras_compat import layers, optimizers


@pytest.mark.parametrize("shape", [(4, 3), (3, 4), (5, 5)])
def test_singular_values_come_near_one(shape):
    matrix = torch.randn(*shape)
    values = torch.linalg.svdvals(optimizers.Muon().zeropower_via_newtonschulz5(matrix, 10))
    assert values.min() > 0.5 and values.max() < 1.3


def test_embeddings_vectors_and_excluded_layers_are_left_to_adam():
    embedding, dense = layers.Embedding(4, 2), layers.Dense(2)
    embedding.build((None,))
    dense.build((None, 3))
    assert optimizers.Muon()._should_use_adamw(embedding.weights[0])
    assert not optimizers.Muon(exclude_embeddings=False)._should_use_adamw(embedding.weights[0])
    assert not optimizers.Muon()._should_use_adamw(dense.kernel)
    assert optimizers.Muon()._should_use_adamw(dense.bias)
    assert optimizers.Muon(exclude_layers=["den.e"])._should_use_adamw(dense.kernel)


class TestMuon(OptimizerChecks):
    names: ClassVar[list[str]] = ["Muon"]
    own: ClassVar[list[Case]] = [
        Case("Muon", {"nesterov": False, "rms_rate": None, "ns_steps": 3}),
        Case("Muon", {"exclude_layers": ["w"], "adam_lr_ratio": 0.5}),
    ]


def test_momentums_and_velocities_are_those_of_keras(real_keras):
    found = []
    for space in (real_keras, torchkeras_compat):
        optimizer = space.optimizers.Muon()
        optimizer.build([space.Variable(torch.ones(2, 3), name="kernel"), space.Variable(torch.ones(3), name="bias")])
        velocities = [v if v is None else v.name for v in optimizer.adam_velocities]
        found.append(([v.name for v in optimizer.momentums], velocities))
    assert found[0] == found[1]
    assert optimizer.transpose_last_axis(torch.ones(2, 3, 4)).shape == (2, 4, 3)
