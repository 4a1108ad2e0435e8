"""`Dot`: products of two tensors summed over an axis of each, sample by sample."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional as F

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.merging.base import check_list


class Dot(Layer):
    """Sum over an axis of each of two tensors of their products, for each sample.

    Args:
        axes: The axis of both, or one for each; never the batch axis.
        normalize: Whether to divide by the lengths along these axes first: cosine similarity.
        kwargs: Arguments of `Layer`.

    Input shape:
        A list of two tensors that agree in the batch axis and in the sizes of ``axes``.
    Output shape:
        ``(batch, rest of the first, rest of the second)``; ``(batch, 1)`` where nothing is left.

    Raises:
        TypeError: ``axes`` is neither an int nor a tuple of ints.
        ValueError: ``axes`` holds the batch axis or more than two; the inputs do not fit.

    Example:
        >>> Dot(axes=1)([torch.ones(1, 3), torch.full((1, 3), 2.0)])
        tensor([[6.]])

    Source: Keras API, layers/Dot.
    """

    _takes_lists = True

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axes, int):
            if not isinstance(axes, (list, tuple)):
                raise TypeError(f"Argument `axes` of Dot must be an int or two ints. Received: axes={axes}")
            if len(axes) != 2 or not all(isinstance(axis, int) for axis in axes):
                raise ValueError(f"Argument `axes` of Dot must contain two ints. Received: axes={axes}")
        self.axes = axes
        self.normalize = normalize
        self.supports_masking = True

    def _positive_axes(self, shapes: Sequence[Sequence[int | None]]) -> tuple[int, int]:
        """Return the axis of each input, counted from 0.

        Raises:
            ValueError: the shapes do not fit.
        """
        given = (self.axes, self.axes) if isinstance(self.axes, int) else tuple(self.axes)
        if len(shapes) != 2 or any(len(shape) < 2 for shape in shapes):
            raise ValueError(f"A `Dot` layer should be called on a list of 2 inputs. Received: input_shape={shapes}")
        first, second = (axis % len(shape) for axis, shape in zip(given, shapes, strict=True))
        sizes = shapes[0][first], shapes[1][second]
        if 0 in (first, second) or (None not in sizes and sizes[0] != sizes[1]):
            raise ValueError(
                f"Incompatible input shapes: axis values {sizes[0]} (at axis {first}) != {sizes[1]} (at axis {second}) "
                f"or the batch axis. Full input shapes: {tuple(shapes[0])}, {tuple(shapes[1])}"
            )
        return first, second

    def call(self, inputs: Sequence[torch.Tensor]) -> torch.Tensor:
        """Compute the products."""
        check_list(self, inputs)
        first, second = self._positive_axes([tuple(x.shape) for x in inputs])
        x, y = inputs
        if self.normalize:
            x, y = F.normalize(x, dim=first), F.normalize(y, dim=second)
        letters = iter(string.ascii_lowercase[2:])
        left = ["b" if i == 0 else "a" if i == first else next(letters) for i in range(x.ndim)]
        right = ["b" if i == 0 else "a" if i == second else next(letters) for i in range(y.ndim)]
        rest = "".join(c for c in left + right if c not in "ab")
        output = torch.einsum(f"{''.join(left)},{''.join(right)}->b{rest}", x, y)
        return output if rest else output.unsqueeze(1)

    def compute_output_shape(self, input_shape: Sequence[Sequence[int | None]]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        first, second = self._positive_axes(input_shape)
        left, right = list(input_shape[0]), list(input_shape[1])
        rest = [*left[1:first], *left[first + 1 :], *right[1:second], *right[second + 1 :]]
        return (left[0], *(rest or [1]))

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """Return None: the steps are gone."""
        return None

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}


def dot(inputs: Sequence[Any], axes: int | Sequence[int] = -1, **kwargs: Any) -> Any:
    """Return ``Dot(axes, **kwargs)(inputs)``: the layer `Dot` applied to a list of two."""
    return Dot(axes=axes, **kwargs)(inputs)
