"""`Attention`: dot product attention without projections."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.layers.attention.masks import all_of, as_mask, causal_mask
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.ops.attention import hide
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.dropouts import dropout as drop
from torchkeras_compat.random.seed_generator import SeedGenerator
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.variables import Variable


class Attention(Layer):
    """Attention of Luong: ``softmax(query @ key.T) @ value``, on a list ``[query, value]`` or ``[query, value, key]``.

    Computes through ``torch.nn.functional.scaled_dot_product_attention``, unless its weights are asked for or
    ``score_mode`` is ``"concat"``.

    Args:
        use_scale: Whether the scores are multiplied by a weight.
        score_mode: ``"dot"`` for the dot product of query and key, ``"concat"`` for ``sum(tanh(query + key))`` times a
            weight.
        dropout: Fraction in [0, 1] of the attention weights to drop while training.
        seed: Seed of the dropout; None for torch's global generator.
        kwargs: Arguments of `Layer`.

    Input shape:
        A list: query ``(batch, steps, features)``, value ``(batch, source steps, values)`` and, by default the same,
        key ``(batch, source steps, features)``; there may be more axes after the batch. Masks: a list of those of
        query ``(batch, steps)`` and value ``(batch, source steps)``.
    Output shape:
        ``(batch, steps, values)``; and, with ``return_attention_scores=True``, the scores
        ``(batch, steps, source steps)``.

    Raises:
        ValueError: an argument is out of range; the inputs or masks are not a list of 2 or 3; a mask does not fit.

    Example:
        >>> query, value = torch.zeros(1, 2, 4), torch.ones(1, 3, 4)
        >>> Attention()([query, value]).shape
        torch.Size([1, 2, 4])

    Source: Luong et al. 2015, eq. 7 and 8.
    """

    _takes_integers = False

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if score_mode not in ("dot", "concat"):
            raise ValueError(
                "Invalid value for argument score_mode. Expected one of {'dot', 'concat'}. Received:"
                f" score_mode={score_mode}"
            )
        if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
            raise ValueError(f"`dropout` must be a fraction in [0, 1]. Received: dropout={dropout}")
        self.use_scale = use_scale
        self.score_mode = score_mode
        self.dropout = dropout
        self.seed = seed
        if dropout > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self.scale: Variable | None = None
        self.concat_score_weight: Variable | None = None

    def build(self, input_shape: Any) -> None:
        self._check_inputs(input_shape)
        if self.use_scale:
            self.scale = self.add_weight((), "ones", name="scale")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight((), "ones", name="concat_score_weight")

    def call(
        self,
        inputs: list[torch.Tensor],
        mask: Any = None,
        training: bool | None = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Attend.

        Args:
            inputs: ``[query, value]`` or ``[query, value, key]``.
            mask: List of the masks of query and value, each of which may be None; False at padding.
            training: Whether to drop attention weights.
            return_attention_scores: Whether to return the attention weights too.
            use_causal_mask: Whether a step attends to no later one.

        Raises:
            ValueError: ``inputs`` or ``mask`` is not a list of 2 or 3.
        """
        self._check_inputs(inputs, mask)
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        query_mask, value_mask = (mask[0], mask[1]) if mask else (None, None)
        rate = self.dropout if training else 0.0
        if return_attention_scores or not self._is_fused(rate):
            scores = self._calculate_scores(query, key)
            allowed = self._calculate_score_mask(scores, value_mask, use_causal_mask)
            result, scores = self._apply_scores(scores, value, allowed, rate)
        else:
            result = self._run_fused(query, key, value, value_mask, use_causal_mask, rate)
        if query_mask is not None:
            result = result * as_mask(query_mask).unsqueeze(-1)
        return (result, scores) if return_attention_scores else result

    def _is_fused(self, rate: float) -> bool:
        """Whether torch's kernel computes it."""
        return self.score_mode == "dot" and not (rate and self.seed is not None)

    def _run_fused(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        value_mask: Any,
        use_causal_mask: bool,
        rate: float,
    ) -> torch.Tensor:
        if self.scale is not None:
            query = query * self.scale.value
        allowed = None
        if value_mask is not None:
            allowed = self._calculate_score_mask(query, value_mask, use_causal_mask, key.shape[-2])
        flat = query.ndim == 3  # torch's kernels want an axis for the heads
        if flat:
            query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        if allowed is not None:
            query, allowed = hide(query, allowed.unsqueeze(1) if flat else allowed)
        causal = use_causal_mask and allowed is None
        result = F.scaled_dot_product_attention(query, key, value, allowed, rate, causal, scale=1.0)
        return result.squeeze(1) if flat else result

    def _calculate_scores(self, query: Any, key: Any) -> torch.Tensor:
        """Return the scores ``(batch, steps, source steps)``."""
        query, key = (x if isinstance(x, torch.Tensor) else convert_to_tensor(x) for x in (query, key))
        if self.score_mode == "dot":
            scores: torch.Tensor = query @ key.mT
            return scores if self.scale is None else scores * self.scale.value
        together = query.unsqueeze(-2) + key.unsqueeze(-3)
        if self.scale is not None:
            together = together * self.scale.value
        return torch.tanh(together).sum(dim=-1) * self.concat_score_weight.value  # type: ignore[union-attr]

    def _calculate_score_mask(
        self, scores: Any, v_mask: Any, use_causal_mask: bool, source_steps: int | None = None
    ) -> torch.Tensor | None:
        """Return where a step attends to a source step, ``(batch or 1, steps, source steps)``; None for everywhere."""
        found = []
        if v_mask is not None:
            found.append(as_mask(v_mask).unsqueeze(-2))
        if use_causal_mask:
            device = scores.device if isinstance(scores, torch.Tensor) else torch.device("cpu")
            sizes = scores.shape[-2], source_steps or scores.shape[-1]
            found.append(causal_mask(*sizes, device).reshape((1,) * (len(scores.shape) - 2) + sizes))
        return all_of(found)

    def _apply_scores(
        self, scores: torch.Tensor, value: torch.Tensor, allowed: torch.Tensor | None, rate: float
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the weighted sum of the values, and the weights."""
        if allowed is not None:
            # Large and finite, so that a step that attends to nothing averages.
            lowest = -65504.0 if scores.dtype is torch.float16 else -1e9
            scores = scores + torch.where(allowed, allowed.new_zeros((), dtype=scores.dtype), lowest)
        weights = torch.softmax(scores, dim=-1)
        if rate:
            weights = drop(weights, rate, seed=None if self.seed is None else self.seed_generator)
        return weights @ value, weights

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask of the query."""
        self._check_inputs(inputs, mask)
        if mask is None or mask[0] is None:
            return None
        return mask[0] if isinstance(mask[0], (torch.Tensor, KerasTensor)) else convert_to_tensor(mask[0])

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Return the shape of the query with the size of a value."""
        return (*input_shape[0][:-1], input_shape[1][-1])

    def compute_output_spec(
        self,
        inputs: Any,
        mask: Any = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return KerasTensors of the shapes and dtype that ``call`` would give."""
        self._check_inputs(inputs, mask)
        query, value = inputs[0], inputs[1]
        output = KerasTensor((*query.shape[:-1], value.shape[-1]), self.compute_dtype)
        if not return_attention_scores:
            return output
        return output, KerasTensor((*query.shape[:-1], value.shape[-2]), self.compute_dtype)

    def _check_inputs(self, inputs: Any, mask: Any = None) -> None:
        name = type(self).__name__
        is_shape = isinstance(inputs, (list, tuple)) and bool(inputs) and isinstance(inputs[0], (int, type(None)))
        if is_shape or not isinstance(inputs, (list, tuple)):
            raise ValueError(
                f"{name} layer must be called on a list of inputs, namely [query, value] or [query, value, key]."
                f" Received: {_description(inputs)}."
            )
        if not 2 <= len(inputs) <= 3:
            raise ValueError(
                f"{name} layer accepts inputs list of length 2 or 3, namely [query, value] or [query, value, key]."
                f" Received length: {len(inputs)}."
            )
        if mask is None:
            return
        if not isinstance(mask, (list, tuple)):
            raise ValueError(
                f"{name} layer mask must be a list, namely [query_mask, value_mask]. Received: {_description(mask)}."
            )
        if not 2 <= len(mask) <= 3:
            raise ValueError(
                f"{name} layer accepts mask list of length 2 or 3, namely [query_mask, value_mask]. Received length:"
                f" {len(mask)}."
            )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "use_scale": self.use_scale,
            "score_mode": self.score_mode,
            "dropout": self.dropout,
            "seed": self.seed,
        }


def _description(x: Any) -> str:
    if isinstance(x, (list, tuple)):
        return f"a tensor of shape {tuple(x)}"
    return f"a tensor of shape {tuple(x.shape)}" if hasattr(x, "shape") else repr(x)
