"""Random numbers that a seed of two integers determines."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.operands import integer, sizes, tensor
from torchkeras_compat.dialects.tensorflow.random import distributions
from torchkeras_compat.dialects.tensorflow.random.seeds import drawing_device, mixed, seed_pair, stateless_generator


@tensor_function
def stateless_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = "float32",
    name: str | None = None,
    alg: Any = "auto_select",
) -> torch.Tensor:
    """Return numbers of a normal distribution, the same for the same seed.

    Args:
        shape: Shape of the result.
        seed: Two integers.
        mean: Mean.
        stddev: Standard deviation.
        dtype: Floating point dtype.
        name: Not used.
        alg: Kept for TensorFlow's signature: the algorithm is torch's.

    Raises:
        InvalidArgumentError: the seed has not two integers, or the dtype is not floating point.

    Example:
        >>> bool((stateless_normal([2], [1, 2]) == stateless_normal([2], [1, 2])).numpy().all())
        True
    """
    return distributions.normal(shape, mean, stddev, dtype, stateless_generator(seed, drawing_device()))


@tensor_function
def stateless_truncated_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = "float32",
    name: str | None = None,
    alg: Any = "auto_select",
) -> torch.Tensor:
    """Return numbers of a normal distribution within two standard deviations; see :func:`stateless_normal`."""
    return distributions.truncated_normal(shape, mean, stddev, dtype, stateless_generator(seed, drawing_device()))


@tensor_function
def stateless_uniform(
    shape: Any,
    seed: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = "float32",
    name: str | None = None,
    alg: Any = "auto_select",
) -> torch.Tensor:
    """Return numbers of ``[minval, maxval)``; of integers both are None for all there are.

    Raises:
        ValueError: integers are asked for with ``minval`` alone.
        InvalidArgumentError: the range of integers is empty, or the seed has not two integers.
    """
    return distributions.uniform(shape, minval, maxval, dtype, stateless_generator(seed, drawing_device()))


@tensor_function
def stateless_gamma(
    shape: Any, seed: Any, alpha: Any, beta: Any = None, dtype: Any = "float32", name: str | None = None
) -> torch.Tensor:
    """Return numbers of gamma distributions, whose parameters broadcast to ``shape``."""
    return _of_shape(distributions.gamma, shape, (alpha, 1.0 if beta is None else beta), dtype, seed)


@tensor_function
def stateless_poisson(shape: Any, seed: Any, lam: Any, dtype: Any = "int32", name: str | None = None) -> torch.Tensor:
    """Return numbers of Poisson distributions, whose means broadcast to ``shape``."""
    return _of_shape(distributions.poisson, shape, (lam,), dtype, seed)


def _of_shape(draw: Any, shape: Any, parameters: tuple[Any, ...], dtype: Any, seed: Any) -> torch.Tensor:
    spread = [tensor(p).expand(sizes(shape)) for p in parameters]
    found: torch.Tensor = draw([], *spread, dtype, stateless_generator(seed, spread[0].device))
    return found


@tensor_function
def stateless_binomial(
    shape: Any, seed: Any, counts: Any, probs: Any, output_dtype: Any = "int32", name: str | None = None
) -> torch.Tensor:
    """Return numbers of binomial distributions, whose parameters broadcast to ``shape``."""
    return distributions.binomial(shape, counts, probs, output_dtype, stateless_generator(seed, tensor(probs).device))


@tensor_function
def stateless_categorical(
    logits: Any, num_samples: Any, seed: Any, dtype: Any = "int64", name: str | None = None
) -> torch.Tensor:
    """Return classes drawn by unnormalized log-probabilities: ``(batch, num_samples)``."""
    generator = stateless_generator(seed, tensor(logits).device)
    return distributions.categorical(logits, integer(num_samples, "num_samples"), dtype, generator)


@tensor_function
def stateless_parameterized_truncated_normal(
    shape: Any,
    seed: Any,
    means: Any = 0.0,
    stddevs: Any = 1.0,
    minvals: Any = -2.0,
    maxvals: Any = 2.0,
    name: str | None = None,
) -> torch.Tensor:
    """Return numbers of normal distributions cut at bounds, all of which broadcast to ``shape``."""
    generator = stateless_generator(seed, drawing_device())
    return distributions.bounded_normal(shape, means, stddevs, minvals, maxvals, generator)


@tensor_function(strings=("value",))
def stateless_shuffle(value: Any, seed: Any, alg: Any = "auto_select", name: str | None = None) -> torch.Tensor:
    """Return the rows, along the first axis, in an order that the seed determines."""
    return distributions.shuffle(value, stateless_generator(seed, tensor(value).device))


@tensor_function
def fold_in(seed: Any, data: Any, alg: Any = "auto_select") -> torch.Tensor:
    """Return a seed that depends on a seed and an integer."""
    return _seed_of(mixed(*seed_pair(seed), integer(data, "data")))


@tensor_function
def split(seed: Any, num: Any = 2, alg: Any = "auto_select") -> torch.Tensor:
    """Return ``num`` different seeds that depend on a seed: ``(num, 2)``."""
    pair = seed_pair(seed)
    return torch.stack([_seed_of(mixed(*pair, 0x5EED, i)) for i in range(integer(num, "num"))])


def _seed_of(bits: int) -> torch.Tensor:
    return torch.tensor([(bits & 0x7FFFFFFF), (bits >> 32) & 0x7FFFFFFF], dtype=torch.int32, device="cpu")


@tensor_function
def index_shuffle(index: Any, seed: Any, max_index: Any) -> torch.Tensor:
    """Return where a random permutation of ``0 ... max_index``, which the seed determines, takes each index.

    Args:
        index: Integers from 0 to ``max_index``.
        seed: Two or three integers.
        max_index: The largest index.
    """
    places = tensor(index)
    numbers = [int(n) for n in tensor(seed).reshape(-1).tolist()]
    generator = torch.Generator("cpu").manual_seed(mixed(*numbers) >> 2)
    order = torch.randperm(integer(max_index, "max_index") + 1, generator=generator)
    return order[places.to(torch.int64)].to(places.dtype)
