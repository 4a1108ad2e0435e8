"""Placeholders: symbolic inputs of the graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchkeras_compat.layers.core.input_layer import InputLayer
from torchkeras_compat.naming import auto_name
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def placeholder(
    shape: Sequence[int | None] | None = None,
    ndim: int | None = None,
    dtype: Any = None,
    sparse: bool = False,
    name: str | None = None,
    ragged: bool = False,
) -> KerasTensor:
    """Return a symbolic tensor whose values are fed when a function of it is run.

    Args:
        shape: Sizes of all axes, the batch axis included; None where not known.
        ndim: Number of axes, where no shape is given.
        dtype: Of the values; None for floatx.
        sparse: Not supported.
        name: Unique by default.
        ragged: Not supported.

    Raises:
        ValueError: neither ``shape`` nor ``ndim`` is given, or ``sparse`` or ``ragged`` is set.

    Example:
        >>> placeholder((None, 2)).shape, placeholder(ndim=1).shape
        ((None, 2), (None,))

    Source: Keras 2.3 API, backend.placeholder.
    """
    if sparse or ragged:
        raise ValueError("Sparse and ragged placeholders are not supported. Use a dense one, with a mask where needed.")
    if shape is None:
        if ndim is None:
            raise ValueError(
                "`placeholder` needs the sizes of its axes, `shape`, or their number, `ndim`. Received none."
            )
        shape = (None,) * ndim
    if not hasattr(shape, "__iter__"):
        shape = (shape,)  # type: ignore[assignment]
    layer = InputLayer(batch_shape=tuple(shape), dtype=dtype, name=_free(name or "placeholder"))
    tensor: KerasTensor = layer.output
    return tensor


def _free(name: str) -> str:
    return auto_name(name.replace("/", "_").replace(":", "_"))


def is_placeholder(x: Any) -> bool:
    """Return whether ``x`` is a symbolic tensor that :func:`placeholder` or ``Input`` made.

    Example:
        >>> x = placeholder((2,))
        >>> is_placeholder(x), is_placeholder(x + 1)
        (True, False)
    """
    return isinstance(x, KerasTensor) and x.node is not None and isinstance(x.node.operation, InputLayer)
