"""`WordDropoutEmbedding`: ``Embedding(dropout=)`` of Keras 1, which drops words as a whole."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F

from torchkeras_compat.layers.core.embedding import Embedding
from torchkeras_compat.layers.regularization.dropout import check_rate


class WordDropoutEmbedding(Embedding):
    """An `Embedding` that, while training, sets a fraction of its rows to zero and scales the others up.

    A word that is dropped is dropped at every place of the batch: the mask is one for the rows of the table.

    Args:
        input_dim: Number of rows.
        output_dim: Size of a vector.
        dropout: Fraction in [0, 1) of the rows to drop.
        kwargs: Further arguments of `Embedding`.

    Input shape:
        ``(batch, ...)``, integers.
    Output shape:
        ``(batch, ..., output_dim)``.

    Raises:
        ValueError: ``dropout`` is not in [0, 1], or an argument of `Embedding` is not valid.

    Example:
        >>> WordDropoutEmbedding(10, 4, dropout=0.2)(torch.tensor([[1, 2]])).shape
        torch.Size([1, 2, 4])

    Source: Gal and Ghahramani 2016, "A Theoretically Grounded Application of Dropout in Recurrent Neural Networks",
    section 4.2; Keras 1.2 API, layers/Embedding.
    """

    def __init__(self, input_dim: int, output_dim: int, *args: Any, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(input_dim, output_dim, *args, **kwargs)
        self.dropout = check_rate(dropout)

    def call(self, inputs: torch.Tensor, training: bool | None = None) -> torch.Tensor:
        """Compute the layer."""
        rows = super().call(inputs)
        if not training or not 0 < self.dropout < 1:
            return rows
        kept = torch.full((self.input_dim, 1), 1.0 - self.dropout, dtype=rows.dtype, device=rows.device)
        kept = kept.bernoulli() / (1.0 - self.dropout)
        return rows * F.embedding(inputs.long(), kept)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dropout": self.dropout}
