"""`Embedding`: a row of a table for each integer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from torchkeras_compat import constraints, initializers, regularizers
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.layer import adaptable
from torchkeras_compat.layers.layer.adapters import adapter_of
from torchkeras_compat.layers.layer.call_plan import CallPlan
from torchkeras_compat.layers.layer.config_items import config_items
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.ops.logic import not_equal
from torchkeras_compat.overrides import Addition
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

if TYPE_CHECKING:
    from torchkeras_compat.layers.adaptation.embedding import EmbeddingAdapter
    from torchkeras_compat.quantizers.quantization_config import QuantizationConfig


class Embedding(Layer):
    """Looks integers up in a table of vectors.

    Computes through ``self.embedding``, a ``torch.nn.Embedding``; ``embeddings`` is its weight. ``quantize`` and
    ``enable_lora`` replace or wrap it.

    Args:
        input_dim: Number of rows: the integers are in ``[0, input_dim)``.
        output_dim: Size of a vector.
        embeddings_initializer: Initializer of the table.
        embeddings_regularizer: Penalty of the table.
        embeddings_constraint: Applied to the table after each update.
        mask_zero: Whether 0 is padding: the output then carries the mask ``inputs != 0``.
        weights: Values of the table to start from, an array or a list of one; the layer is then built at once.
        lora_rank: Rank of the low-rank adapter that ``build`` adds; None for none. See ``enable_lora``.
        lora_alpha: The adapter is scaled by ``lora_alpha / lora_rank``; None for ``lora_rank``.
        quantization_config: `QuantizationConfig` of a layer with a quantized ``dtype`` such as ``"int8_from_float32"``.
        kwargs: Arguments of `Layer`; ``input_length`` of Keras 2 gives the length of a sequence.

    Input shape:
        ``(batch, ...)``, integers.
    Output shape:
        ``(batch, ..., output_dim)``.

    Raises:
        ValueError: ``input_dim``, ``output_dim`` or ``lora_rank`` is not a positive int, or ``weights`` has another
            shape.

    Example:
        >>> Embedding(10, 4)(torch.tensor([[1, 2]])).shape
        torch.Size([1, 2, 4])

    Source: Keras API, layers/Embedding.
    """

    _makes_masks = True

    # Names of weights in Keras 1.
    W = Addition()
    b = Addition()
    _input_dtype_hint = "int32"
    _file_order: tuple[str, ...] = ("_embeddings",)
    embedding: nn.Embedding

    # What `quantize`, `enable_lora` and the arguments for them leave on a layer; a plain one has nothing of it.
    lora_rank: int | None = None
    lora_alpha: float | None = None
    lora_enabled = False
    quantization_config: QuantizationConfig | None = None
    _int4_block_size = adaptable.int4_block_size
    enable_lora = adaptable.enable_lora
    embeddings = adaptable.weight_property(
        "embeddings", "The table: its variable; the integers where it is quantized; a tensor with the adapter added."
    )

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        length = kwargs.pop("input_length", None)
        if length is not None:
            kwargs.setdefault("input_shape", tuple(length) if isinstance(length, (list, tuple)) else (length,))
        super().__init__(**kwargs)
        adaptable.keep_arguments(self, lora_rank, lora_alpha, quantization_config)
        for what, size in (("input_dim", input_dim), ("output_dim", output_dim)):
            if isinstance(size, bool) or not isinstance(size, int) or size <= 0:
                raise ValueError(f"`{what}` must be a positive integer. Received: {what}={size!r} of type {type(size)}")
        self.input_dim = input_dim
        self.output_dim = output_dim
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        self.autocast = False
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, (list, tuple)) else [weights])

    def build(self, input_shape: Any = None) -> None:
        # Given a weight, torch draws none, which on the meta device imports torch._dynamo (1 s).
        weight = torch.empty(self.input_dim, self.output_dim, device="meta", dtype=to_torch_dtype(self.variable_dtype))
        self._make_torch_module("embedding", nn.Embedding, self.input_dim, self.output_dim, _weight=weight)
        self._embeddings = self._add_weight_view(
            "embeddings",
            [(self.embedding, "weight")],
            self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )

    def _make_call_plan(self) -> CallPlan:
        plan = super()._make_call_plan()
        casts_plainly = self._casts_outputs is self._is_mixed
        plan.is_direct = self.built and not self.mask_zero and casts_plainly and self.activity_regularizer is None
        return plan

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute the layer."""
        if inputs.dtype not in (torch.int64, torch.int32):
            inputs = inputs.long()
        rows: torch.Tensor = self.embedding(inputs)
        return rows

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        if type(self).call is Embedding.call and len(args) == 1 and isinstance(args[0], KerasTensor):
            return KerasTensor((*args[0].shape, self.output_dim), self.compute_dtype)
        return super().compute_output_spec(*args, **kwargs)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return where the inputs are not 0, or None without ``mask_zero``."""
        return not_equal(inputs, 0) if self.mask_zero else None

    def get_config(self) -> dict[str, Any]:
        names = (
            "input_dim",
            "output_dim",
            "embeddings_initializer",
            "embeddings_regularizer",
            "activity_regularizer",
            "embeddings_constraint",
            "mask_zero",
        )
        return {**super().get_config(), **config_items(self, names), **adaptable.kept_arguments(self)}


@adapter_of.register(Embedding)
def _adapter(layer: Embedding) -> EmbeddingAdapter:
    # With the quantizers, which few models need (40 ms).
    from torchkeras_compat.layers.adaptation.embedding import EmbeddingAdapter

    return EmbeddingAdapter(layer)
