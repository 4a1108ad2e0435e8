"""Numbers of a distribution, drawn with a torch generator; what `tf.random` and its relatives share."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import sizes, tensor
from torchkeras_compat.dialects.tensorflow.random.seeds import drawing_device
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype

Generator = torch.Generator | None


def float_dtype(dtype: Any) -> torch.dtype:
    """Return a floating point dtype.

    Raises:
        InvalidArgumentError: it is another one.
    """
    found = to_torch_dtype(dtype)
    if not found.is_floating_point:
        raise InvalidArgumentError(f"These numbers are floating point. Received: dtype={standardize_dtype(dtype)}")
    return found


def normal(shape: Any, mean: Any, stddev: Any, dtype: Any, generator: Generator) -> torch.Tensor:
    """Return numbers of a normal distribution."""
    kind, size = float_dtype(dtype), sizes(shape)
    found: torch.Tensor = torch.randn(size, dtype=kind, device=drawing_device(), generator=generator) * number(
        stddev, kind
    ) + number(mean, kind)
    return found


def truncated_normal(shape: Any, mean: Any, stddev: Any, dtype: Any, generator: Generator) -> torch.Tensor:
    """Return numbers of a normal distribution within two standard deviations."""
    kind = float_dtype(dtype)
    found = torch.empty(sizes(shape), dtype=torch.float32, device=drawing_device())
    torch.nn.init.trunc_normal_(found, 0.0, 1.0, -2.0, 2.0, generator=generator)
    result: torch.Tensor = found.to(kind) * number(stddev, kind) + number(mean, kind)
    return result


def uniform(shape: Any, minval: Any, maxval: Any, dtype: Any, generator: Generator) -> torch.Tensor:
    """Return numbers of ``[minval, maxval)``: floating point, by default up to 1, or integers.

    Raises:
        ValueError: integers are asked for without ``maxval``.
        InvalidArgumentError: the range of integers is empty.
    """
    kind, size, place = to_torch_dtype(dtype), sizes(shape), drawing_device()
    if kind.is_floating_point:
        low, high = number(minval, kind), number(1.0 if maxval is None else maxval, kind)
        found: torch.Tensor = torch.rand(size, dtype=kind, device=place, generator=generator) * (high - low) + low
        return found
    if minval is None and maxval is None:
        limits = torch.iinfo(kind)
        return torch.randint(limits.min, limits.max, size, dtype=kind, device=place, generator=generator)
    if maxval is None:
        raise ValueError(f"Must specify maxval for integer dtype {standardize_dtype(dtype)}")
    low, high = tensor(minval), tensor(maxval)
    if low.ndim or high.ndim:
        low, high = low.to(place, torch.int64), high.to(place, torch.int64)
        span = (high - low).expand(size)
        return (low + (torch.rand(size, dtype=torch.float64, device=place, generator=generator) * span).long()).to(kind)
    if low.device.type != "meta" and high.device.type != "meta" and int(low) >= int(high):
        raise InvalidArgumentError(f"Need minval < maxval, got {int(low)} >= {int(high)}")
    if place.type == "meta":
        return torch.empty(size, dtype=kind, device=place)
    return torch.randint(int(low), int(high), size, dtype=kind, device=place, generator=generator)


def gamma(shape: Any, alpha: Any, beta: Any, dtype: Any, generator: Generator) -> torch.Tensor:
    """Return numbers of gamma distributions: ``shape`` numbers for each ``alpha`` and ``beta``."""
    kind = float_dtype(dtype)
    concentration = tensor(alpha).to(kind)
    rate = tensor(1.0 if beta is None else beta).to(concentration.device, kind)
    concentration, rate = torch.broadcast_tensors(concentration, rate)  # type: ignore[no-untyped-call]
    whole = concentration.expand(*sizes(shape), *concentration.shape)
    found: torch.Tensor = torch._standard_gamma(whole.contiguous(), generator=generator) / rate
    return found


def poisson(shape: Any, lam: Any, dtype: Any, generator: Generator) -> torch.Tensor:
    """Return numbers of Poisson distributions: ``shape`` numbers for each ``lam``."""
    rates = tensor(lam).to(torch.float64)
    whole = rates.expand(*sizes(shape), *rates.shape)
    return torch.poisson(whole.contiguous(), generator=generator).to(to_torch_dtype(dtype))


def categorical(logits: Any, num_samples: int, dtype: Any, generator: Generator) -> torch.Tensor:
    """Return classes by unnormalized log-probabilities: ``(batch, num_samples)``.

    Raises:
        InvalidArgumentError: ``logits`` has not two axes, or no class.
    """
    scores = tensor(logits)
    if scores.ndim != 2 or not scores.shape[1]:
        raise InvalidArgumentError(f"logits should be a 2-D tensor with classes, got shape {tuple(scores.shape)}")
    shape = (scores.shape[0], num_samples, scores.shape[1])
    draws = torch.rand(shape, dtype=torch.float64, device=scores.device, generator=generator)
    noise = -torch.log(-torch.log(draws.clamp_min(1e-300)))  # Gumbel's: the largest sum is drawn with softmax's odds
    found = (scores.to(torch.float64)[:, None] + noise).argmax(-1)
    return found.to(torch.int64 if dtype is None else to_torch_dtype(dtype))


def shuffle(value: Any, generator: Generator) -> torch.Tensor:
    """Return the rows in random order."""
    x = tensor(value)
    if not x.ndim:
        return x
    if x.device.type == "meta":
        return torch.empty_like(x)
    return x[torch.randperm(x.shape[0], device=x.device, generator=generator)]


def number(x: Any, dtype: torch.dtype) -> Any:
    """Return a parameter of a distribution: a number as it is, tensors in the dtype."""
    if isinstance(x, (int, float)):
        return x
    found = tensor(x).to(dtype)
    return found if found.ndim or found.device.type != "cpu" else found.item()


def binomial(shape: Any, counts: Any, probs: Any, dtype: Any, generator: Generator) -> torch.Tensor:
    """Return numbers of binomial distributions, whose parameters broadcast to ``shape``."""
    size = sizes(shape)
    trials, chance = (tensor(x).to(torch.float64).expand(size) for x in (counts, probs))
    return torch.binomial(trials.contiguous(), chance.contiguous(), generator=generator).to(to_torch_dtype(dtype))


def bounded_normal(
    shape: Any, means: Any, stddevs: Any, minvals: Any, maxvals: Any, generator: Generator
) -> torch.Tensor:
    """Return numbers of normal distributions cut at bounds, by the inverse of the distribution function."""
    size = sizes(shape)
    mean, deviation, low, high = (tensor(x).to(torch.float64) for x in (means, stddevs, minvals, maxvals))
    first, last = (0.5 * torch.erfc(-(bound - mean) / deviation / math.sqrt(2)) for bound in (low, high))
    place = drawing_device()
    draws = torch.rand(size, dtype=torch.float64, device=place, generator=generator)
    found = torch.special.ndtri((first.to(place) + draws * (last - first).to(place)).clamp(1e-300, 1 - 1e-16))
    result: torch.Tensor = (mean.to(place) + deviation.to(place) * found).to(torch.float32)
    return result
