"""`MultiHeadAttention`: scaled dot product attention, in several heads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers.attention.axes import AttentionAxes
from torchkeras_compat.layers.attention.projected_attention import check_positive
from torchkeras_compat.layers.attention.projection import HeadProjection
from torchkeras_compat.layers.attention.subclass_parts import SubclassParts, settable


class MultiHeadAttention(SubclassParts):
    """Attention in several heads: ``softmax(query @ key.T / sqrt(key_dim)) @ value`` of projections, projected again.

    The projections ``query_dense``, ``key_dense``, ``value_dense`` and ``output_dense`` compute through
    ``torch.nn.Linear``, the attention through ``torch.nn.functional.scaled_dot_product_attention``, unless its weights
    are asked for.

    Args:
        num_heads: Number of heads.
        key_dim: Size of a head of query and key.
        value_dim: Size of a head of the value; None for ``key_dim``.
        dropout: Fraction in [0, 1] of the attention weights to drop while training.
        use_bias: Whether the projections have a bias.
        output_shape: Size or sizes of the output; None for that of the query.
        attention_axes: Axis or axes to attend over; None for all but the first and the last.
        sliding_window: Steps attend only to those less than this many steps away; None for all.
        flash_attention: True to insist on flash attention, False to do without, None to let torch choose.
        kernel_initializer: Initializer of the kernels.
        bias_initializer: Initializer of the biases.
        kernel_regularizer: Penalty of the kernels, added to the loss.
        bias_regularizer: Penalty of the biases.
        activity_regularizer: Penalty of the outputs of the projections.
        kernel_constraint: Applied to the kernels after each update.
        bias_constraint: Applied to the biases after each update.
        use_gate: Whether the attended values are multiplied by the sigmoid of a further projection of the query.
        seed: Seed of the dropout; None for torch's global generator.
        kwargs: Arguments of `Layer`.

    Input shape:
        Query ``(batch, steps, features)``, value and key ``(batch, source steps, features)``, or with more axes.
    Output shape:
        ``(batch, steps, features)`` or ``(batch, steps, *output_shape)``; and, with
        ``return_attention_scores=True``, the scores ``(batch, heads, steps, source steps)``.

    Raises:
        ValueError: an argument is out of range; the axes of value and key differ; ``flash_attention=True`` comes with
            dropout, or where scores are asked for.

    Example:
        >>> x = torch.zeros(1, 5, 8)
        >>> MultiHeadAttention(num_heads=2, key_dim=4)(x, x).shape
        torch.Size([1, 5, 8])

    Source: Vaswani et al. 2017, section 3.2; gate: Qiu et al. 2025.
    """

    _config_names = (
        "_num_heads",
        "_key_dim",
        "_value_dim",
        "_dropout",
        "_use_bias",
        "_use_gate",
        "_output_shape",
        "_attention_axes",
        "_sliding_window",
        "_kernel_initializer",
        "_bias_initializer",
        "_kernel_regularizer",
        "_bias_regularizer",
        "_activity_regularizer",
        "_kernel_constraint",
        "_bias_constraint",
    )

    query_dense: HeadProjection
    key_dense: HeadProjection
    value_dense: HeadProjection
    output_dense: HeadProjection
    _output_shape: tuple[int, ...] | None
    _attention_axes: Sequence[int] | None

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        attention_axes: Any = None,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            dropout,
            use_bias,
            sliding_window,
            flash_attention,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            use_gate,
            seed,
            **kwargs,
        )
        for name, size in (("num_heads", num_heads), ("key_dim", key_dim), ("value_dim", value_dim)):
            if size is not None or name != "value_dim":
                check_positive(
                    name, size, f"Received an invalid value for argument `{name}`, expected a positive integer."
                )
        self._num_heads = num_heads
        self._key_dim = key_dim
        self._value_dim = value_dim or key_dim
        self.__dict__["_output_shape"] = _output_sizes(output_shape)
        if isinstance(attention_axes, int):
            attention_axes = (attention_axes,)
        elif attention_axes is not None and not isinstance(attention_axes, (list, tuple)):
            raise ValueError(
                "`attention_axes` must be an int, a list of ints, or None for all axes but the first and the last."
                f" Received: attention_axes={attention_axes}"
            )
        self.__dict__["_attention_axes"] = attention_axes
        self.__dict__["_score_heads"] = num_heads
        self.__dict__["_takes_causality"] = type(self)._compute_attention is MultiHeadAttention._compute_attention

    num_heads = property(lambda self: self._num_heads, doc="Number of heads.")
    key_dim = property(lambda self: self._key_dim, doc="Size of a head of query and key.")
    value_dim = property(lambda self: self._value_dim, doc="Size of a head of the value.")
    output_shape = property(lambda self: self._output_shape, doc="Sizes of the output; None for that of the query.")
    attention_axes = property(lambda self: self._attention_axes, doc="Axes attended over.")

    _query_dense = settable("query_dense")
    _key_dense = settable("key_dense")
    _value_dense = settable("value_dense")
    _output_dense = settable("output_dense")

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        """Make the projections.

        Args:
            query_shape: Shape of the query.
            value_shape: Shape of the value.
            key_shape: Shape of the key; None for that of the value.
        """
        key_shape = value_shape if key_shape is None else key_shape
        self._check_shapes(query_shape, value_shape, key_shape)
        self._axes_for(len(query_shape))
        heads, values = (self._num_heads, self._key_dim), (self._num_heads, self._value_dim)
        self.query_dense = self._build_projection("query", heads, query_shape)
        self.key_dense = self._build_projection("key", heads, key_shape)
        if self._use_gate:
            self._gate_dense = self._build_projection("gate", values, query_shape)
        self.value_dense = self._build_projection("value", values, value_shape)
        self._build_attention(len(query_shape) + 1)
        sizes = (query_shape[-1],) if self._output_shape is None else self._output_shape
        self.output_dense = self._build_projection("attention_output", sizes, (*query_shape[:-1], *values), 2)

    def _build_projection(
        self, name: str, sizes: tuple[int, ...], input_shape: Any, summed_axes: int = 1
    ) -> HeadProjection:
        layer = self._projection(name, sizes, summed_axes)
        layer.build(input_shape)
        return layer

    def _axes_for(self, rank: int) -> AttentionAxes:
        axes = self._attention_axes
        if axes is None and rank < 3:
            raise ValueError(
                f"MultiHeadAttention '{self.name}' attends over axes between the batch and the features. Received"
                f" inputs with {rank} axes."
            )
        return AttentionAxes(range(1, rank - 1) if axes is None else axes, rank)

    def _attend(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        mask: Any,
        training: bool | None,
        return_scores: bool,
        causality: dict[str, bool],
    ) -> tuple[torch.Tensor, Any]:
        return self._compute_attention(query, key, value, mask, training, return_scores, **causality)

    def _compute_attention(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        attention_mask: Any = None,
        training: bool | None = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return the attended values and the scores of projections ``(batch, steps, heads, features)``."""
        return self._attention(query, key, value, attention_mask, training, return_attention_scores, use_causal_mask)

    def compute_output_shape(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> tuple[int | None, ...]:
        """Return the shape of the output.

        Args:
            query_shape: Shape of the query.
            value_shape: Shape of the value.
            key_shape: Shape of the key; None for that of the value.

        Raises:
            ValueError: the axes of value and key differ.
        """
        self._check_shapes(query_shape, value_shape, value_shape if key_shape is None else key_shape)
        return (*query_shape[:-1], *((query_shape[-1],) if self._output_shape is None else self._output_shape))


def _output_sizes(output_shape: Any) -> tuple[int, ...] | None:
    if output_shape is None:
        return None
    sizes = (output_shape,) if isinstance(output_shape, int) else output_shape
    if not isinstance(sizes, (list, tuple)) or any(not isinstance(n, int) or n < 1 for n in sizes):
        raise ValueError(
            "Invalid `output_shape`: expected a positive int, a tuple of them, or None. Received:"
            f" output_shape={output_shape}"
        )
    return tuple(sizes)
