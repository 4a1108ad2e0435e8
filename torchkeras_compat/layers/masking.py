"""Masks: boolean tensors that ride on the tensors they belong to."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils import _pytree as pytree

from torchkeras_compat import tree
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def get_mask(x: Any) -> Any:
    """Return the mask of a tensor, or None."""
    return getattr(x, "_keras_mask", None)


def set_mask(x: Any, mask: Any) -> None:
    """Attach ``mask`` to a tensor."""
    x._keras_mask = mask


def masks_of(structure: Any) -> Any:
    """Return the masks of a nested structure of tensors, None where there is none."""
    if isinstance(structure, (torch.Tensor, KerasTensor)):
        return get_mask(structure)
    return tree.map_structure(get_mask, structure)


def any_mask(masks: Any) -> bool:
    """Return whether a nested structure holds a mask."""
    if masks is None:
        return False
    if isinstance(masks, (torch.Tensor, KerasTensor)):
        return True
    return any(m is not None for m in pytree.tree_leaves(masks, is_leaf=lambda m: m is None))


def attach_masks(outputs: Any, masks: Any) -> None:
    """Attach the masks that ``compute_mask`` returned to outputs that carry none yet."""
    flat_outputs = [outputs] if isinstance(outputs, (torch.Tensor, KerasTensor)) else pytree.tree_leaves(outputs)
    if masks is None:
        return
    flat_masks = (
        [masks]
        if isinstance(masks, (torch.Tensor, KerasTensor))
        else pytree.tree_leaves(masks, is_leaf=lambda m: m is None)
    )
    for x, mask in zip(flat_outputs, flat_masks, strict=False):
        if mask is not None and isinstance(x, (torch.Tensor, KerasTensor)) and get_mask(x) is None:
            set_mask(x, mask)
