"""`CosineMerge`: the mode `"cos"` of merges of Keras 1, in files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.config import epsilon
from torchkeras_compat.layers.merging.base import check_list
from torchkeras_compat.layers.merging.dot import Dot


class CosineMerge(Dot):
    """Products of two tensors divided by the roots of their products with themselves, with a new axis 1.

    Of vectors this is the cosine. Of steps it is more: each product of two steps is divided by a number that belongs
    to this pair of positions, ``sqrt(x[i] @ x[j] * y[i] @ y[j])``, which need not be the lengths of the two.

    Args:
        axes: The axis of both, or one for each; never the batch axis.
        kwargs: Arguments of `Layer`.

    Input shape:
        A list of two tensors of one shape.
    Output shape:
        ``(batch, 1, rest of the first, rest of the second)``; ``(batch, 1, 1)`` where nothing is left.

    Raises:
        TypeError: ``axes`` is neither an int nor a tuple of ints.
        ValueError: ``axes`` holds the batch axis; the inputs do not fit.

    Example:
        >>> CosineMerge(axes=1)([torch.ones(1, 4), torch.full((1, 4), 2.0)])
        tensor([[[1.]]])

    Source: Keras 1.2 API, engine/topology, `Merge`.
    """

    def __init__(self, axes: int | Sequence[int], **kwargs: Any) -> None:
        super().__init__(axes, **kwargs)

    def call(self, inputs: Sequence[torch.Tensor]) -> torch.Tensor:
        """Compute the quotients."""
        check_list(self, inputs)
        x, y = inputs
        lengths = torch.sqrt(super().call([x, x]) * super().call([y, y]))
        quotients = super().call([x, y]) / lengths.clamp(min=epsilon())
        return quotients.unsqueeze(1)

    def compute_output_shape(self, input_shape: Sequence[Sequence[int | None]]) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        batch, *rest = super().compute_output_shape(input_shape)
        return (batch, 1, *rest)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["normalize"]
        return config
