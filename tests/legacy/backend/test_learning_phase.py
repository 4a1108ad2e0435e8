from __future__ import annotations

import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.legacy.backend import learning_phase as K


def test_outside_of_calls_it_counts_as_inference() -> None:
    phase = K.learning_phase()
    assert isinstance(phase, K.LearningPhase)
    assert (int(phase), float(phase), bool(phase), phase == 0, phase in (0, 1)) == (0, 0.0, False, True, True)
    assert [10, 20][phase] == 10
    assert {phase: 1}[K.learning_phase()] == 1


def test_in_a_call_it_is_the_mode_of_the_layer() -> None:
    found = []

    class Noting(layers.Layer):
        def call(self, x):
            found.append(K.learning_phase())
            return x

    layer = Noting()
    layer(torch.ones(1))
    layer(torch.ones(1), training=True)
    layer.train()
    layer(torch.ones(1))
    assert found == [0, 1, 1]


def test_what_is_set_counts_until_it_is_forgotten() -> None:
    K.set_learning_phase(1)
    try:
        assert K.learning_phase() == 1
        assert K.is_training()
        assert K.global_learning_phase_is_set()
        with K.learning_phase_scope(0):
            assert K.learning_phase() == 0
        assert K.learning_phase() == 1
    finally:
        K.forget_learning_phase()
    assert not K.global_learning_phase_is_set()
    with pytest.raises(ValueError, match="is 0 or 1. Received: 2"):
        K.set_learning_phase(2)


def test_a_run_of_the_graph_has_a_phase() -> None:
    with K.phase_scope(True):
        assert K.is_training()
        assert not K.is_training(0)
    assert not K.is_training()
    assert isinstance(K.symbolic_learning_phase(), K.LearningPhase)
