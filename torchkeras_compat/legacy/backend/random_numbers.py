"""Random tensors and dropout, with the arguments of Keras 1 and 2."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import random
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.legacy.backend.operands import known_sizes, recorded, sizes, tensor
from torchkeras_compat.random.seed_generator import SeedGenerator
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation

_streams: dict[int, SeedGenerator] = {}


def _stream(seed: Any) -> Any:
    """Return the stream of a seed, which goes on from call to call, as the operations of TensorFlow do."""
    if seed is None or not hasattr(seed, "__index__"):
        return seed
    return _streams.setdefault(int(seed), SeedGenerator(int(seed)))


def restart_streams() -> None:
    """Let every seed begin with its first numbers again, as ``clear_session`` does."""
    _streams.clear()


def _drawn(shape: Any, *args: Any, dtype: Any = None, **kwargs: Any) -> KerasTensor:
    given = [x for x in (*args, dtype) if isinstance(x, str)]
    return KerasTensor(known_sizes(shape), standardize_dtype(given[0] if given else dtype))


@recorded(_drawn)
def random_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None, std: Any = None
) -> torch.Tensor:
    """Return numbers from a normal distribution.

    Args:
        shape: Sizes, which may be tensors of one number.
        mean: Mean.
        stddev: Standard deviation.
        dtype: Floating point; None for floatx.
        seed: An int for a stream of its own, which goes on from call to call; None for that of torch.
        std: The name that Keras 1 has for ``stddev``.

    Example:
        >>> random_normal((2, 3)).shape
        torch.Size([2, 3])

    Source: Keras 2.3 API, backend.random_normal.
    """
    deviation = stddev if std is None else std
    return random.normal(sizes(shape), _number(mean), _number(deviation), dtype=dtype, seed=_stream(seed))


def _number(x: Any) -> Any:
    return x if isinstance(x, (int, float)) else tensor(x)


@recorded(_drawn)
def random_uniform(
    shape: Any,
    minval: Any = 0.0,
    maxval: Any = 1.0,
    dtype: Any = None,
    seed: Any = None,
    low: Any = None,
    high: Any = None,
) -> torch.Tensor:
    """Return numbers drawn evenly from ``[minval, maxval)``.

    Args:
        shape: Sizes, which may be tensors of one number.
        minval: Lower end.
        maxval: Upper end.
        dtype: Floating point or integer; None for floatx.
        seed: As in :func:`random_normal`.
        low: The name that Keras 1 has for ``minval``.
        high: The name that Keras 1 has for ``maxval``.

    Example:
        >>> bool((random_uniform((100,), 2.0, 3.0) >= 2.0).all())
        True
    """
    lower = minval if low is None else low
    upper = maxval if high is None else high
    if "int" in standardize_dtype(dtype):
        return random.randint(sizes(shape), int(lower), int(upper), dtype=dtype, seed=_stream(seed))
    return random.uniform(sizes(shape), _number(lower), _number(upper), dtype=dtype, seed=_stream(seed))


@recorded(_drawn)
def truncated_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None
) -> torch.Tensor:
    """Return numbers from a normal distribution, none further than two standard deviations from the mean.

    Args:
        shape: Sizes, which may be tensors of one number.
        mean: Mean.
        stddev: Standard deviation before the cut.
        dtype: Floating point; None for floatx.
        seed: As in :func:`random_normal`.

    Example:
        >>> bool((truncated_normal((100,)).abs() <= 2).all())
        True
    """
    return random.truncated_normal(sizes(shape), mean, stddev, dtype=dtype, seed=_stream(seed))


@recorded(_drawn)
def random_bernoulli(shape: Any, p: Any = 0.0, dtype: Any = None, seed: Any = None) -> torch.Tensor:
    """Return ones with probability ``p``, else zeros.

    Args:
        shape: Sizes, which may be tensors of one number.
        p: Fraction of ones in [0, 1].
        dtype: Of the result; None for floatx.
        seed: As in :func:`random_normal`.

    Example:
        >>> random_bernoulli((3,), p=1.0)
        tensor([1., 1., 1.])

    Source: tf.keras 2.15 API, backend.random_bernoulli.
    """
    drawn: torch.Tensor = random.uniform(sizes(shape), seed=_stream(seed))
    return torch.le(drawn, p).to(to_torch_dtype(dtype))


random_binomial = random_bernoulli
"""The name that Keras 1 and 2 have for :func:`random_bernoulli`."""


@operation
def dropout(x: Any, level: float, noise_shape: Any = None, seed: Any = None) -> torch.Tensor:
    """Return ``x`` with a fraction of its elements set to zero and the others scaled up, in training or not.

    Args:
        x: Tensor.
        level: Fraction in [0, 1).
        noise_shape: Shape of the choice, which broadcasts against ``x``; None for that of ``x``.
        seed: As in :func:`random_normal`.

    Raises:
        ValueError: ``level`` is not such a fraction.

    Example:
        >>> sorted(set(dropout(torch.ones(100), 0.5).tolist()))
        [0.0, 2.0]

    Source: Keras 2.3 API, backend.dropout.
    """
    if not 0 <= float(level) < 1:
        raise ValueError(f"`level` is a fraction in [0, 1). Received: level={level}")
    shape = None if noise_shape is None else tuple(None if n is None else int(n) for n in noise_shape)
    return random.dropout(tensor(x), float(level), shape, seed=_stream(seed))
