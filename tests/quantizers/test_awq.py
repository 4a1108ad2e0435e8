"""AWQ of one matrix beside the private function of Keras, and beside plain rounding."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.quantizers.awq import awq_quantize
from torchkeras_compat.quantizers.grouped import dequantize_by_group


def matrices() -> tuple[torch.Tensor, torch.Tensor]:
    """Return weights, neighbours of which differ in sign, and inputs some of which are large."""
    weights = torch.randn(12, 24).abs()
    weights[:, ::2] *= -1
    return weights, torch.randn(300, 24) * torch.cat([torch.full((3,), 30.0), torch.rand(21) + 0.1])


@pytest.mark.parametrize("group_size", [-1, 4, 8])
@pytest.mark.parametrize("num_grid_points", [1, 5, 20])
def test_values_are_those_of_keras(real_keras, num_grid_points, group_size):
    weights, x = matrices()
    magnitudes = x.abs().amax(0)
    magnitudes[[2, 7]] = torch.tensor([0.0, 1e-9])
    values, scale, zero, g_idx, factors = awq_quantize(weights, magnitudes, group_size, num_grid_points)
    theirs = real_keras.src.quantizers.awq.awq_quantize_matrix(
        weights, magnitudes, num_grid_points=num_grid_points, group_size=group_size
    )
    torch.testing.assert_close(factors, theirs[3], rtol=1e-5, atol=0)
    torch.testing.assert_close((scale, zero, g_idx), (theirs[1], theirs[2], theirs[4].long()))
    assert torch.equal(values, theirs[0].to(torch.uint8))


def test_products_are_closer_than_those_of_rounded_weights():
    weights, x = matrices()

    def error(magnitudes: torch.Tensor) -> torch.Tensor:
        values, scale, zero, g_idx, factors = awq_quantize(weights, magnitudes)
        return (x @ (dequantize_by_group(values, scale, zero, g_idx, 1) / factors - weights).T).norm()

    assert error(x.abs().amax(0)) < 0.7 * error(torch.ones(24))  # equal inputs scale nothing


def test_bad_magnitudes_are_refused():
    weights, x = matrices()
    with pytest.raises(ValueError, match=r"\(300,\)"):
        awq_quantize(weights, x[:, 0])
    with pytest.raises(ValueError, match="not finite"):
        awq_quantize(weights, torch.full((24,), torch.inf))
