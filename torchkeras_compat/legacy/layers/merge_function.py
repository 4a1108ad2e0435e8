"""`merge`: the function of Keras 1 that makes one tensor of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchkeras_compat.layers.layer.masks import get_mask
from torchkeras_compat.legacy.layers.merge import Merge, merging_layer


def merge(
    inputs: Sequence[Any],
    mode: Any = "sum",
    concat_axis: int = -1,
    dot_axes: Any = -1,
    output_shape: Any = None,
    output_mask: Any = None,
    arguments: dict[str, Any] | None = None,
    name: str | None = None,
) -> Any:
    """Return several tensors merged into one.

    Args:
        inputs: The tensors, at least two, symbolic or not.
        mode: ``"sum"``, ``"mul"``, ``"concat"``, ``"ave"``, ``"cos"``, ``"dot"``, ``"max"``, or a function of the list.
        concat_axis: Axis of ``"concat"``.
        dot_axes: Axis, or one for each of two, of ``"dot"`` and ``"cos"``.
        output_shape: Of a function: shape without the batch axis, or a function of the list of shapes.
        output_mask: Of a function: mask, or a function of the list of masks.
        arguments: Further keyword arguments of a function.
        name: Of the layer.

    Raises:
        ValueError: there is no such mode, or the shapes do not fit together.
        TypeError: ``inputs`` is not a list of at least two tensors.

    Example:
        >>> merge([torch.ones(2, 3), torch.ones(2, 3)], mode=lambda x: x[0] - x[1], output_shape=(3,)).sum()
        tensor(0.)

    Source: Keras 1.2 API, engine/topology, `merge`.
    """
    if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
        raise TypeError(f"`merge` takes a list of at least two tensors. Received: {inputs!r:.200}")
    tensors = list(inputs)
    if callable(mode):
        layer = Merge(None, mode, concat_axis, dot_axes, output_shape, output_mask, arguments, name=name)
        return layer(tensors)
    # Where all masks must let a step through, which a sum of today does not ask for.
    if mode in ("sum", "mul", "ave", "max") and any(get_mask(t) is not None for t in tensors):
        return Merge(None, mode, name=name)(tensors)
    return merging_layer(mode, concat_axis, dot_axes, name)(tensors)
