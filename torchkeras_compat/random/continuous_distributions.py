"""Numbers from continuous distributions, on the current device."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.random.arguments import as_tensor, filled, float_dtype
from torchkeras_compat.random.seed_generator import Seed, torch_generator
from torchkeras_compat.random.traced_draws import TracedSeed


def normal(
    shape: Sequence[int], mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Seed = None
) -> torch.Tensor:
    """Draw from the normal distribution.

    Args:
        shape: Sizes of the result.
        mean: Mean, a number or a tensor that broadcasts to ``shape``.
        stddev: Standard deviation, a number or a tensor that broadcasts to ``shape``.
        dtype: Floating point dtype; None for floatx.
        seed: An int for the same numbers in every call, a ``SeedGenerator`` or ``torch.Generator`` for a reproducible
            stream, None for torch's default generator.

    Raises:
        ValueError: ``dtype`` is not floating point, or ``seed`` is not a seed.

    Example:
        >>> normal((2, 3), seed=0).shape
        torch.Size([2, 3])
    """
    drawn = _empty(shape, float_dtype(dtype, "normal"))
    generator = torch_generator(seed, drawn.device)
    is_plain = isinstance(mean, (int, float)) and isinstance(stddev, (int, float))
    numbers = (mean, stddev) if is_plain else (0.0, 1.0)
    if isinstance(generator, TracedSeed):
        drawn = generator.filled("normal", drawn, *numbers)
    else:
        drawn.normal_(*numbers, generator=generator)
    return drawn if is_plain else drawn * as_tensor(stddev, drawn.dtype) + as_tensor(mean, drawn.dtype)


def uniform(
    shape: Sequence[int], minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: Seed = None
) -> torch.Tensor:
    """Draw uniformly from ``[minval, maxval)``.

    Args:
        shape: Sizes of the result.
        minval: Lower end, a number or a tensor that broadcasts to ``shape``.
        maxval: Upper end, a number or a tensor that broadcasts to ``shape``.
        dtype: Floating point dtype; None for floatx. For integers use :func:`~torchkeras_compat.random.randint`.
        seed: As in :func:`normal`.

    Raises:
        ValueError: ``dtype`` is not floating point, or ``seed`` is not a seed.

    Example:
        >>> bool((uniform((100,), 2.0, 3.0) >= 2).all())
        True
    """
    drawn = _empty(shape, float_dtype(dtype, "uniform"))
    generator = torch_generator(seed, drawn.device)
    is_plain = isinstance(minval, (int, float)) and isinstance(maxval, (int, float))
    numbers = (minval, maxval) if is_plain else (0.0, 1.0)
    if isinstance(generator, TracedSeed):
        drawn = generator.filled("uniform", drawn, *numbers)
    else:
        drawn.uniform_(*numbers, generator=generator)
    if is_plain:
        return drawn
    low, high = as_tensor(minval, drawn.dtype), as_tensor(maxval, drawn.dtype)
    return drawn * (high - low) + low


def truncated_normal(
    shape: Sequence[int], mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Seed = None
) -> torch.Tensor:
    """Draw from the normal distribution without what lies more than two standard deviations from the mean.

    Args:
        shape: Sizes of the result.
        mean: Mean of the distribution before truncation.
        stddev: Standard deviation before truncation; that of the result is 0.88 of it.
        dtype: Floating point dtype; None for floatx.
        seed: As in :func:`normal`.

    Raises:
        ValueError: ``dtype`` is not floating point, or ``seed`` is not a seed.

    Example:
        >>> bool((truncated_normal((1000,)).abs() <= 2).all())
        True

    Source: inverse of the distribution function, as in ``torch.nn.init.trunc_normal_``.
    """
    dtype = float_dtype(dtype, "truncated_normal")
    wide = dtype if dtype.itemsize >= 4 else torch.float32  # half precision has no inverse error function
    drawn = _empty(shape, wide)
    bound = math.erf(2 / math.sqrt(2))
    generator = torch_generator(seed, drawn.device)
    if isinstance(generator, TracedSeed):
        drawn = generator.filled("uniform", drawn, -bound, bound)
    else:
        drawn.uniform_(-bound, bound, generator=generator)
    drawn = drawn.erfinv_().mul_(math.sqrt(2)).clamp_(-2, 2)  # rounding may step over the border
    return (drawn * as_tensor(stddev, wide) + as_tensor(mean, wide)).to(dtype)


def gamma(shape: Sequence[int], alpha: float, dtype: Any = None, seed: Seed = None) -> torch.Tensor:
    """Draw from the gamma distribution of rate 1.

    Args:
        shape: Sizes of the result.
        alpha: Shape parameter, positive, a number or a tensor that broadcasts to ``shape``.
        dtype: Floating point dtype; None for floatx.
        seed: As in :func:`normal`.

    Raises:
        ValueError: ``dtype`` is not floating point, or ``seed`` is not a seed.

    Example:
        >>> bool((gamma((5,), 2.0) > 0).all())
        True
    """
    dtype = float_dtype(dtype, "gamma")
    parameter = filled(alpha, tuple(shape), _at_least_float32(dtype))
    if parameter.is_meta:
        return parameter.to(dtype)
    generator = torch_generator(seed, parameter.device)
    if isinstance(generator, TracedSeed):
        return generator.drawn("_standard_gamma", shape, parameter.dtype, parameter.device, [parameter]).to(dtype)
    return torch._standard_gamma(parameter, generator=generator).to(dtype)


def beta(shape: Sequence[int], alpha: float, beta: float, dtype: Any = None, seed: Seed = None) -> torch.Tensor:
    """Draw from the beta distribution, numbers from 0 to 1.

    Args:
        shape: Sizes of the result.
        alpha: First shape parameter, positive, a number or a tensor that broadcasts to ``shape``.
        beta: Second shape parameter, likewise.
        dtype: Floating point dtype; None for floatx.
        seed: As in :func:`normal`.

    Raises:
        ValueError: ``dtype`` is not floating point, or ``seed`` is not a seed.

    Example:
        >>> beta((2, 3), 2.0, 5.0).shape
        torch.Size([2, 3])
    """
    dtype = float_dtype(dtype, "beta")
    wide = _at_least_float32(dtype)
    parameters = torch.stack([filled(alpha, tuple(shape), wide), filled(beta, tuple(shape), wide)], dim=-1)
    if parameters.is_meta:
        return parameters[..., 0].to(dtype)
    # The beta distribution is the first coordinate of a Dirichlet distribution of two.
    generator = torch_generator(seed, parameters.device)
    if isinstance(generator, TracedSeed):
        drawn = generator.drawn("_sample_dirichlet", parameters.shape, wide, parameters.device, [parameters])
    else:
        drawn = torch._sample_dirichlet(parameters, generator=generator)
    return drawn[..., 0].to(dtype)


def _empty(shape: Sequence[int], dtype: torch.dtype) -> torch.Tensor:
    return torch.empty(tuple(shape), dtype=dtype, device=current_device())


def _at_least_float32(dtype: torch.dtype) -> torch.dtype:
    return torch.float32 if dtype.itemsize < 4 else dtype
