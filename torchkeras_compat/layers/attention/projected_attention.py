"""`ProjectedAttention`: what the attention layers with heads share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F

from torchkeras_compat import config, constraints, initializers, regularizers
from torchkeras_compat.dtypes.identifiers import serialize as serialize_policy
from torchkeras_compat.dtypes.policy_map import DTypePolicyMap
from torchkeras_compat.layers.attention.axes import AttentionAxes
from torchkeras_compat.layers.attention.masks import all_of, as_mask, causal_mask
from torchkeras_compat.layers.attention.projection import HeadProjection
from torchkeras_compat.layers.layer.call_signature import stands_for_call
from torchkeras_compat.layers.layer.call_state import STATE, forget_losses
from torchkeras_compat.layers.layer.config_items import config_items
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.short_call import is_own_mode
from torchkeras_compat.layers.regularization.dropout import Dropout
from torchkeras_compat.ops.attention import attention_kernels, hide
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.random.dropouts import dropout as seeded_dropout
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

_Tensor = torch.Tensor
_SWITCHES = {"return_attention_scores", "use_causal_mask", "training"}


class ProjectedAttention(Layer):
    """Base of the layers that project query, key and value to heads, attend, and project the heads together.

    Args:
        dropout: Fraction in [0, 1] of the attention weights to drop while training.
        use_bias: Whether the projections have a bias.
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

    Raises:
        ValueError: an argument is out of range, or dropout comes with ``flash_attention=True``.
    """

    _config_names: tuple[str, ...] = ()  # the attributes of the arguments, in the order of Keras's configs

    _axes: AttentionAxes
    _gate_dense: HeadProjection
    _dropout_layer: Dropout
    # Number of heads of the scores.
    _score_heads: int
    # Whether `_compute_attention` is ours, and makes a causal mask itself.
    _takes_causality: bool

    def __init__(
        self,
        dropout: float,
        use_bias: bool,
        sliding_window: int | None,
        flash_attention: bool | None,
        kernel_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        bias_regularizer: Any,
        activity_regularizer: Any,
        kernel_constraint: Any,
        bias_constraint: Any,
        use_gate: bool,
        seed: int | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if sliding_window is not None:
            check_positive("sliding_window", sliding_window, "`sliding_window` must be None or a positive integer.")
        self.supports_masking = True
        self._dropout = dropout
        self._use_bias = use_bias
        self._use_gate = use_gate
        self._sliding_window = sliding_window
        self._flash_attention = config.is_flash_attention_enabled() if flash_attention is None else flash_attention
        if self._flash_attention and dropout > 0.0:
            raise ValueError(
                "Dropout is not supported when flash attention is enabled. Please set dropout to 0.0 to use flash"
                f" attention. Received: dropout={dropout}"
            )
        self._kernel_initializer = initializers.get(kernel_initializer)
        self._bias_initializer = initializers.get(bias_initializer)
        self._kernel_regularizer = regularizers.get(kernel_regularizer)
        self._bias_regularizer = regularizers.get(bias_regularizer)
        self._activity_regularizer = regularizers.get(activity_regularizer)
        self._kernel_constraint = constraints.get(kernel_constraint)
        self._bias_constraint = constraints.get(bias_constraint)
        self.seed = seed

    dropout = property(lambda self: self._dropout, doc="Fraction of the attention weights to drop while training.")
    use_bias = property(lambda self: self._use_bias, doc="Whether the projections have a bias.")
    use_gate = property(lambda self: self._use_gate, doc="Whether the attended values are gated.")
    sliding_window = property(lambda self: self._sliding_window, doc="How far steps attend; None for no bound.")

    # Each subclass holds the projections under the names that Keras gives them there.
    if TYPE_CHECKING:

        @property
        def _query_dense(self) -> HeadProjection: ...
        @property
        def _key_dense(self) -> HeadProjection: ...
        @property
        def _value_dense(self) -> HeadProjection: ...
        @property
        def _output_dense(self) -> HeadProjection: ...

    # -- building --------------------------------------------------------------------------------------------------

    def _projection(self, name: str, output_sizes: tuple[int, ...], summed_axes: int = 1) -> HeadProjection:
        def own(initializer: Any) -> Any:  # a seeded initializer starts again in each projection
            return (
                initializer.from_config(initializer.get_config()) if hasattr(initializer, "get_config") else initializer
            )

        return HeadProjection(
            output_sizes,
            summed_axes,
            use_bias=self._use_bias,
            kernel_initializer=own(self._kernel_initializer),
            bias_initializer=own(self._bias_initializer),
            kernel_regularizer=self._kernel_regularizer,
            bias_regularizer=self._bias_regularizer,
            activity_regularizer=self._activity_regularizer,
            kernel_constraint=self._kernel_constraint,
            bias_constraint=self._bias_constraint,
            name=name,
            dtype=self.dtype_policy,
        )

    def _axes_for(self, rank: int) -> AttentionAxes:
        """Return the axes of inputs with ``rank`` axes."""
        raise NotImplementedError

    def _make_dropout(self) -> Dropout:
        return Dropout(self._dropout, seed=self.seed, dtype=self.dtype_policy)

    # -- calling ---------------------------------------------------------------------------------------------------

    @stands_for_call
    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Go straight to ``call`` where query, value and key are tensors without masks, as `Layer.forward` does."""
        plan = self._call_plan
        is_direct = plan is not None and plan.is_direct and not plan.is_mixed and not STATE.autocasts
        if plan is not None and is_direct and 2 <= len(args) <= 3 and kwargs.keys() <= _SWITCHES:
            for x in args:
                if type(x) is not _Tensor or x.dtype is not plan.dtype or hasattr(x, "_keras_mask"):
                    break
            else:
                if "training" not in kwargs or is_own_mode(self, kwargs["training"]):
                    kwargs.pop("training", None)
                    return self._run_inside(args, kwargs)
        return super().forward(*args, **kwargs)

    def _run_inside(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if STATE.depth == 0 and STATE.with_losses:
            forget_losses(self)
        STATE.depth += 1
        try:
            return self.call(*args, training=self.training, **kwargs)  # type: ignore[misc]
        finally:
            STATE.depth -= 1

    def call(
        self,
        query: torch.Tensor,
        value: torch.Tensor,
        key: torch.Tensor | None = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """Attend.

        Args:
            query: ``(batch, steps, features)``.
            value: ``(batch, source steps, features)``.
            key: ``(batch, source steps, features)``; None for ``value``.
            query_mask: ``(batch, steps)``, False at padding.
            value_mask: ``(batch, source steps)``, False at padding.
            key_mask: ``(batch, source steps)``, False at padding.
            attention_mask: ``(batch, steps, source steps)``, with an axis for the heads before the steps or without,
                True where a step attends to a source step; it may broadcast.
            return_attention_scores: Whether to return the attention weights too, ``(batch, heads, steps,
                source steps)``.
            training: Whether to drop attention weights.
            use_causal_mask: Whether a step attends to no later one.

        Raises:
            ValueError: shapes do not fit, or scores are asked for with ``flash_attention=True``.
        """
        if self._flash_attention and return_attention_scores:
            raise ValueError(
                "Returning attention scores is not supported when flash attention is enabled. Please disable flash"
                " attention to access attention scores."
            )
        if key is None:
            key = value
        elif key.shape[1:-1] != value.shape[1:-1]:
            self._check_shapes(query.shape, value.shape, key.shape)
        if query.ndim != self._axes.rank or value.ndim != query.ndim:
            raise ValueError(
                f"{type(self).__name__} '{self.name}' was built for inputs with {self._axes.rank} axes. Received:"
                f" query.shape={tuple(query.shape)}, value.shape={tuple(value.shape)}."
            )
        masks = (query_mask, value_mask, key_mask, attention_mask)
        leaves_causality = (
            use_causal_mask and self._takes_causality and self._sliding_window is None and all(m is None for m in masks)
        )
        mask = None if leaves_causality else self._compute_attention_mask(query, value, *masks, use_causal_mask)
        outputs, scores = self._attend(
            self._query_dense(query),
            self._key_dense(key),
            self._value_dense(value),
            mask,
            training,
            return_attention_scores,
            {"use_causal_mask": True} if leaves_causality else {},
        )
        if self._use_gate:
            outputs = outputs * torch.sigmoid(self._gate_dense(query))
        outputs = self._output_dense(outputs)
        return (outputs, scores) if return_attention_scores else outputs

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
        """Call ``_compute_attention``, which subclasses may define with fewer parameters."""
        raise NotImplementedError

    def _compute_attention_mask(
        self,
        query: torch.Tensor,
        value: torch.Tensor,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        use_causal_mask: bool = False,
    ) -> torch.Tensor | None:
        """Return all masks as one, with the axes of the scores, that for the heads excepted; None if there is none."""
        axes = self._axes
        found = []
        if query_mask is not None:
            found.append(axes.step_mask(query_mask, query, is_source=False))
        for mask in (value_mask, key_mask):
            if mask is not None:
                found.append(axes.step_mask(mask, value, is_source=True))
        if use_causal_mask or self._sliding_window is not None:
            found.append(axes.position_mask(query, value, use_causal_mask, self._sliding_window))
        combined = all_of(found)
        if attention_mask is None:
            return combined
        given = as_mask(attention_mask)
        if combined is None:
            return given
        if given.ndim <= combined.ndim and axes.is_plain:
            return given & combined
        return axes.with_heads(given) & axes.with_heads(combined)

    def _attention(
        self,
        query: Any,
        key: Any,
        value: Any,
        attention_mask: Any,
        training: bool | None,
        return_scores: bool,
        use_causal_mask: bool,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return the attended values ``(..., heads, features)``, and the scores if asked for."""
        query, key, value = (x if isinstance(x, torch.Tensor) else convert_to_tensor(x) for x in (query, key, value))
        axes = self._axes
        q, k, v = axes.flatten(query), axes.flatten(key), axes.flatten(value)
        mask = None if attention_mask is None else axes.flatten_mask(as_mask(attention_mask), query, key)
        if use_causal_mask and mask is not None:
            mask = mask & causal_mask(q.shape[2], k.shape[2], q.device)
        if training is self.training:  # the mode of the dropout below counts, which may have been switched alone
            below: Any = self._modules["_dropout_layer"]
            training = below._modules["dropout"].training
        rate = self._dropout if training else 0.0
        if return_scores or (rate and self.seed is not None):
            if use_causal_mask and mask is None:
                mask = causal_mask(q.shape[2], k.shape[2], q.device)
            x, scores = self._weighted_sum(q, k, v, mask, rate)
            return axes.unflatten(x, query), axes.unflatten_scores(scores, query, key)
        if mask is not None and self._dropout == 0.0 and axes.is_plain:
            # What a step without any source step gets differs in Keras: here an average, below zeros.
            q, mask = hide(q, mask)
        causal, grouped = use_causal_mask and mask is None, q.shape[1] != k.shape[1]
        if self._flash_attention is None:
            x = F.scaled_dot_product_attention(q, k, v, mask, rate, causal, enable_gqa=grouped)
        else:
            with attention_kernels(self._flash_attention):
                x = F.scaled_dot_product_attention(q, k, v, mask, rate, causal, enable_gqa=grouped)
        return axes.unflatten(x, query), None

    def _weighted_sum(
        self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None, rate: float
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Attention written out, for scores that are asked for and for dropout with a seed."""
        if q.shape[1] != k.shape[1]:
            k, v = (x.repeat_interleave(q.shape[1] // x.shape[1], dim=1) for x in (k, v))
        scores = (q * (1.0 / math.sqrt(q.shape[-1]))) @ k.mT
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        scores = torch.softmax(scores, dim=-1)
        if mask is not None:
            scores = scores.masked_fill(~mask, 0.0)
        weights = scores
        if rate:
            seed = None if self.seed is None else self._dropout_layer.seed_generator
            weights = seeded_dropout(scores, rate, seed=seed)
        return weights @ v, scores

    # -- shapes and masks ------------------------------------------------------------------------------------------

    def _check_shapes(self, query_shape: Any, value_shape: Any, key_shape: Any) -> None:
        if tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
            raise ValueError(
                "All dimensions of `value` and `key`, except the last one, must be equal. Received:"
                f" value_shape={tuple(value_shape)} and key_shape={tuple(key_shape)}"
            )

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the mask of the query, the first of the inputs: the output has its steps."""
        return previous_mask[0] if isinstance(previous_mask, (list, tuple)) else previous_mask

    def compute_output_spec(
        self,
        query: Any,
        value: Any,
        key: Any = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return KerasTensors of the shapes and dtype that ``call`` would give."""
        shape = self.compute_output_shape(query.shape, value.shape, None if key is None else key.shape)
        output = KerasTensor(shape, self.compute_dtype)
        if not return_attention_scores:
            return output
        axes = self._axes_for(len(query.shape))
        scores = axes.scores_shape(query.shape, value.shape, self._score_heads)
        return output, KerasTensor(scores, self.compute_dtype)

    def _policy_of_files(self) -> Any:
        parts = [x for x in self._children() if isinstance(x, Layer) and x.quantization_mode is not None]
        quantized = {x.path: x._dtype_policy for x in parts}
        if not quantized or self.dtype_policy is not self._dtype_policy:
            return self.dtype_policy
        return DTypePolicyMap(self.dtype_policy, quantized)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "dtype": serialize_policy(self._policy_of_files()),
            **config_items(self, self._config_names),
            "seed": self.seed,
        }


def check_positive(name: str, value: Any, message: str) -> int:
    """Return ``value``, a positive int.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ValueError(f"{message} Received: {name}={value}")
    return value
