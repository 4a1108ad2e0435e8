"""`CategoryEncoding`: integer categories as one-hot, multi-hot or count vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.preprocessing.encoding import check_mode, encode, encoded_shape, refuse_sparse
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.typing import Config, Shape


class CategoryEncoding(Layer):
    """Encodes integers in ``[0, num_tokens)`` as vectors with one position for each.

    Args:
        num_tokens: Number of categories, a positive int.
        output_mode: ``"one_hot"``: each integer becomes a vector with a 1 at its position; ``"multi_hot"``: each sample
            becomes one vector with 1 for every category that it holds; ``"count"``: the same with their numbers.
        sparse: Must be False: the output is dense.
        kwargs: Arguments of `Layer`.

    Input shape:
        ``(batch, features)`` or any other, integers.
    Output shape:
        ``(batch, num_tokens)``, in the compute dtype; for ``"one_hot"`` and more than one feature
        ``(batch, features, num_tokens)``.

    Raises:
        ValueError: ``num_tokens`` is missing or not positive, the mode is unknown, ``sparse`` is set; in a call,
            weights that are not for counts or of another shape, or on the CPU an integer that is too large. On other
            devices a check would wait for the device: there such an integer counts nowhere, as a negative one always
            does.

    Example:
        >>> CategoryEncoding(num_tokens=4)([[0, 1], [0, 0], [3, 1]]).tolist()
        [[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 1.0]]

    Source: Keras API, layers/CategoryEncoding.
    """

    def __init__(
        self, num_tokens: int | None = None, output_mode: str = "multi_hot", sparse: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        check_mode("CategoryEncoding", output_mode, ("count", "one_hot", "multi_hot"))
        if num_tokens is None:
            raise ValueError(
                "num_tokens must be set to use this layer. If the number of tokens is not known beforehand, use the "
                "IntegerLookup layer instead."
            )
        if isinstance(num_tokens, bool) or not hasattr(num_tokens, "__index__") or num_tokens < 1:
            raise ValueError(f"`num_tokens` must be >= 1. Received: num_tokens={num_tokens!r}.")
        refuse_sparse("CategoryEncoding", sparse)
        self.num_tokens = int(num_tokens)
        self.output_mode = output_mode
        self.sparse = sparse

    def call(self, inputs: Any, count_weights: Any = None) -> torch.Tensor:
        """Encode the inputs.

        Args:
            inputs: Integers.
            count_weights: What each adds to its count, of the shape of ``inputs``; only for ``"count"``.
        """
        weights = None
        if count_weights is not None:
            if self.output_mode != "count":
                raise ValueError(
                    "`count_weights` is not used when `output_mode` is not `'count'`. Received `count_weights` with "
                    f"output_mode={self.output_mode!r}. Leave them out, or use output_mode='count'."
                )
            weights = convert_to_tensor(count_weights, self.compute_dtype)
        categories = convert_to_tensor(inputs).long()
        if weights is not None and weights.shape != categories.shape:
            raise ValueError(
                f"`count_weights` must have the shape of the inputs, {tuple(categories.shape)}. Received shape "
                f"{tuple(weights.shape)}."
            )
        if categories.device.type == "cpu" and categories.numel() and not torch.compiler.is_compiling():
            largest = int(categories.max())
            if largest >= self.num_tokens:
                raise ValueError(
                    f"Input values of CategoryEncoding '{self.name}' must be in the range 0 <= values < num_tokens="
                    f"{self.num_tokens}. Received: {largest}. Use a larger `num_tokens`, or `IntegerLookup` first."
                )
        return self._encode(categories, weights)

    def _encode(self, inputs: Any, weights: torch.Tensor | None = None) -> torch.Tensor:
        categories = convert_to_tensor(inputs).long()
        return encode(categories, self.num_tokens, self.output_mode, self._compute_torch_dtype, weights)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> Shape:
        """Return the shape of the output."""
        return encoded_shape(input_shape, self.num_tokens, self.output_mode)

    def compute_output_spec(self, inputs: Any, count_weights: Any = None) -> KerasTensor:
        """Return the KerasTensor of the output."""
        return KerasTensor(self.compute_output_shape(inputs.shape), self.compute_dtype)

    def get_config(self) -> Config:
        return {**super().get_config(), "num_tokens": self.num_tokens, "output_mode": self.output_mode}
