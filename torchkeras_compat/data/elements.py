"""Elements of a pipeline: samples put together into batches, and batches taken apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat import tree
from torchkeras_compat.layers.preprocessing.texts import StringArray


def stack(samples: Sequence[Any]) -> Any:
    """Return samples of one structure as a batch: each leaf with a new first axis.

    Args:
        samples: Tensors, arrays, numbers, strings, or nested structures of these.

    Raises:
        ValueError: leaves of different shapes, or structures that differ.

    Example:
        >>> stack([(torch.zeros(2), 1), (torch.zeros(2), 3)])[1]
        tensor([1, 3])
    """
    if tree.is_nested(samples[0]):
        return tree.map_structure(lambda *leaves: _stack_leaves(leaves), *samples)
    return _stack_leaves(samples)


def unstack(batch: Any) -> Iterator[Any]:
    """Yield the samples of a batch.

    Example:
        >>> list(unstack((torch.tensor([1, 2]), StringArray(["a", "b"]))))
        [(tensor(1), 'a'), (tensor(2), 'b')]
    """
    for index in range(batch_length(batch)):
        yield tree.map_structure(lambda leaf, i=index: leaf[i], batch)


def batch_length(batch: Any) -> int:
    """Return the number of samples of a batch.

    Raises:
        ValueError: a leaf without a first axis, or leaves of different lengths.
    """
    lengths = {
        len(leaf) if getattr(leaf, "ndim", 1) and hasattr(leaf, "__len__") else -1 for leaf in tree.flatten(batch)
    }
    if len(lengths) != 1 or -1 in lengths:
        raise ValueError(
            "The leaves of a batch must have one length along their first axis. Received "
            f"{', '.join(described(leaf) for leaf in tree.flatten(batch))}."
        )
    return lengths.pop()


def as_numpy(element: Any) -> Any:
    """Return an element with its tensors as arrays."""
    return tree.map_structure(_as_numpy, element)


def described(leaf: Any) -> str:
    """Return the shape and the type of a leaf, for messages."""
    shape = getattr(leaf, "shape", None)
    return type(leaf).__name__ if shape is None else f"{type(leaf).__name__} of shape {tuple(shape)}"


def _stack_leaves(leaves: Sequence[Any]) -> Any:
    first = leaves[0]
    if isinstance(first, (str, bytes)):
        return StringArray(leaves)
    if isinstance(first, np.ndarray) and first.dtype.kind in "OSUT":
        return StringArray(np.stack(leaves))
    tensors = [leaf if isinstance(leaf, torch.Tensor) else torch.as_tensor(np.asarray(leaf)) for leaf in leaves]
    if len({tensor.shape for tensor in tensors}) > 1:
        shapes = sorted({tuple(tensor.shape) for tensor in tensors})
        raise ValueError(f"Samples of one batch must have one shape. Received shapes {shapes}. Pad or cut them first.")
    return torch.stack(tensors)


def _as_numpy(leaf: Any) -> Any:
    if isinstance(leaf, torch.Tensor):
        return leaf.detach().cpu().numpy()
    return leaf.numpy() if isinstance(leaf, StringArray) else leaf
