"""Random numbers that go on from call to call."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.arrays.slicing import slice as slice_of
from torchkeras_compat.dialects.tensorflow.calls import tensor_function
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import integer, sizes, tensor
from torchkeras_compat.dialects.tensorflow.random import distributions
from torchkeras_compat.dialects.tensorflow.random.seeds import drawing_device, generator_of


@tensor_function
def normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = "float32",
    seed: int | None = None,
    name: str | None = None,
) -> torch.Tensor:
    """Return numbers of a normal distribution.

    Args:
        shape: Shape of the result.
        mean: Mean.
        stddev: Standard deviation.
        dtype: Floating point dtype.
        seed: Seed of this call, combined with the global one.
        name: Not used.

    Raises:
        InvalidArgumentError: the dtype is not floating point.

    Example:
        >>> normal([2, 3]).shape
        TensorShape([2, 3])
    """
    return distributions.normal(shape, mean, stddev, dtype, generator_of(seed, drawing_device()))


@tensor_function
def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = "float32",
    seed: int | None = None,
    name: str | None = None,
) -> torch.Tensor:
    """Return numbers of a normal distribution within two standard deviations; see :func:`normal`."""
    return distributions.truncated_normal(shape, mean, stddev, dtype, generator_of(seed, drawing_device()))


@tensor_function
def uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = "float32",
    seed: int | None = None,
    name: str | None = None,
) -> torch.Tensor:
    """Return numbers of ``[minval, maxval)``; of integers ``maxval`` must be given, else it is 1.

    Raises:
        ValueError: integers are asked for without ``maxval``.
        InvalidArgumentError: the range of integers is empty.
    """
    return distributions.uniform(shape, minval, maxval, dtype, generator_of(seed, drawing_device()))


@tensor_function
def gamma(
    shape: Any,
    alpha: Any,
    beta: Any = None,
    dtype: Any = "float32",
    seed: int | None = None,
    name: str | None = None,
) -> torch.Tensor:
    """Return numbers of gamma distributions, ``shape`` numbers for each ``alpha`` and inverse scale ``beta``."""
    return distributions.gamma(shape, alpha, beta, dtype, generator_of(seed, tensor(alpha).device))


@tensor_function
def poisson(
    shape: Any, lam: Any, dtype: Any = "float32", seed: int | None = None, name: str | None = None
) -> torch.Tensor:
    """Return numbers of Poisson distributions, ``shape`` numbers for each mean ``lam``."""
    return distributions.poisson(shape, lam, dtype, generator_of(seed, tensor(lam).device))


@tensor_function
def random_poisson(
    lam: Any, shape: Any, dtype: Any = "float32", seed: int | None = None, name: str | None = None
) -> torch.Tensor:
    """Return :func:`poisson` with the arguments in the order of TensorFlow 1."""
    return distributions.poisson(shape, lam, dtype, generator_of(seed, tensor(lam).device))


@tensor_function
def categorical(
    logits: Any, num_samples: Any, dtype: Any = None, seed: int | None = None, name: str | None = None
) -> torch.Tensor:
    """Return classes drawn by unnormalized log-probabilities.

    Args:
        logits: ``(batch, classes)``.
        num_samples: Number of draws for each row.
        dtype: int64 or int32; None for int64.
        seed: Seed of this call.
        name: Not used.

    Returns:
        ``(batch, num_samples)``.

    Raises:
        InvalidArgumentError: ``logits`` has not two axes.
    """
    generator = generator_of(seed, tensor(logits).device)
    return distributions.categorical(logits, integer(num_samples, "num_samples"), dtype, generator)


@tensor_function
def multinomial(
    logits: Any, num_samples: Any, seed: int | None = None, name: str | None = None, output_dtype: Any = None
) -> torch.Tensor:
    """Return :func:`categorical` with the arguments in the order of TensorFlow 1."""
    generator = generator_of(seed, tensor(logits).device)
    return distributions.categorical(logits, integer(num_samples, "num_samples"), output_dtype, generator)


@tensor_function(strings=("value",))
def shuffle(value: Any, seed: int | None = None, name: str | None = None) -> torch.Tensor:
    """Return the rows, along the first axis, in random order."""
    return distributions.shuffle(value, generator_of(seed, tensor(value).device))


@tensor_function
def random_crop(value: Any, size: Any, seed: int | None = None, name: str | None = None) -> torch.Tensor:
    """Return a part of this size at a random place.

    Raises:
        InvalidArgumentError: the size exceeds the tensor, or has another number of axes.
    """
    return crop_at_random(tensor(value), size, generator_of(seed, torch.device("cpu")))


def crop_at_random(x: torch.Tensor, size: Any, generator: torch.Generator | None) -> torch.Tensor:
    """Return a part of a size at a place that a generator of the CPU draws."""
    wanted = sizes(size, "size")
    wanted = [full if w == -1 else w for w, full in zip(wanted, x.shape)] if len(wanted) == x.ndim else wanted
    if len(wanted) != x.ndim or any(w > full for w, full in zip(wanted, x.shape)):
        raise InvalidArgumentError(f"Need value.shape >= size, got {tuple(x.shape)} and {wanted}")
    begin = [
        int(torch.randint(0, full - w + 1, (), device="cpu", generator=generator)) for w, full in zip(wanted, x.shape)
    ]
    function: Any = slice_of
    found: torch.Tensor = function.__wrapped__(x, begin, wanted)
    return found
