"""The regularized incomplete beta function, which torch lacks."""

from __future__ import annotations

import torch

_STEPS = 200
_TINY = 1e-300


def incomplete_beta(a: torch.Tensor, b: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """Return ``I_x(a, b)`` of tensors of one shape, by a continued fraction in float64; NaN outside ``[0, 1]``.

    Example:
        >>> incomplete_beta(torch.tensor(2.0), torch.tensor(1.0), torch.tensor(0.5))
        tensor(0.2500)

    Source: Lentz 1976 for the fraction; Abramowitz and Stegun 26.5.8.
    """
    dtype = x.dtype
    a, b, x = (t.to(torch.float64) for t in (a, b, x))
    # The fraction converges fast on one side of the mean; the other side follows from I_x(a, b) = 1 - I_{1-x}(b, a).
    swapped = x > (a + 1) / (a + b + 2)
    p, q, y = torch.where(swapped, b, a), torch.where(swapped, a, b), torch.where(swapped, 1 - x, x)
    inside = y.clamp(1e-300, 1 - 1e-16)
    front = torch.exp(
        torch.lgamma(p + q) - torch.lgamma(p) - torch.lgamma(q) + p * torch.log(inside) + q * torch.log1p(-inside)
    )
    found = front * _fraction(p, q, inside) / p
    found = torch.where(y <= 0, torch.zeros_like(found), found)
    found = torch.where(swapped, 1 - found, found)
    return torch.where((x < 0) | (x > 1) | (a <= 0) | (b <= 0), torch.nan, found).to(dtype)


def _fraction(a: torch.Tensor, b: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    c = torch.ones_like(x)
    d = 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    total = d
    for m in range(1, _STEPS):
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away_from_zero(1 + factor * d)
            c = _away_from_zero(1 + factor / c)
            total = total * d * c
    return total


def _away_from_zero(x: torch.Tensor) -> torch.Tensor:
    return torch.where(x.abs() < _TINY, torch.full_like(x, _TINY), x)
