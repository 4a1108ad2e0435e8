"""Masks: boolean tensors attached to the tensors they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat import tree
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.typing import Masks, Tensors
from torchkeras_compat.user_warnings import warn_user

if TYPE_CHECKING:
    from torchkeras_compat.layers.layer.layer import Layer


def get_mask(x: Any) -> torch.Tensor | KerasTensor | None:
    """Return the mask of a tensor, or None."""
    mask: torch.Tensor | KerasTensor | None = getattr(x, "_keras_mask", None)
    return mask


def set_mask(x: Any, mask: Any) -> None:
    """Attach ``mask`` to a tensor."""
    x._keras_mask = mask


def masks_of(structure: Tensors) -> Masks:
    """Return the masks of a nested structure of tensors, None where there is none."""
    if isinstance(structure, (torch.Tensor, KerasTensor)):
        return get_mask(structure)
    masks: Masks = tree.map_structure(get_mask, structure)
    return masks


def any_mask(masks: Masks) -> bool:
    """Return whether a nested structure holds a mask."""
    if masks is None:
        return False
    if isinstance(masks, (torch.Tensor, KerasTensor)):
        return True
    return any(m is not None for m in pytree.tree_leaves(masks, is_leaf=lambda m: m is None))


def hand_masks_on(layer: Layer, inputs: Tensors, outputs: Tensors, masks: Masks) -> None:
    """Give the outputs of a call the masks that the layer computes from those of its inputs.

    Outputs keep the masks that they carry; where all of them do, the layer is not asked.
    """
    if not layer.supports_masking:
        if any_mask(masks) and any(get_mask(x) is not None for x in _flat(inputs)):  # and not only given by the user
            warn_of_lost_mask(layer)
    elif layer._makes_masks or any_mask(masks):
        if any(get_mask(x) is None for x in _flat(outputs)):
            found = layer.compute_mask(inputs, masks)
            _note_late(layer, masks, found)
            attach_masks(outputs, found)


def _note_late(layer: Layer, masks: Masks, found: Masks) -> None:
    """Mark symbolic masks that follow from none but late ones."""
    before = [] if masks is None else [m for m in _flat(masks) if isinstance(m, KerasTensor)]
    if before and not layer._makes_masks and all(m.is_found_late for m in before):
        for mask in [] if found is None else _flat(found):
            if isinstance(mask, KerasTensor):
                mask.is_found_late = True


def attach_masks(outputs: Tensors, masks: Masks) -> None:
    """Attach the masks that ``compute_mask`` returned to outputs that carry none yet."""
    if masks is None:
        return
    for x, mask in zip(_flat(outputs), _flat(masks), strict=False):
        if mask is not None and isinstance(x, (torch.Tensor, KerasTensor)) and get_mask(x) is None:
            set_mask(x, mask)


def _flat(structure: Tensors) -> list[Any]:
    return [structure] if isinstance(structure, (torch.Tensor, KerasTensor)) else tree.flatten(structure)


def warn_of_lost_mask(layer: Layer) -> None:
    """Warn, once for a layer, that its outputs carry no mask though its inputs do.

    The layers of a functional model warn for it.
    """
    if layer._is_graph or layer._has_lost_mask:
        return
    layer.__dict__["_has_lost_mask"] = True
    warn_user(
        f"The layer '{layer.name}' (of type {type(layer).__name__}) got an input with a mask, does not support masking "
        "and drops the mask: later layers, losses and metrics will count the masked steps. Set `supports_masking = "
        "True` in a layer that keeps steps in their places, or unmask before it."
    )
