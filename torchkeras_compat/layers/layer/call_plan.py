"""Whether the calls of a layer may go the short path, straight to ``call``: decided once, not in each call."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
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
        is_direct: Whether a call with tensors, as the fields below want them, may go the short path.
        is_composite: Whether the layer has layers below, whose calls lie within its own.
        lowest_rank: The least number of axes of the input.
        highest_rank: The largest.
        dtype: Of floating point input.
        takes_integers: Whether the input may be of another dtype that is not a floating point one.
        takes_training: Whether ``call`` has a parameter ``training``.
        positional: How many tensors ``call`` takes by position, before ``training`` and masks.
        is_mixed: Whether ``call`` runs under torch's autocast, which is on already where the path is short.
        casts_inputs: Whether floating point input of another dtype is cast to that one.
        autocast: Dtype of the one autocast that all calls of a graph lie in; None where each layer has its own.
    """

    is_direct: bool
    is_composite: bool
    lowest_rank: int
    highest_rank: int
    dtype: torch.dtype
    takes_integers: bool
    takes_training: bool
    positional: int = 1
    is_mixed: bool = False
    casts_inputs: bool = False
    autocast: torch.dtype | None = None


class Plans:
    """The plans that also depend on layers below, which know nothing of the layer above."""

    def __init__(self) -> None:
        self._owners: dict[int, list[weakref.ref[Layer]]] = {}  # by the id of the layer below
        self._most = 1000

    def watch(self, owner: Layer, below: Iterable[Layer]) -> None:
        """Let a layer decide again when something changes that decides about the calls of those below."""
        if len(self._owners) > self._most:
            alive = {key: [ref for ref in refs if ref() is not None] for key, refs in self._owners.items()}
            self._owners = {key: refs for key, refs in alive.items() if refs}
            self._most = max(1000, 2 * len(self._owners))
        reference = weakref.ref(owner)
        for layer in below:
            self._owners.setdefault(id(layer), []).append(reference)

    def changed(self, layer: object) -> None:
        """Say that something changed that decides about the calls of a layer."""
        if id(layer) in self._owners:
            for reference in self._owners.pop(id(layer)):
                owner = reference()
                if owner is not None:
                    owner.__dict__["_call_plan"] = None
                    self.changed(owner)


PLANS = Plans()


def plan_of(layer: Layer) -> CallPlan:
    """Decide about the calls of a layer as it is now."""
    is_direct = (
        layer.built
        and _is_checked_by_rank(layer)
        and not layer._call_losses.is_used
        and layer.activity_regularizer is None
        and not (layer._makes_masks and layer.supports_masking)
        and layer._casts_outputs is layer._is_mixed
        and (layer.autocast or layer._is_graph)
    )
    spec = layer.input_spec
    low, high = 0, _MANY
    if isinstance(spec, InputSpec):
        low = spec.ndim if spec.ndim is not None else spec.min_ndim or 0
        high = spec.ndim if spec.ndim is not None else spec.max_ndim if spec.max_ndim is not None else _MANY
    is_composite = layer._is_graph or bool(layer._children())  # of a graph there may be thousands
    dtype, takes_integers = layer._compute_torch_dtype, layer._takes_integers
    signature = layer._call_spec
    return CallPlan(
        is_direct,
        is_composite,
        low,
        high,
        dtype,
        takes_integers,
        signature.has_training,
        positional=signature.tensors_by_position,
        is_mixed=layer._is_mixed,
        casts_inputs=layer.autocast,
    )


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
