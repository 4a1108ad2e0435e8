"""Whether the calls of a layer may go the short path, straight to ``call``: decided once, not in each call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from torchkeras_compat.layers.layer.input_spec import InputSpec
from torchkeras_compat.own_code import is_own

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer

_MANY = 64  # more axes than a tensor can have


@dataclass(slots=True)
class CallPlan:
    """What was decided about the calls of a layer; made by ``Layer._make_call_plan``, and not changed after that.

    It holds until an attribute that it depends on is set, which puts None in its place; the next call decides again.

    Attributes:
        is_direct: Whether a call with one tensor, as the fields below want it, may go the short path.
        is_composite: Whether the layer has layers below, whose calls lie within its own.
        lowest_rank: The least number of axes of the input.
        highest_rank: The largest.
        dtype: Of floating point input.
        takes_integers: Whether the input may be of another dtype that is not a floating point one.
        takes_training: Whether ``call`` has a parameter ``training``.
    """

    is_direct: bool
    is_composite: bool
    lowest_rank: int
    highest_rank: int
    dtype: torch.dtype
    takes_integers: bool
    takes_training: bool


def plan_of(layer: Layer) -> CallPlan:
    """Decide about the calls of a layer as it is now."""
    is_direct = (
        layer.built
        and _is_checked_by_rank(layer)
        and not layer._call_losses.is_used
        and layer.activity_regularizer is None
        and not (layer._makes_masks and layer.supports_masking)
        and not layer._is_mixed
        and not layer._casts_outputs
        and layer.autocast
    )
    spec = layer.input_spec
    low, high = 0, _MANY
    if isinstance(spec, InputSpec):
        low = spec.ndim if spec.ndim is not None else spec.min_ndim or 0
        high = spec.ndim if spec.ndim is not None else spec.max_ndim if spec.max_ndim is not None else _MANY
    is_composite = layer._is_graph or bool(layer._children())  # of a graph there may be thousands
    dtype, takes_integers = layer._compute_torch_dtype, layer._takes_integers
    return CallPlan(is_direct, is_composite, low, high, dtype, takes_integers, layer._call_spec.has_training)


def _is_checked_by_rank(layer: Layer) -> bool:
    """Return whether inputs of a good rank that do not fit make ``call`` fail, which then explains itself.

    So it is in layers of this package, where torch's kernels refuse wrong sizes; anybody else's `call` may not notice.
    """
    spec = layer.input_spec
    if spec is None:
        return True
    if not isinstance(spec, InputSpec) or spec.dtype is not None or spec.allow_last_axis_squeeze:
        return False
    return is_own(type(layer)) or not (spec.axes or spec.shape)
