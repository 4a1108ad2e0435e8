"""`SReLU`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from tests.legacy.round_trip import check_round_trip
from torchkeras_compat.legacy.layers.s_relu import SReLU


def test_three_straight_parts() -> None:
    layer = SReLU(weights=[np.full(1, -1.0), np.full(1, 0.5), np.full(1, -3.0), np.full(1, 0.25)])
    x = torch.tensor([[-3.0], [-1.0], [0.0], [2.0], [6.0]])
    # thresholds -1 and -1 + |-3| = 2
    assert layer(x).detach().flatten().tolist() == [-2.0, -1.0, 0.0, 2.0, 3.0]


def test_the_gradient_of_each_weight() -> None:
    layer = SReLU(weights=[np.full(1, -1.0), np.full(1, 0.5), np.full(1, 3.0), np.full(1, 0.25)])
    layer(torch.tensor([[-3.0], [6.0]])).sum().backward()
    t_left, a_left, t_right, a_right = (w.value.grad for w in layer.weights)
    assert (t_left.item(), a_left.item(), t_right.item(), a_right.item()) == (0.5 + 0.75, -2.0, 0.75, 4.0)


def test_round_trip(tmp_path: Path) -> None:
    check_round_trip(SReLU(t_left_init="normal", shared_axes=[1]), torch.randn(2, 3, 4), tmp_path)
