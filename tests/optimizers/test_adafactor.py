"""Adafactor beside Keras."""

from __future__ import annotations

from typing import ClassVar

import torch

from tests.optimizers.against_keras import Case, OptimizerChecks
from torchkeras_compat.optimizers import Adafactor


class TestAdafactor(OptimizerChecks):
    names: ClassVar[list[str]] = ["Adafactor"]
    own: ClassVar[list[Case]] = [
        Case("Adafactor", {"learning_rate": 0.8, "beta_2_decay": -0.6, "clip_threshold": 0.9}),
    ]


def test_the_means_follow_the_weights_to_another_device():
    optimizer = Adafactor(0.1, params=[torch.nn.Parameter(torch.ones(2, 3))])
    optimizer.state.clear()  # torch has no way for a CPU tensor to become one without values
    optimizer._follow(torch.device("meta"))
    assert {t.device.type for t in optimizer._state_tensors()} == {"meta"}
