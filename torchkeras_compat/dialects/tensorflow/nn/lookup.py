"""Rows, ranks and blocks: `tf.nn.embedding_lookup`, `top_k`, `space_to_depth`, ..."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from torchkeras_compat.dialects.tensorflow.nn.layouts import is_channels_first
from torchkeras_compat.dialects.tensorflow.tensor import tensor_function
from torchkeras_compat.ops.conversion import convert_to_tensor as as_tensor


@tensor_function
def embedding_lookup(params: Any, ids: Any, max_norm: float | None = None, name: str | None = None) -> Any:
    """Return the rows of ``params`` at ``ids``.

    Args:
        params: Tensor or variable ``(rows, ...)``; a list of one.
        ids: Integers of any shape.
        max_norm: Rows with a larger norm are scaled down to it.
        name: Kept for TensorFlow's signature.

    Raises:
        ValueError: there are several ``params``.

    Example:
        >>> embedding_lookup([[1.0], [2.0]], [1, 1]).numpy().tolist()
        [[2.0], [2.0]]
    """
    if isinstance(params, (list, tuple)) and len(params) and getattr(params[0], "ndim", 0):
        if len(params) > 1:
            raise ValueError("Embeddings in several parts are not supported. Join them: `tf.concat(params, 0)`.")
        params = params[0]
    table, places = as_tensor(params), as_tensor(ids).long()
    rows = torch.index_select(table, 0, places.reshape(-1))
    if max_norm is not None:
        axes = list(range(1, rows.ndim))
        norms = rows.square().sum(axes, keepdim=True).sqrt()
        rows = rows * (max_norm / norms.clamp_min(max_norm))
    return rows.reshape(*places.shape, *table.shape[1:])


class TopK(NamedTuple):
    """What :func:`top_k` gives."""

    values: Any
    indices: Any


@tensor_function
def top_k(input: Any, k: Any = 1, sorted: bool = True, index_type: Any = torch.int32, name: str | None = None) -> Any:
    """Return the ``k`` largest values along the last axis and where they are, the largest first.

    Example:
        >>> top_k([1.0, 3.0, 2.0], k=2).indices
        <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 2], dtype=int32)>
    """
    x = as_tensor(input)
    # A stable sort, as of equal values the first come first.
    values, places = torch.sort(x, dim=-1, descending=True, stable=True)
    size = int(k)
    return TopK(values[..., :size], places[..., :size].to(torch.int32))


@tensor_function
def in_top_k(targets: Any, predictions: Any, k: int, name: str | None = None) -> Any:
    """Return whether the prediction of each target is among the ``k`` largest of its row, equal ones included.

    Example:
        >>> in_top_k([1, 0], [[0.1, 0.9], [0.2, 0.8]], 1).numpy().tolist()
        [True, False]
    """
    y, classes = as_tensor(predictions), as_tensor(targets).long()
    own = y.gather(-1, classes.unsqueeze(-1))
    return ((y > own).sum(-1) < int(k)) & own.squeeze(-1).isfinite()


@tensor_function
def space_to_depth(input: Any, block_size: int, data_format: str = "NHWC", name: str | None = None) -> Any:
    """Move blocks of ``block_size`` times ``block_size`` pixels into the channels."""
    x, n = as_tensor(input), int(block_size)
    first = is_channels_first(data_format)
    x = x.movedim(1, -1) if first else x
    b, h, w, c = x.shape
    x = x.reshape(b, h // n, n, w // n, n, c).permute(0, 1, 3, 2, 4, 5).reshape(b, h // n, w // n, n * n * c)
    return x.movedim(-1, 1) if first else x


@tensor_function
def depth_to_space(input: Any, block_size: int, data_format: str = "NHWC", name: str | None = None) -> Any:
    """Make blocks of ``block_size`` times ``block_size`` pixels of channels."""
    x, n = as_tensor(input), int(block_size)
    first = is_channels_first(data_format)
    x = x.movedim(1, -1) if first else x
    b, h, w, c = x.shape
    inner = c // (n * n)
    x = x.reshape(b, h, w, n, n, inner).permute(0, 1, 3, 2, 4, 5).reshape(b, h * n, w * n, inner)
    return x.movedim(-1, 1) if first else x


@tensor_function
def zero_fraction(value: Any, name: str | None = None) -> Any:
    """Return the fraction of values that are zero."""
    return (as_tensor(value) == 0).float().mean()
