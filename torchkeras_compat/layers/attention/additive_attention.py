"""`AdditiveAttention`: attention whose scores are a small network of query and key."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.layers.attention.attention import Attention
from torchkeras_compat.ops.conversion import convert_to_tensor


class AdditiveAttention(Attention):
    """Attention of Bahdanau: ``softmax(sum(scale * tanh(query + key))) @ value``, on ``[query, value, key]``.

    Args:
        use_scale: Whether the features are multiplied by the weight ``scale`` before they are summed.
        dropout: Fraction in [0, 1] of the attention weights to drop while training.
        kwargs: Arguments of `Layer`; ``seed`` of the dropout.

    Input shape:
        A list: query ``(batch, steps, features)``, value ``(batch, source steps, features)`` and, by default the same,
        key. Masks: a list of those of query ``(batch, steps)`` and value ``(batch, source steps)``.
    Output shape:
        ``(batch, steps, features)``; and, with ``return_attention_scores=True``, the scores
        ``(batch, steps, source steps)``.

    Raises:
        ValueError: ``dropout`` is out of range, or the inputs or masks are not a list of 2 or 3.

    Example:
        >>> query, value = torch.zeros(1, 2, 4), torch.ones(1, 3, 4)
        >>> AdditiveAttention()([query, value]).shape
        torch.Size([1, 2, 4])

    Source: Bahdanau et al. 2015, section A.1.2.
    """

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape: Any) -> None:
        self._check_inputs(input_shape)
        if self.use_scale:
            features = input_shape[0][-1]
            if features is None:
                raise ValueError(
                    f"AdditiveAttention '{self.name}' needs to know the size of the last axis of the query. Received"
                    f" shape {tuple(input_shape[0])}."
                )
            self.scale = self.add_weight((features,), "glorot_uniform", name="scale")

    def _is_fused(self, rate: float) -> bool:
        return False

    def _calculate_scores(self, query: Any, key: Any) -> torch.Tensor:
        query, key = (x if isinstance(x, torch.Tensor) else convert_to_tensor(x) for x in (query, key))
        together = torch.tanh(query.unsqueeze(-2) + key.unsqueeze(-3))
        return together.sum(dim=-1) if self.scale is None else together @ self.scale.value

    def get_config(self) -> dict[str, Any]:
        return {k: v for k, v in super().get_config().items() if k != "score_mode"}
