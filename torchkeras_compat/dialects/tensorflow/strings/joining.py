"""Strings joined and formatted."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.old_arguments import old_arguments
from torchkeras_compat.dialects.tensorflow.operands import axes_of
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, as_bytes


def join(inputs: Any, separator: str = "", name: str | None = None) -> StringTensor:
    """Return strings put together, element by element; those without axes go with every element.

    Args:
        inputs: Tensors of strings of one shape, or without axes.
        separator: What stands between them.
        name: Not used.

    Raises:
        InvalidArgumentError: shapes differ.

    Example:
        >>> join([["a", "b"], "c"], separator=" ").numpy().tolist()
        [b'a c', b'b c']
    """
    if any(hasattr(x, "flat_values") for x in inputs):
        ragged = next(x for x in inputs if hasattr(x, "flat_values"))
        result: StringTensor = ragged.with_flat_values(join([getattr(x, "flat_values", x) for x in inputs], separator))
        return result
    arrays = [as_bytes(x) for x in inputs]
    shapes = {array.shape for array in arrays if array.ndim}
    if len(shapes) > 1:
        raise InvalidArgumentError(f"`tf.strings.join` takes strings of one shape. Received: {sorted(shapes)}")
    between = separator.encode() if isinstance(separator, str) else bytes(as_bytes(separator)[()])
    shape = shapes.pop() if shapes else ()
    spread = [np.broadcast_to(array, shape).reshape(-1) for array in arrays]
    found = np.empty(int(np.prod(shape)), object)
    for i in range(len(found)):
        found[i] = between.join(array[i] for array in spread)
    return StringTensor(found.reshape(shape))


@old_arguments(reduction_indices="axis", keep_dims="keepdims")
def reduce_join(
    inputs: Any,
    axis: Any = None,
    keepdims: bool = False,
    separator: str = "",
    name: str | None = None,
) -> StringTensor:
    """Return strings put together along axes, one after the other as they are given; along all by default.

    Args:
        inputs: Strings.
        axis: Axis or axes.
        keepdims: Whether the axes stay, with size 1.
        separator: What stands between them.
        name: Not used.

    Raises:
        InvalidArgumentError: an axis does not exist.
    """
    if hasattr(inputs, "flat_values"):
        return _joined_rows(inputs, axis, separator)
    array = as_bytes(inputs)
    axes = axes_of(axis, array.ndim)
    kept = [a for a in range(array.ndim) if a not in axes]
    moved = array.transpose([*kept, *(axes if axis is None else reversed(axes))]).reshape(
        *(array.shape[a] for a in kept), -1
    )
    between = separator.encode()
    found = np.empty(moved.shape[:-1], object)
    for index in np.ndindex(found.shape):
        found[index] = between.join(moved[index])
    if keepdims:
        found = found.reshape([1 if a in axes else size for a, size in enumerate(array.shape)])
    return StringTensor(found)


def _joined_rows(ragged: Any, axis: Any, separator: str) -> StringTensor:
    rank = ragged.ragged_rank + 1
    if axis not in (None, -1, rank - 1):
        raise InvalidArgumentError(f"A ragged tensor is joined along its last axis here. Received: axis={axis}")
    between = separator.encode()

    def joined(rows: Any) -> Any:
        return between.join(rows) if not rows or isinstance(rows[0], bytes) else [joined(row) for row in rows]

    if axis is None:
        return StringTensor(between.join(ragged.flat_values.numpy().tolist()))
    return StringTensor(joined(ragged.to_list()) if rank == 1 else [joined(row) for row in ragged.to_list()])


def unsorted_segment_join(
    inputs: Any, segment_ids: Any, num_segments: Any, separator: str = "", name: str | None = None
) -> StringTensor:
    """Return the strings of each segment put together, in their order.

    Raises:
        InvalidArgumentError: there are not as many ids as strings, or one lies outside.
    """
    texts, ids = as_bytes(inputs).reshape(-1), np.asarray(segment_ids).reshape(-1)
    count = int(num_segments)
    if len(texts) != len(ids) or (len(ids) and ids.max() >= count):
        raise InvalidArgumentError(f"Each of {len(texts)} strings needs a segment below {count}. Received: {len(ids)}")
    parts: list[list[bytes]] = [[] for _ in range(count)]
    for text, i in zip(texts, ids, strict=True):
        if i >= 0:
            parts[i].append(text)
    found = np.empty(count, object)
    found[:] = [separator.encode().join(part) for part in parts]
    return StringTensor(found)


def format(
    template: str, inputs: Any, placeholder: str = "{}", summarize: int = 3, name: str | None = None
) -> StringTensor:
    """Return a text with tensors in the places of a placeholder.

    Args:
        template: The text.
        inputs: A tensor, or as many as placeholders.
        placeholder: What stands for a tensor.
        summarize: How many elements to show at the beginning and the end of each axis; -1 for all.
        name: Not used.

    Raises:
        ValueError: placeholders and tensors differ in number.
    """
    values = inputs if isinstance(inputs, (list, tuple)) else [inputs]
    parts = template.split(placeholder)
    if len(parts) - 1 != len(values):
        raise ValueError(f"{len(parts) - 1} placeholder(s) in template does not match {len(values)} tensor(s)")
    text = parts[0]
    for value, part in zip(values, parts[1:], strict=True):
        text += _shown(value, summarize) + part
    return StringTensor(text)


def _shown(value: Any, summarize: int) -> str:
    array = value.numpy() if hasattr(value, "numpy") else np.asarray(value)
    array = as_bytes(value) if isinstance(value, (str, bytes, StringTensor)) else np.asarray(array)
    return _row(array, summarize)


def _row(array: np.ndarray, summarize: int) -> str:
    if not array.ndim:
        item = array[()]
        if isinstance(item, bytes):
            return '"' + item.decode("utf-8", "replace") + '"'
        return str(int(item)) if array.dtype.kind == "b" else f"{item:g}" if array.dtype.kind == "f" else str(item)
    parts = [_row(part, summarize) for part in array]
    if 0 <= summarize * 2 < len(parts):
        parts = [*parts[:summarize], "...", *parts[len(parts) - summarize :]]
    between = "\n " if array.ndim > 1 else " "
    return "[" + between.join(parts) + "]"
