"""`ThresholdedReLU`."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from tests.legacy.round_trip import check_round_trip
from torchkeras_compat.legacy.layers.thresholded_relu import ThresholdedReLU


def test_it_lets_pass_what_is_above_the_threshold() -> None:
    x = torch.tensor([-2.0, 0.5, 1.0, 1.001, 3.0])
    assert torch.equal(ThresholdedReLU()(x), x * (x > 1.0))
    assert torch.equal(ThresholdedReLU(0)(x), torch.relu(x))


def test_it_computes_through_a_torch_module_and_follows_its_setting() -> None:
    layer = ThresholdedReLU(2.0)
    assert isinstance(layer.activation, nn.Threshold)
    layer.theta = 0.5
    assert layer(torch.tensor([1.0])).item() == 1.0


def test_round_trip(tmp_path: Path) -> None:
    check_round_trip(ThresholdedReLU(0.3), torch.randn(2, 3), tmp_path)


@pytest.mark.parametrize("theta", [None, -0.1])
def test_a_bad_threshold(theta: float | None) -> None:
    with pytest.raises(ValueError, match=f"theta={theta}"):
        ThresholdedReLU(theta)  # type: ignore[arg-type]
