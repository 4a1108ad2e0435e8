"""Integer class labels as one-hot vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch


def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """Return integer class labels as one-hot vectors.

    Args:
        x: Integer class labels, shape ``(batch, ...)`` or with a last axis of size one; array, list or tensor.
        num_classes: Number of classes; None for the largest number plus one.

    Returns:
        Shape ``(batch, ..., num_classes)``: a float32 array, or a tensor for a tensor.

    Raises:
        ValueError: a number is negative or not below ``num_classes``.

    Example:
        >>> to_categorical([0, 2]).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]

    Source: Keras API, utils/to_categorical.
    """
    if isinstance(x, torch.Tensor):
        return torch.from_numpy(to_categorical(x.detach().cpu().numpy(), num_classes)).to(x.device)
    labels = np.array(x, dtype="int64")
    shape = labels.shape[:-1] if labels.ndim > 1 and labels.shape[-1] == 1 else labels.shape
    labels = labels.reshape(-1)
    classes = int(labels.max()) + 1 if not num_classes and labels.size else int(num_classes or 0)
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise ValueError(
            f"Class labels must be in [0, {classes}). Received numbers from {labels.min()} to {labels.max()}. "
            "Give a larger `num_classes`, or start the numbers at 0."
        )
    one_hot = np.zeros((labels.size, classes), dtype="float32")
    one_hot[np.arange(labels.size), labels] = 1.0
    return one_hot.reshape((*shape, classes))
