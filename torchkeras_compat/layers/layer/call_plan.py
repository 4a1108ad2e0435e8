"""Whether the calls of a layer may go the short path, straight to ``call``: decided once, not in each call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.own_code import is_own

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer

_MANY = 64  # more axes than a tensor can have


def ranks_of(spec: Any) -> tuple[int, int]:
    """Return the lowest and the highest number of axes that a spec lets through."""
    if not isinstance(spec, InputSpec):
        return 0, _MANY
    low = spec.ndim if spec.ndim is not None else spec.min_ndim or 0
    high = spec.ndim if spec.ndim is not None else spec.max_ndim if spec.max_ndim is not None else _MANY
    return low, high


def is_checked_by_rank(layer: Layer) -> bool:
    """Return whether inputs of a good rank that do not fit make ``call`` fail, which then explains itself.

    So it is in layers of this package, where torch's kernels refuse wrong sizes; anybody else's `call` may not notice.
    """
    spec = layer.input_spec
    if spec is None:
        return True
    if not isinstance(spec, InputSpec) or spec.dtype is not None or spec.allow_last_axis_squeeze:
        return False
    return is_own(type(layer)) or not (spec.axes or spec.shape)
