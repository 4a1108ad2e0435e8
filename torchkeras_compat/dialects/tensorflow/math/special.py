"""Special functions: gamma, beta, error, Bessel and their relatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.math.incomplete_beta import incomplete_beta
from torchkeras_compat.dialects.tensorflow.operands import check_floats, floats, operands


@tensor_function
def erf(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the error function."""
    return torch.erf(floats(x, "math.erf", complex=False))


@tensor_function
def erfc(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the complement of the error function, ``1 - erf(x)``."""
    return torch.erfc(floats(x, "math.erfc", complex=False))


@tensor_function
def erfinv(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the inverse of the error function."""
    return torch.erfinv(floats(x, "math.erfinv", complex=False))


@tensor_function
def ndtri(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the quantile function of the standard normal distribution."""
    found: torch.Tensor = torch.special.ndtri(floats(x, "math.ndtri", complex=False))
    return found


@tensor_function
def lgamma(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the logarithm of the absolute value of the gamma function."""
    return torch.lgamma(floats(x, "math.lgamma", complex=False))


@tensor_function
def digamma(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the derivative of :func:`lgamma`."""
    return torch.digamma(floats(x, "math.digamma", complex=False))


@tensor_function
def bessel_i0(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the modified Bessel function of order 0."""
    found: torch.Tensor = torch.special.i0(floats(x, "math.bessel_i0", complex=False))
    return found


@tensor_function
def bessel_i0e(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the modified Bessel function of order 0, times ``e**-|x|``."""
    found: torch.Tensor = torch.special.i0e(floats(x, "math.bessel_i0e", complex=False))
    return found


@tensor_function
def bessel_i1(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the modified Bessel function of order 1."""
    found: torch.Tensor = torch.special.i1(floats(x, "math.bessel_i1", complex=False))
    return found


@tensor_function
def bessel_i1e(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the modified Bessel function of order 1, times ``e**-|x|``."""
    found: torch.Tensor = torch.special.i1e(floats(x, "math.bessel_i1e", complex=False))
    return found


@tensor_function
def bessel_j0(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the Bessel function of the first kind of order 0."""
    found: torch.Tensor = torch.special.bessel_j0(floats(x, "math.special.bessel_j0", complex=False))
    return found


@tensor_function
def bessel_j1(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the Bessel function of the first kind of order 1."""
    found: torch.Tensor = torch.special.bessel_j1(floats(x, "math.special.bessel_j1", complex=False))
    return found


@tensor_function
def bessel_y0(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the Bessel function of the second kind of order 0."""
    found: torch.Tensor = torch.special.bessel_y0(floats(x, "math.special.bessel_y0", complex=False))
    return found


@tensor_function
def bessel_y1(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the Bessel function of the second kind of order 1."""
    found: torch.Tensor = torch.special.bessel_y1(floats(x, "math.special.bessel_y1", complex=False))
    return found


@tensor_function
def bessel_k0(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the modified Bessel function of the second kind of order 0."""
    found: torch.Tensor = torch.special.modified_bessel_k0(floats(x, "math.special.bessel_k0", complex=False))
    return found


@tensor_function
def bessel_k0e(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the modified Bessel function of the second kind of order 0, times ``e**x``."""
    found: torch.Tensor = torch.special.scaled_modified_bessel_k0(floats(x, "math.special.bessel_k0e", complex=False))
    return found


@tensor_function
def bessel_k1(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the modified Bessel function of the second kind of order 1."""
    found: torch.Tensor = torch.special.modified_bessel_k1(floats(x, "math.special.bessel_k1", complex=False))
    return found


@tensor_function
def bessel_k1e(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the modified Bessel function of the second kind of order 1, times ``e**x``."""
    found: torch.Tensor = torch.special.scaled_modified_bessel_k1(floats(x, "math.special.bessel_k1e", complex=False))
    return found


@tensor_function
def erfcinv(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the inverse of :func:`erfc`."""
    found: torch.Tensor = torch.special.ndtri(0.5 * floats(x, "math.erfcinv", complex=False)) * -np.sqrt(0.5)
    return found


@tensor_function
def dawsn(x: Any, name: str | None = None) -> torch.Tensor:
    """Return Dawson's integral ``e**(-x**2)`` times the integral of ``e**(t**2)`` from 0 to ``x``.

    Source: Rybicki 1989, with steps of 0.2, in float64.
    """
    values = floats(x, "math.special.dawsn", complex=False)
    wide = values.to(torch.float64)
    step = 0.2
    base = 2 * torch.round(wide / (2 * step))
    odd = torch.arange(-41, 42, 2, dtype=torch.float64, device=wide.device)
    terms = torch.exp(-((wide.unsqueeze(-1) - (base.unsqueeze(-1) + odd) * step) ** 2)) / (base.unsqueeze(-1) + odd)
    found: torch.Tensor = (terms.sum(-1) / np.sqrt(np.pi)).to(values.dtype)
    return found


@tensor_function
def expint(x: Any, name: str | None = None) -> torch.Tensor:
    """Return the exponential integral ``Ei(x)``: by its power series, and for large numbers its asymptotic one."""
    values = floats(x, "math.special.expint", complex=False)
    wide = values.to(torch.float64)
    small = torch.where(wide.abs() < 40, wide, torch.ones_like(wide))
    total, term = torch.zeros_like(wide), torch.ones_like(wide)
    for k in range(1, 160):
        term = term * small / k
        total = total + term / k
    near = np.euler_gamma + torch.log(small.abs()) + total
    large = torch.where(wide.abs() >= 40, wide, torch.full_like(wide, 40.0))
    tail, term = torch.ones_like(wide), torch.ones_like(wide)
    for k in range(1, 30):
        term = term * k / large
        tail = tail + term
    found = torch.where(wide.abs() < 40, near, torch.exp(large) / large * tail)
    return torch.where(wide < 0, torch.nan, found).to(values.dtype)


@tensor_function
def lbeta(x: Any, name: str | None = None) -> torch.Tensor:
    """Return ``sum(lgamma(x)) - lgamma(sum(x))`` along the last axis."""
    values = floats(x, "math.lbeta", complex=False)
    if not values.ndim:
        return torch.zeros_like(values)
    return torch.lgamma(values).sum(-1) - torch.lgamma(values.sum(-1))


@tensor_function
def igamma(a: Any, x: Any, name: str | None = None) -> torch.Tensor:
    """Return the regularized lower incomplete gamma function."""
    first, second = operands(a, x)
    found: torch.Tensor = torch.special.gammainc(check_floats(first, "math.igamma", complex=False), second)
    return found


@tensor_function
def igammac(a: Any, x: Any, name: str | None = None) -> torch.Tensor:
    """Return the regularized upper incomplete gamma function."""
    first, second = operands(a, x)
    found: torch.Tensor = torch.special.gammaincc(check_floats(first, "math.igammac", complex=False), second)
    return found


@tensor_function
def zeta(x: Any, q: Any, name: str | None = None) -> torch.Tensor:
    """Return the Hurwitz zeta function, the sum of ``(k + q)**-x``."""
    first, second = operands(x, q)
    found: torch.Tensor = torch.special.zeta(check_floats(first, "math.zeta", complex=False), second)
    return found


@tensor_function
def polygamma(a: Any, x: Any, name: str | None = None) -> torch.Tensor:
    """Return derivative ``a`` of :func:`digamma`; NaN where ``a`` is not an integer from 0 on."""
    order, values = operands(a, x)
    check_floats(order, "math.polygamma", complex=False)
    order, values = torch.broadcast_tensors(order, values)  # type: ignore[no-untyped-call]
    # (-1)**(n + 1) n! zeta(n + 1, x), Abramowitz and Stegun 6.4.10
    whole = (order >= 0) & (order == order.floor())
    sign = 1 - 2 * ((order + 1) % 2)
    high = sign * torch.exp(torch.lgamma(order + 1)) * torch.special.zeta(order + 1, values)
    return torch.where(whole, torch.where(order == 0, torch.digamma(values), high), torch.nan)


@tensor_function
def betainc(a: Any, b: Any, x: Any, name: str | None = None) -> torch.Tensor:
    """Return the regularized incomplete beta function."""
    first, second, values = operands(a, b, x)
    check_floats(first, "math.betainc", complex=False)
    return incomplete_beta(*torch.broadcast_tensors(first, second, values))  # type: ignore[no-untyped-call]
