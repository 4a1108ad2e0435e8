"""What the layers have in common that make one tensor of several."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import torch

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


class Merge(Layer):
    """Base of the layers that combine tensors element by element, broadcasting as NumPy does.

    A tensor with fewer axes gets axes of size one after the batch axis. The mask of the output lets through what the
    mask of any input lets through; there is none unless every input has one.
    """

    _takes_lists = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def _combine(self, tensors: Sequence[torch.Tensor]) -> torch.Tensor:
        """Return the one tensor."""
        raise NotImplementedError

    def call(self, inputs: Sequence[torch.Tensor]) -> torch.Tensor:
        """Combine the inputs.

        Raises:
            ValueError: they are not a list of tensors, or their shapes do not fit together.
        """
        check_list(self, inputs)
        ranks = [x.ndim for x in inputs]
        most = max(ranks)
        if min(ranks) != most:
            inputs = [x if x.ndim == most else _with_rank(x, most) for x in inputs]
        try:
            return self._combine(inputs)
        except RuntimeError as error:
            raise ValueError(
                "Inputs have incompatible shapes. Received shapes " + ", ".join(str(tuple(x.shape)) for x in inputs)
            ) from error

    def _known_output_shape(self, input_shape: Any) -> tuple[int | None, ...] | None:
        return _broadcast_shape(input_shape) if isinstance(input_shape, list) else None

    def compute_mask(self, inputs: Any, mask: Any = None) -> torch.Tensor | None:
        """Return where the mask of any input is True; None unless every input has a mask."""
        masks = mask_list(inputs, mask)
        return None if any(m is None for m in masks) else reduce(torch.logical_or, masks)


def check_list(layer: Layer, inputs: Any) -> None:
    """Check that a merging layer was called on a list of tensors.

    Raises:
        ValueError: it was not.
    """
    if not isinstance(inputs, (list, tuple)) or not inputs:
        received = f"shape {tuple(inputs.shape)}" if hasattr(inputs, "shape") else repr(inputs)
        raise ValueError(
            f"A merge layer should be called on a list of inputs. Received: inputs={received} in {layer.name} (not a "
            "list of tensors)"
        )


def mask_list(inputs: Any, masks: Any) -> list[Any]:
    """Return the mask of each input, None where it has none.

    Raises:
        ValueError: the inputs or masks are not a list, or their numbers differ.
    """
    if masks is None:
        return [None]
    if not isinstance(masks, (list, tuple)):
        raise ValueError(f"`mask` should be a list. Received: mask={masks}")
    if not isinstance(inputs, (list, tuple)):
        raise ValueError(f"`inputs` should be a list. Received: inputs={inputs}")
    if len(masks) != len(inputs):
        raise ValueError(
            "The lists `inputs` and `mask` should have the same length. Received: "
            f"{len(inputs)} inputs, {len(masks)} masks."
        )
    return [
        mask if mask is None or isinstance(mask, KerasTensor) else convert_to_tensor(mask, "bool") for mask in masks
    ]


def _broadcast_shape(shapes: Sequence[tuple[int | None, ...]]) -> tuple[int | None, ...] | None:
    """Return the shape of merged tensors; None where the shapes do not fit, or there are none."""
    rank = max(map(len, shapes), default=0)
    if min(map(len, shapes), default=0) == 0:
        return None
    merged: list[int | None] = []
    for sizes in zip(*((*shape[:1], *(1,) * (rank - len(shape)), *shape[1:]) for shape in shapes), strict=True):
        known = {size for size in sizes if size not in (1, None)}
        if len(known) > 1:
            return None
        merged.append(known.pop() if known else None if None in sizes else 1)
    return tuple(merged)


def _with_rank(x: torch.Tensor, rank: int) -> torch.Tensor:
    return x.reshape(x.shape[:1] + (1,) * (rank - x.ndim) + x.shape[1:])
