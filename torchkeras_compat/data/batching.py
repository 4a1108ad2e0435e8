"""Batches: how many there are, and the tuple ``(x, y, sample_weight)`` that each of them is."""

from __future__ import annotations

from typing import Any

DEFAULT_BATCH_SIZE = 32


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Pack the parts of a batch as Keras hands them to ``train_step``.

    Args:
        x: Input: a tensor or a nested structure of tensors.
        y: Target, or None.
        sample_weight: Weights of the samples, or None.

    Returns:
        ``x`` itself where it is not a structure and stands alone, else a tuple: ``(x,)``, ``(x, y)`` or all three.

    Example:
        >>> pack_x_y_sample_weight(1), pack_x_y_sample_weight([1]), pack_x_y_sample_weight(1, 2)
        (1, ([1],), (1, 2))

    Source: Keras API, utils.
    """
    if y is None:
        return (x,) if isinstance(x, (list, tuple)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Return ``(x, y, sample_weight)`` of a packed batch, with None for what it lacks.

    Args:
        data: ``x``, ``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)``; a list of up to three counts as a tuple.

    Raises:
        ValueError: a tuple or list with no item, or with more than three.

    Example:
        >>> unpack_x_y_sample_weight((1, 2))
        (1, 2, None)

    Source: Keras API, utils.
    """
    if not isinstance(data, (tuple, list)):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(
            "A batch must be `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`. "
            f"Received a {type(data).__name__} of {len(data)} items. Put several inputs in one structure: `((a, b), "
            "y)`."
        )
    return (*data, None, None)[:3]


def count_batches(samples: int, batch_size: int) -> int:
    """Return the number of batches, a smaller last one included.

    Example:
        >>> count_batches(34, 16)
        3
    """
    return -(-samples // batch_size)
