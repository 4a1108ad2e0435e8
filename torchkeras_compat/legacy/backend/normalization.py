"""Batch normalization as functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.legacy.backend.operands import floats, tensor
from torchkeras_compat.symbolic.operation import operation


@operation
def batch_normalization(
    x: Any, mean: Any, var: Any, beta: Any, gamma: Any, axis: int = -1, epsilon: float = 1e-3
) -> torch.Tensor:
    """Return ``(x - mean) / sqrt(var + epsilon) * gamma + beta``.

    Args:
        x: Tensor.
        mean: Mean: a vector along ``axis``, or a tensor that broadcasts against ``x``.
        var: Variance, likewise.
        beta: Offset, likewise; None for 0.
        gamma: Factor, likewise; None for 1.
        axis: That of the vectors.
        epsilon: Added to the variance.

    Example:
        >>> one = torch.ones(1)
        >>> batch_normalization(torch.tensor([[3.0]]), one, one, None, 2 * one, epsilon=0.0)
        tensor([[4.]])

    Source: Keras 2.3 API, backend.batch_normalization; Ioffe and Szegedy 2015.
    """
    values = floats(x)

    def along(part: Any) -> torch.Tensor:
        found = tensor(part).to(values.dtype)
        if found.dim() != 1 or axis % values.dim() == values.dim() - 1:
            return found
        shape = [1] * values.dim()
        shape[axis] = -1
        return found.reshape(shape)

    scale = torch.rsqrt(along(var) + epsilon)
    if gamma is not None:
        scale = scale * along(gamma)
    result = (values - along(mean)) * scale
    return result if beta is None else result + along(beta)


@operation
def normalize_batch_in_training(
    x: Any, gamma: Any, beta: Any, reduction_axes: Sequence[int], epsilon: float = 1e-3
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return ``x`` normalized by its mean and variance over some axes, and these.

    Args:
        x: Tensor.
        gamma: Factor, a tensor of the other axes; None for 1.
        beta: Offset, likewise; None for 0.
        reduction_axes: Axes over which mean and variance are taken.
        epsilon: Added to the variance.

    Returns:
        The normalized tensor, the mean and the variance, both of the other axes. The tensor is normalized by the
        population variance; of images normalized for each channel, the sample variance is returned, as in Keras.

    Example:
        >>> result, mean, var = normalize_batch_in_training(torch.tensor([[1.0], [3.0]]), None, None, [0], 0.0)
        >>> result.flatten(), mean, var
        (tensor([-1.,  1.]), tensor([2.]), tensor([1.]))

    Source: Keras 2.3 API, backend.normalize_batch_in_training.
    """
    values = floats(x)
    axes = tuple(axis % values.dim() for axis in reduction_axes)
    var, mean = torch.var_mean(values, dim=axes, correction=0)
    shape = [1 if axis in axes else size for axis, size in enumerate(values.shape)]
    parts = [None if p is None else tensor(p).to(values.dtype).reshape(shape) for p in (beta, gamma)]
    result = batch_normalization(values, mean.reshape(shape), var.reshape(shape), *parts, epsilon=epsilon)
    if values.dim() == 4 and list(reduction_axes) in ([0, 1, 2], [0, 2, 3]):
        number = values.numel() // max(var.numel(), 1)
        var = var * (number / max(number - 1, 1))
    return result, mean, var
