"""What subclasses of `MultiHeadAttention` written for Keras use of it, beside the public attributes."""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from torchkeras_compat.layers.activations.softmax import Softmax
from torchkeras_compat.layers.attention.masks import causal_mask, insert_axes
from torchkeras_compat.layers.attention.projected_attention import ProjectedAttention


class SubclassParts(ProjectedAttention):
    """The protected names of Keras's `MultiHeadAttention`, for subclasses with a ``build`` or ``call`` of their own.

    Such a subclass may assign its own projections, as ``self._query_dense = EinsumDense(...)``.
    """

    if TYPE_CHECKING:
        _attention_axes: Sequence[int] | None
        _key_dim: int

    def _get_common_kwargs_for_sublayer(self) -> dict[str, Any]:
        """Return the arguments that the projections have in common; initializers begin again in each."""
        kernel, bias = self._kernel_initializer, self._bias_initializer
        return {
            "kernel_initializer": type(kernel).from_config(kernel.get_config()),
            "bias_initializer": type(bias).from_config(bias.get_config()),
            "kernel_regularizer": self._kernel_regularizer,
            "bias_regularizer": self._bias_regularizer,
            "activity_regularizer": self._activity_regularizer,
            "kernel_constraint": self._kernel_constraint,
            "bias_constraint": self._bias_constraint,
            "dtype": self.dtype_policy,
        }

    def _build_attention(self, rank: int) -> None:
        """Set which axes are attended over, for projections with ``rank`` axes, and make the dropout."""
        self.__dict__["_axes"] = self._axes_for(rank - 1)
        self.__dict__["_attention_axes"] = self._axes.attended
        self._dropout_layer = self._make_dropout()

    @property
    def _inverse_sqrt_key_dim(self) -> float:
        return 1.0 / math.sqrt(float(self._key_dim))

    @property
    def _dot_product_equation(self) -> str:
        """The einsum of key and query, ``"aecd,abcd->acbe"`` for inputs with steps and features."""
        query, key, scores = self._letters()
        return f"{key},{query}->{scores}"

    @property
    def _combine_equation(self) -> str:
        """The einsum of scores and value, ``"acbe,aecd->abcd"`` for inputs with steps and features."""
        query, key, scores = self._letters()
        return f"{scores},{key}->{query}"

    def _letters(self) -> tuple[str, str, str]:
        axes = self._axes
        letters = string.ascii_letters
        query = letters[: axes.rank + 1]
        sources = dict(zip(axes.attended, letters[axes.rank + 1 :]))
        key = "".join(sources.get(d, letter) for d, letter in enumerate(query))
        free = "".join(query[d] for d in axes.free)
        scores = free + query[axes.rank - 1] + "".join(query[d] for d in axes.attended) + "".join(sources.values())
        return query, key, scores

    @property
    def _softmax(self) -> Softmax:
        """The softmax over the source steps, which the axes of the scores end with."""
        found: Softmax | None = self.__dict__.get("_softmax_of_scores")
        if found is None:
            last = len(self._axes.attended)
            axis = -1 if last == 1 else tuple(range(-last, 0))
            found = self.__dict__["_softmax_of_scores"] = Softmax(axis, dtype=self.dtype_policy)
        return found

    def _masked_softmax(self, attention_scores: torch.Tensor, attention_mask: Any = None) -> torch.Tensor:
        """Return the softmax of scores; the mask may lack the axis of the heads."""
        if attention_mask is not None:
            attention_mask = insert_axes(attention_mask, attention_scores.ndim, 2 * len(self._axes.attended))
        softmax: torch.Tensor = self._softmax(attention_scores, mask=attention_mask)
        return softmax

    def _compute_causal_mask(self, query: torch.Tensor, value: torch.Tensor | None = None) -> torch.Tensor:
        """Return ``(1, steps, source steps)``, True where a step attends to an earlier one or itself."""
        sources = query if value is None else value
        return causal_mask(query.shape[1], sources.shape[1], query.device)[None]


def settable(name: str) -> Any:
    """Return a property for a projection: Keras's protected name of the attribute ``name``."""

    def get(self: Any) -> Any:
        return getattr(self, name)

    def set_to(self: Any, layer: Any) -> None:
        setattr(self, name, layer)

    return property(get, set_to, doc=f"``{name}``, under the name that subclasses for Keras use.")
