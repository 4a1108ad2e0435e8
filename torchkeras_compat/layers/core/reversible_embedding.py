"""`ReversibleEmbedding`: a table that also turns vectors back into scores of its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional as F

from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.layers.core.embedding import Embedding
from torchkeras_compat.layers.layer.adapters import adapter_of
from torchkeras_compat.layers.layer.shape_inference import infer_call
from torchkeras_compat.layouts import Permuted
from torchkeras_compat.variables import Variable

if TYPE_CHECKING:
    from torchkeras_compat.layers.adaptation.reversible_embedding import ReversibleEmbeddingAdapter


def _score_rows(table: Any, x: torch.Tensor) -> torch.Tensor:
    """Return the product of vectors with each row of a table."""
    return F.linear(x, table.weight.to(x.dtype))


class ReversibleEmbedding(Embedding):
    """Looks integers up in a table of vectors; with ``reverse=True``, scores every row by its product with vectors.

    Computes through ``self.embedding``, a ``torch.nn.Embedding``; the scores come from its weight, or, without
    ``tie_weights``, from ``self.reverse_linear``, a ``torch.nn.Linear``. The last layer of a language model is its
    first one reversed.

    Args:
        input_dim: Number of rows: the integers are in ``[0, input_dim)``.
        output_dim: Size of a vector.
        tie_weights: Whether scores use the table itself; if not, a second one.
        embeddings_initializer: Initializer of the tables.
        embeddings_regularizer: Penalty of the table.
        embeddings_constraint: Applied to the table after each update.
        mask_zero: Whether 0 is padding: the vectors then carry the mask ``inputs != 0``.
        reverse_dtype: Dtype in which scores are computed and returned; None for the compute dtype.
        logit_soft_cap: Limit that scores approach, ``cap * tanh(scores / cap)``; None for none.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, ...)``, integers; reversed ``(batch, ..., output_dim)``.
    Output shape:
        ``(batch, ..., output_dim)``; reversed ``(batch, ..., input_dim)``.

    Raises:
        ValueError: ``input_dim`` or ``output_dim`` is not a positive int, or ``logit_soft_cap`` is not positive.

    Example:
        >>> layer = ReversibleEmbedding(10, 4)
        >>> layer(layer(torch.tensor([[1, 2]])), reverse=True).shape
        torch.Size([1, 2, 10])

    Source: Keras API, layers/ReversibleEmbedding. Press and Wolf 2017 (tied weights); Gemma Team 2024 (the cap).
    """

    _file_order = ("_embeddings", "reverse_embeddings")
    reverse_linear: nn.Linear
    reverse_embeddings: Variable
    inputs_quantizer: Callable[..., Any] | None
    _score_rows: Callable[[Any, torch.Tensor], torch.Tensor] = staticmethod(_score_rows)

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        tie_weights: bool = True,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        reverse_dtype: Any = None,
        logit_soft_cap: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            input_dim,
            output_dim,
            embeddings_initializer,
            embeddings_regularizer,
            embeddings_constraint,
            mask_zero,
            **kwargs,
        )
        if logit_soft_cap is not None and logit_soft_cap <= 0:
            raise ValueError(f"`logit_soft_cap` is None or positive. Received: logit_soft_cap={logit_soft_cap}")
        self.tie_weights = tie_weights
        self.reverse_dtype = None if reverse_dtype is None else standardize_dtype(reverse_dtype)
        self.logit_soft_cap = logit_soft_cap
        self.__dict__["_was_reversed"] = False
        self._set_policy(self._dtype_policy)

    def _set_policy(self, policy: Any) -> None:
        super()._set_policy(policy)
        if self.__dict__.get("reverse_dtype") is not None:
            self.__dict__["_casts_outputs"] = False  # vectors and scores have dtypes of their own

    def build(self, input_shape: Any = None) -> None:
        super().build(input_shape)
        if not self.tie_weights:
            self._make_torch_module("reverse_linear", nn.Linear, self.output_dim, self.input_dim, bias=False)
            self.reverse_embeddings = self._add_weight_view(
                "reverse_embeddings", [(self.reverse_linear, "weight")], self.embeddings_initializer, Permuted(1, 0)
            )

    def call(self, inputs: torch.Tensor, reverse: bool = False) -> torch.Tensor:
        """Look the inputs up, or score the rows if ``reverse``."""
        self.__dict__["_was_reversed"] = reverse
        if not reverse:
            return super().call(inputs).to(self._compute_torch_dtype)
        if self.reverse_dtype is None:
            scores = self._scores(inputs.to(self._compute_torch_dtype))
        else:
            with torch.autocast(self._device_type(), enabled=False):
                scores = self._scores(inputs.to(to_torch_dtype(self.reverse_dtype)))
        cap = self.logit_soft_cap
        return scores if cap is None else torch.tanh(scores / cap) * cap

    def _scores(self, x: torch.Tensor) -> torch.Tensor:
        return self._score_rows(self.embedding if self.tie_weights else self.reverse_linear, x)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return a KerasTensor of what ``call`` would return."""
        return infer_call(self, args, kwargs)

    def compute_output_shape(self, input_shape: Sequence[int | None], reverse: bool = False) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        return (*input_shape[:-1], self.input_dim) if reverse else (*input_shape, self.output_dim)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return where the integers of the last call are not 0; None for scores, or without ``mask_zero``."""
        return None if self._was_reversed else super().compute_mask(inputs, mask)

    def get_config(self) -> dict[str, Any]:
        config = {"tie_weights": self.tie_weights, "reverse_dtype": self.reverse_dtype}
        return {**super().get_config(), **config, "logit_soft_cap": self.logit_soft_cap}


@adapter_of.register(ReversibleEmbedding)
def _adapter(layer: ReversibleEmbedding) -> ReversibleEmbeddingAdapter:
    # With the quantizers, which few models need (40 ms).
    from torchkeras_compat.layers.adaptation.reversible_embedding import ReversibleEmbeddingAdapter

    return ReversibleEmbeddingAdapter(layer)
