"""What GPTQ and AWQ gather of the inputs of a layer."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.models.calibration.methods import METHODS
from torchkeras_compat.quantizers import AWQConfig, GPTQConfig

CONFIGS = {"gptq": GPTQConfig(None, None, group_size=4), "awq": AWQConfig(None, None, group_size=4)}


@pytest.mark.parametrize("mode", METHODS)
def test_inputs_may_come_in_parts(mode: str) -> None:
    rows, weights = torch.randn(40, 8), torch.randn(5, 8)
    whole, parts = METHODS[mode](CONFIGS[mode]), METHODS[mode](CONFIGS[mode])
    assert whole.gathered is None
    whole.add(rows)
    for part in rows.to(torch.float64).split(7):
        parts.add(part)
    expected = rows.T @ rows if mode == "gptq" else rows.abs().amax(0)
    torch.testing.assert_close(whole.gathered, expected)
    torch.testing.assert_close(parts.gathered, expected)
    values, scale, zero, *_ = whole.quantize(weights)
    assert values.shape == (5, 8) and scale.shape == zero.shape == (5, 2)
