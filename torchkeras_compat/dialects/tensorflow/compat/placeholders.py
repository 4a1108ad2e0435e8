"""``tf.compat.v1.placeholder``: recorded tensors that a session is given values for."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.legacy.backend import placeholders


def placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> Any:
    """Return a recorded tensor whose values ``Session.run(..., feed_dict={...})`` is given.

    Args:
        dtype: Dtype.
        shape: Sizes, None where they are not known.
        name: Name; None for one that is made up.

    Raises:
        ValueError: nothing is known of the shape, or the dtype is not one of numbers.

    Example:
        >>> from torchkeras_compat.dialects.tensorflow.compat.session import Session
        >>> x = placeholder("float32", [None, 2])
        >>> Session().run(x * 2.0, {x: [[1.0, 2.0]]}).tolist()
        [[2.0, 4.0]]

    Source: TensorFlow API, compat/v1/placeholder.
    """
    if shape is None:
        raise ValueError("`placeholder` needs `shape`, with None for sizes that are not known: `shape=[None, 784]`.")
    kind = as_dtype(dtype)
    if kind.name == "string":
        raise ValueError("A placeholder of strings is not supported: give strings to the functions themselves.")
    return placeholders.placeholder(shape=tuple(shape), dtype=kind.name, name=name)
