"""`GroupQueryAttention`: attention in which several heads of the query share a head of key and value."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat import naming
from torchkeras_compat.layers.attention.axes import AttentionAxes
from torchkeras_compat.layers.attention.projected_attention import ProjectedAttention, check_positive
from torchkeras_compat.layers.attention.projection import HeadProjection


class GroupQueryAttention(ProjectedAttention):
    """Attention in several heads of the query, groups of which share a head of key and value.

    The projections compute through ``torch.nn.Linear``, the attention through
    ``torch.nn.functional.scaled_dot_product_attention``, unless its weights are asked for.

    Args:
        head_dim: Size of a head.
        num_query_heads: Number of heads of the query, a multiple of ``num_key_value_heads``.
        num_key_value_heads: Number of heads of key and value.
        dropout: Fraction in [0, 1] of the attention weights to drop while training.
        use_bias: Whether the projections have a bias.
        sliding_window: Steps attend only to those less than this many steps away; None for all.
        flash_attention: True to insist on flash attention, False to do without, None to let torch choose.
        kernel_initializer: Initializer of the kernels.
        bias_initializer: Initializer of the biases.
        kernel_regularizer: Penalty of the kernels, added to the loss.
        bias_regularizer: Penalty of the biases.
        activity_regularizer: Penalty of the outputs, also of those of the projections.
        kernel_constraint: Applied to the kernels after each update.
        bias_constraint: Applied to the biases after each update.
        use_gate: Whether the attended values are multiplied by the sigmoid of a further projection of the query.
        seed: Seed of the dropout; None for torch's global generator.
        kwargs: Arguments of `Layer`.

    Input shape:
        Query ``(batch, steps, features)``, value ``(batch, source steps, features)``, key
        ``(batch, source steps, ...)``.
    Output shape:
        That of the query; and, with ``return_attention_scores=True``, the scores ``(batch, num_query_heads, steps,
        source steps)``.

    Raises:
        ValueError: an argument is out of range; shapes do not fit; ``flash_attention=True`` comes with dropout, or
            where scores are asked for.

    Example:
        >>> x = torch.zeros(1, 5, 8)
        >>> GroupQueryAttention(head_dim=4, num_query_heads=4, num_key_value_heads=2)(x, x).shape
        torch.Size([1, 5, 8])

    Source: Ainslie et al. 2023.
    """

    _config_names = (
        "head_dim",
        "num_query_heads",
        "num_key_value_heads",
        "_use_bias",
        "_use_gate",
        "_sliding_window",
        "_dropout",
        "_kernel_initializer",
        "_bias_initializer",
        "_kernel_regularizer",
        "_bias_regularizer",
        "_activity_regularizer",
        "_kernel_constraint",
        "_bias_constraint",
    )

    # Keras's own name of the class: layers are called after it, and their places in files.
    _name_in_files = "GroupedQueryAttention"
    _query_dense: HeadProjection
    _key_dense: HeadProjection
    _value_dense: HeadProjection
    _output_dense: HeadProjection
    _return_attention_scores: bool

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
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
        if type(self) is GroupQueryAttention and kwargs.get("name") is None:
            kwargs["name"] = naming.auto_name(naming.to_snake_case(self._name_in_files))
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
        for name, size in (
            ("head_dim", head_dim),
            ("num_query_heads", num_query_heads),
            ("num_key_value_heads", num_key_value_heads),
        ):
            check_positive(name, size, f"Received an invalid value for argument `{name}`, expected a positive integer.")
        if num_query_heads % num_key_value_heads:
            raise ValueError(
                "`num_query_heads` must be divisible by `num_key_value_heads`. Received:"
                f" num_query_heads={num_query_heads}, num_key_value_heads={num_key_value_heads}"
            )
        self.activity_regularizer = self._activity_regularizer
        self.head_dim = head_dim
        self.num_query_heads = num_query_heads
        self.num_key_value_heads = num_key_value_heads
        self.__dict__["_return_attention_scores"] = False
        self.__dict__["_score_heads"] = num_query_heads
        self.__dict__["_takes_causality"] = type(self)._compute_attention is GroupQueryAttention._compute_attention

    kernel_initializer = property(lambda self: self._kernel_initializer, doc="Initializer of the kernels.")
    bias_initializer = property(lambda self: self._bias_initializer, doc="Initializer of the biases.")
    kernel_regularizer = property(lambda self: self._kernel_regularizer, doc="Penalty of the kernels.")
    bias_regularizer = property(lambda self: self._bias_regularizer, doc="Penalty of the biases.")
    kernel_constraint = property(lambda self: self._kernel_constraint, doc="Constraint of the kernels.")
    bias_constraint = property(lambda self: self._bias_constraint, doc="Constraint of the biases.")

    @property
    def num_repeats(self) -> int:
        """Number of query heads that share a key and a value."""
        return self.num_query_heads // self.num_key_value_heads

    @property
    def feature_dim(self) -> int:
        """Number of features of the query that the layer was built for."""
        size: int = self._output_dense.kernel.shape[-1]
        return size

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        """Make the projections.

        Args:
            query_shape: Shape of the query.
            value_shape: Shape of the value.
            key_shape: Shape of the key; None for that of the value.
        """
        key_shape = value_shape if key_shape is None else key_shape
        self._check_shapes(query_shape, value_shape, key_shape)
        self.__dict__["_axes"] = self._axes_for(len(query_shape))
        heads, shared = (self.num_query_heads, self.head_dim), (self.num_key_value_heads, self.head_dim)
        self._query_dense = self._projection("query", heads)
        self._query_dense.build(query_shape)
        self._key_dense = self._projection("key", shared)
        self._key_dense.build(key_shape)
        if self._use_gate:
            self._gate_dense = self._projection("gate", heads)
            self._gate_dense.build(query_shape)
        self._value_dense = self._projection("value", shared)
        self._value_dense.build(value_shape)
        self._dropout_layer = self._make_dropout()
        self._output_dense = self._projection("attention_output", (query_shape[-1],), 2)
        self._output_dense.build((*query_shape[:-1], *heads))

    def _axes_for(self, rank: int) -> AttentionAxes:
        if rank != 3:
            raise ValueError(
                f"GroupQueryAttention '{self.name}' takes inputs of shape (batch, steps, features). Received"
                f" inputs with {rank} axes."
            )
        return AttentionAxes((1,), rank)

    def _check_shapes(self, query_shape: Any, value_shape: Any, key_shape: Any) -> None:
        if query_shape[-1] != value_shape[-1]:
            raise ValueError(
                "The last dimension of `query_shape` and `value_shape` must be equal. Received:"
                f" query_shape={tuple(query_shape)} and value_shape={tuple(value_shape)}"
            )
        super()._check_shapes(query_shape, value_shape, key_shape)

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
        self.__dict__["_return_attention_scores"] = return_scores
        if not self._takes_causality:  # a method of the user's, which counts on equal numbers of heads
            key, value = (x.repeat_interleave(self.num_repeats, dim=2) for x in (key, value))
        return self._compute_attention(query, key, value, attention_mask=mask, training=training, **causality)

    def _compute_attention(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        attention_mask: Any = None,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return the attended values and the scores of projections ``(batch, steps, heads, features)``."""
        return self._attention(
            query, key, value, attention_mask, training, self._return_attention_scores, use_causal_mask
        )

    def compute_output_shape(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> tuple[int | None, ...]:
        """Return the shape of the query.

        Args:
            query_shape: Shape of the query.
            value_shape: Shape of the value.
            key_shape: Shape of the key; None for that of the value.

        Raises:
            ValueError: shapes do not fit.
        """
        self._check_shapes(query_shape, value_shape, value_shape if key_shape is None else key_shape)
        return tuple(query_shape)
