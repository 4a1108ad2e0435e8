"""Torch modules that look rows up in a table, and score them: one in low-bit form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from torchkeras_compat.layers.adaptation.contraction import Contraction
from torchkeras_compat.layers.adaptation.lora import LowRankTable
from torchkeras_compat.layers.adaptation.products import QuantizedProduct, multiply_quantized
from torchkeras_compat.layers.adaptation.stored import StoredWeight

SCORES = Contraction("...c,dc->...d")
"""The product of vectors with each row of a table."""


class QuantizedTable(nn.Module):
    """Rows of a table of int8 or int4.

    Args:
        weight: The table.
        input_quantizer: Quantizer of the vectors that rows are scored with; None for products of floats.
    """

    def __init__(self, weight: StoredWeight, input_quantizer: Callable[..., Any] | None = None) -> None:
        super().__init__()
        self.weight = weight
        self.input_quantizer = input_quantizer

    def forward(self, indices: torch.Tensor) -> torch.Tensor:
        """Return the rows."""
        return self.weight.look_up(indices)


def score_rows(table: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Return the product of vectors with each row of the table that a module looks up in.

    Args:
        table: ``torch.nn.Embedding``, `QuantizedTable`, or `LowRankTable` around one; or a linear map without bias,
            quantized or not.
        x: ``(..., size of a vector)``, floating point.

    Returns:
        ``(..., rows)``, in the dtype of ``x``.
    """
    if isinstance(table, LowRankTable):
        b, a = table.lora_b.to(x.dtype), table.lora_a.to(x.dtype)
        return score_rows(table.base_layer, x) + F.linear(F.linear(x, b), a) * table.scaling
    if isinstance(table, QuantizedTable):
        return multiply_quantized(SCORES, x, table.weight, table.input_quantizer)
    if isinstance(table, QuantizedProduct):
        scores: torch.Tensor = table(x)
        return scores
    weight: Any = table.weight
    return F.linear(x, weight.to(x.dtype))
