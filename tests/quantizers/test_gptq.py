"""GPTQ of one matrix beside the private function of Keras, given the Cholesky factor, and beside plain rounding."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from torchkeras_compat.quantizers.gptq import gptq_quantize
from torchkeras_compat.quantizers.grouped import dequantize_by_group, group_parameters, quantize_with_zero_point


def matrices(units: int = 40, features: int = 24, samples: int = 3000) -> tuple[torch.Tensor, torch.Tensor]:
    """Return weights, neighbours of which differ in sign, and inputs that depend on each other."""
    weights = torch.randn(units, features).abs() + 0.1
    weights[:, ::2] *= -1
    return weights, torch.randn(samples, features) @ (torch.eye(features) + 0.5 * torch.randn(features, features))


def error(weights: torch.Tensor, x: torch.Tensor, found: Any) -> float:
    values, scale, zero, g_idx = found
    return float((x @ (dequantize_by_group(values, scale, zero, g_idx, 1) - weights).T).norm() / (x @ weights.T).norm())


@pytest.mark.parametrize("features", [24, 300])
@pytest.mark.parametrize("group_size", [8, 32])
@pytest.mark.parametrize("symmetric", [False, True])
def test_values_are_those_of_keras_given_the_factor(real_keras, features, group_size, symmetric):
    weights, x = matrices(features=features)
    hessian = (x.T @ x).double()
    damped = hessian + 0.1 * hessian.diagonal().mean() * torch.eye(features)
    factor = torch.linalg.cholesky(torch.linalg.inv(damped), upper=True).float()
    values, scale, zero, g_idx = real_keras.src.quantizers.gptq.gptq_quantize_matrix(
        weights,
        factor,
        group_size=group_size,
        compute_scale_zero=lambda w: real_keras.src.quantizers.quantizers.compute_quantization_parameters(
            w, bits=4, symmetric=symmetric, per_channel=True
        ),
    )
    mine = gptq_quantize(weights, hessian, 4, group_size, symmetric, damping=0.1)
    assert (mine[0] != values).float().mean() < 0.01  # ties fall either way
    assert torch.isclose(mine[1], scale, rtol=1e-3).float().mean() > 0.98
    assert (mine[2] == zero).float().mean() > 0.98
    assert torch.equal(mine[3], g_idx.long())  # Keras keeps fractions, and cuts them off


@pytest.mark.parametrize("activation_order", [False, True])
@pytest.mark.parametrize("group_size", [-1, 5, 8])
@pytest.mark.parametrize("bits", [2, 4])
def test_products_are_closer_than_those_of_rounded_weights(bits, group_size, activation_order):
    weights, x = matrices()
    scale, zero, maxq = group_parameters(weights, bits, group_size=group_size)
    g_idx = torch.arange(24) // (24 if group_size == -1 else group_size)
    rounded = quantize_with_zero_point(weights, scale[:, g_idx], zero[:, g_idx], maxq)
    found = gptq_quantize(weights, x.T @ x, bits, group_size, activation_order=activation_order)
    assert error(weights, x, found) < 0.97 * error(weights, x, (rounded, scale, zero, g_idx))


def test_independent_inputs_leave_rounded_weights():
    weights, _ = matrices()
    scale, zero, maxq = group_parameters(weights, 4)
    values, *_ = gptq_quantize(weights, torch.diag(torch.rand(24) + 0.5), activation_order=True)
    assert torch.equal(values, quantize_with_zero_point(weights, scale, zero, maxq).to(torch.uint8))


def test_the_scale_of_the_hessian_is_without_effect_and_it_is_left_alone():
    weights, x = matrices()
    hessian = x.T @ x
    hessian[3], hessian[:, 3] = 0, 0  # an input that was always 0
    before = hessian.clone()
    values = gptq_quantize(weights, hessian, group_size=8)[0]
    assert torch.equal(hessian, before)
    assert (values != gptq_quantize(weights, 2 * hessian, group_size=8)[0]).float().mean() < 0.02


def test_bad_hessians_are_refused():
    weights, x = matrices()
    with pytest.raises(ValueError, match=r"no Hessian of shape \(3000, 3000\)"):
        gptq_quantize(weights, x @ x.T)
    with pytest.raises(ValueError, match="Raise `hessian_damping` or `num_samples`"):
        gptq_quantize(weights, x[:3].T @ x[:3], damping=0)
    with pytest.raises(ValueError, match="not finite"):
        gptq_quantize(weights, torch.full((24, 24), torch.nan))
