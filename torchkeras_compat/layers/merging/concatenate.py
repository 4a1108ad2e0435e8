"""`Concatenate`: tensors one after the other along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import torch

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.merging.base import check_list, mask_list
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


class Concatenate(Layer):
    """Puts tensors one after the other along an axis.

    Args:
        axis: The axis.
        kwargs: Arguments of `Layer`.

    Input shape:
        A list of tensors whose shapes agree but for ``axis``.
    Output shape:
        The same shape, ``axis`` as long as all together.

    Raises:
        ValueError: the inputs are not a list, or their shapes do not agree.

    Example:
        >>> Concatenate()([torch.zeros(1, 2), torch.ones(1, 1)])
        tensor([[0., 0., 1.]])

    Source: Keras API, layers/Concatenate.
    """

    _takes_lists = True

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self.supports_masking = True

    def call(self, inputs: Sequence[torch.Tensor]) -> torch.Tensor:
        """Concatenate the inputs."""
        check_list(self, inputs)
        try:
            return torch.cat(tuple(inputs), self.axis)
        except (RuntimeError, IndexError) as error:
            raise self._shape_error([tuple(x.shape) for x in inputs]) from error

    def _shape_error(self, shapes: Sequence[Sequence[int | None]]) -> ValueError:
        return ValueError(
            "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis "
            f"{self.axis}. Received: input_shape={list(shapes)}"
        )

    def compute_output_shape(self, input_shape: Sequence[Sequence[int | None]]) -> tuple[int | None, ...]:
        """Return the shape of the output.

        Raises:
            ValueError: the shapes do not agree.
        """
        shapes = [list(shape) for shape in input_shape]
        rank = len(shapes[0])
        if any(len(shape) != rank for shape in shapes) or not -rank <= self.axis < rank:
            raise self._shape_error(input_shape)
        axis = self.axis % rank
        sizes = [shape.pop(axis) for shape in shapes]
        rest = [{size for size in column if size is not None} for column in zip(*shapes, strict=True)]
        if any(len(found) > 1 for found in rest):
            raise self._shape_error(input_shape)
        output: list[int | None] = [next(iter(found), None) for found in rest]
        known = [size for size in sizes if size is not None]
        output.insert(axis, sum(known) if len(known) == len(sizes) else None)
        return tuple(output)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the masks one after the other, or joined with "or" where the axis is none of theirs.

        An input without mask counts as all True; None if no input has one.
        """
        given = mask_list(inputs, mask)
        if all(m is None for m in given):
            return None
        axes = max(len(m.shape) for m in given if m is not None)
        axis = self.axis % len(inputs[0].shape)
        if not any(isinstance(m, KerasTensor) for m in given):
            return _join_masks(
                [_all_true(x, axes) if m is None else m for x, m in zip(inputs, given, strict=True)], axis, axes
            )
        # As many steps as Keras records: they decide on the order of layers, and with it of weights.
        masks = []
        late = all(m is None or m.is_found_late for m in given)  # those beside others count as True
        for x, m in zip(inputs, given, strict=True):
            if m is None or (m.is_found_late and not late):
                masks.append(_all_true(x, axes))
            else:
                masks.append(_recorded_step(_recorded_step(m), _recorded_step(x)))
        return _recorded_step(_join_masks(masks, axis, axes))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


@operation
def _all_true(x: Any, axes: int) -> torch.Tensor:
    return torch.ones_like(x[(..., *(0,) * (x.ndim - axes))], dtype=torch.bool)


@operation
def _recorded_step(x: Any, other: Any = None) -> Any:
    return x


@operation
def _join_masks(masks: list[Any], axis: int, axes: int) -> torch.Tensor:
    return torch.cat(masks, axis) if axis < axes else reduce(torch.logical_or, masks)


def concatenate(inputs: Sequence[Any], axis: int = -1, **kwargs: Any) -> Any:
    """Return ``Concatenate(axis, **kwargs)(inputs)``: the layer `Concatenate` applied to a list."""
    return Concatenate(axis=axis, **kwargs)(inputs)
