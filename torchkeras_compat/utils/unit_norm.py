"""Arrays scaled to a norm of one."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.ops.normalization import normalize as normalize_tensor


def normalize(x: Any, axis: int = -1, order: float = 2) -> Any:
    """Return ``x / norm(x, order)`` along an axis; what has a norm of zero stays zero.

    Args:
        x: Array, list or tensor.
        axis: Axis along which the norm is taken.
        order: Which norm: 2 for the Euclidean one.

    Returns:
        A tensor for a tensor; else an array, which has at least two axes, as in Keras.

    Example:
        >>> normalize([[3.0, 4.0], [0.0, 0.0]]).tolist()
        [[0.6, 0.8], [0.0, 0.0]]

    Source: Keras API, utils/normalize.
    """
    if isinstance(x, torch.Tensor):
        return normalize_tensor(x, axis=axis, order=order)
    array = np.asarray(x)
    norm = np.atleast_1d(np.linalg.norm(array, order, axis))
    norm[norm == 0] = 1
    return array / np.expand_dims(norm, axis)
