"""AWQ of one matrix: weights of large inputs are scaled up before they are rounded to four bits."""

from __future__ import annotations

import torch

from torchkeras_compat.quantizers.grouped import dequantize_with_zero_point, group_parameters, quantize_with_zero_point

_BITS = 4
_LEAST_MAGNITUDE = 1e-8


def awq_quantize(
    weights: torch.Tensor, magnitudes: torch.Tensor, group_size: int = -1, num_grid_points: int = 20
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return integers, scales and zero points of a matrix, and the factors of its features, for inputs of some size.

    The weights of a feature are multiplied by ``magnitude ** exponent`` before they are rounded, over the root of the
    greatest times the least of those factors. Of the exponents ``0, 1 / points, ..., 1`` the one is taken whose weights
    have the least mean of ``((rounded - weights) * magnitude) ** 2``.

    Args:
        weights: ``(units, features)``, floating point.
        magnitudes: ``(features,)``, the largest absolute inputs; one that was always 0 counts as 1.
        group_size: Features that share a scale and a zero point; -1 for all.
        num_grid_points: Steps between the exponents 0 and 1.

    Returns:
        The integers ``(units, features)`` in uint8; the scale and the zero point, ``(units, groups)``; the group and
        the factor of each feature.

    Raises:
        ValueError: there are other magnitudes than features, or some that are not finite.

    Example:
        >>> weights, magnitudes = torch.randn(3, 8), torch.tensor([1.0] * 7 + [50.0])
        >>> values, scale, zero, g_idx, factors = awq_quantize(weights, magnitudes)
        >>> values.shape, bool(factors[7] > factors[0])
        (torch.Size([3, 8]), True)

    Source: Lin et al. 2023, section 3.2.
    """
    features = weights.shape[1]
    if magnitudes.shape != (features,):
        raise ValueError(f"Weights of shape {tuple(weights.shape)} have no magnitudes of {tuple(magnitudes.shape)}.")
    if not torch.isfinite(magnitudes).all():
        raise ValueError("Some inputs are not finite. Check the samples, and the weights of the layers before.")
    weights, magnitudes = weights.detach().float(), magnitudes.float()
    magnitudes = torch.where(magnitudes < _LEAST_MAGNITUDE, 1.0, magnitudes)
    size = features if group_size == -1 else group_size
    g_idx = torch.div(torch.arange(features, device=weights.device), size, rounding_mode="floor")
    factors, least = torch.ones_like(magnitudes), magnitudes.new_tensor(float("inf"))
    for i in range(num_grid_points + 1):
        tried = magnitudes ** (i / num_grid_points)
        tried = tried / (tried.max() * tried.min()).sqrt()
        values, scale, zero = _rounded(weights * tried, group_size, g_idx)
        again = dequantize_with_zero_point(values, scale[:, g_idx], zero[:, g_idx]) / tried
        loss = ((again - weights) * magnitudes).square().mean()
        factors, least = torch.where(loss < least, tried, factors), torch.minimum(loss, least)
    values, scale, zero = _rounded(weights * factors, group_size, g_idx)
    return values.to(torch.uint8), scale, zero, g_idx, factors


def _rounded(weights: torch.Tensor, group_size: int, g_idx: torch.Tensor) -> tuple[torch.Tensor, ...]:
    scale, zero, maxq = group_parameters(weights, _BITS, group_size=group_size)
    return quantize_with_zero_point(weights, scale[:, g_idx], zero[:, g_idx], maxq), scale, zero
