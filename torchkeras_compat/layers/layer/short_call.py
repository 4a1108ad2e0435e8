"""The arguments of a call that may go the short path though they are not one tensor without autocast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from torchkeras_compat.layers.layer.call_plan import CallPlan
from torchkeras_compat.layers.layer.modes import SelfTraining

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer

_Tensor = torch.Tensor
_CONTAINERS = frozenset((list, tuple, dict))


def ready_arguments(
    layer: Layer, plan: CallPlan, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, ...] | None:
    """Return the tensors that ``call`` takes by position, as the full call would hand them on; None if it has to.

    They are several tensors, lists, tuples and dicts of tensors, and what is cast to the dtype of the layer. The only
    keyword is ``training``, where it says the mode that the layer is in. Containers are copied, as the full call does.

    Args:
        layer: The layer, built.
        plan: Its plan, which is direct.
        args: Positional arguments.
        kwargs: Keyword arguments.
    """
    if kwargs and (len(kwargs) > 1 or not is_own_mode(layer, kwargs.get("training", layer))):
        return None
    if kwargs and not plan.takes_training and layer._call_spec.accepts_any_keyword:
        return None
    if len(args) > plan.positional and len(args) > 1:
        return None
    ready: list[Any] = []
    for x in args:
        kind = type(x)
        if kind is _Tensor:
            leaves: Any = (x,)
            if not ready and not plan.lowest_rank <= x.dim() <= plan.highest_rank:
                return None
        elif kind not in _CONTAINERS or layer.input_spec is not None or not x:
            return None
        else:
            leaves = x.values() if kind is dict else x
        casts = False
        for leaf in leaves:
            if type(leaf) is not _Tensor or hasattr(leaf, "_keras_mask"):
                return None
            if leaf.dtype is not plan.dtype:
                if not leaf.is_floating_point():
                    if not plan.takes_integers:
                        return None
                elif plan.casts_inputs:
                    casts = True
        if plan.is_mixed:
            first: torch.Tensor = next(iter(leaves))
            where = "cpu" if first.is_meta else first.device.type  # as in `precision`, for shapes
            if not torch.is_autocast_enabled(where) or torch.get_autocast_dtype(where) is not plan.dtype:
                return None
        if casts:
            x = _cast(x, plan.dtype)
        elif kind is list:
            x = list(x)
        elif kind is dict:
            x = dict(x)
        ready.append(x)
    return tuple(ready) if ready else None


def is_own_mode(layer: Layer, training: Any) -> bool:
    """Return whether a ``training`` argument asks for the mode that the layer, and all below it, is in."""
    return training is None or (training is layer.training and (training or not SelfTraining.exists))


def _cast(x: Any, dtype: torch.dtype) -> Any:
    if type(x) is _Tensor:
        return x.to(dtype)
    if type(x) is dict:
        return {key: leaf.to(dtype) if leaf.is_floating_point() else leaf for key, leaf in x.items()}
    return type(x)(leaf.to(dtype) if leaf.is_floating_point() else leaf for leaf in x)
