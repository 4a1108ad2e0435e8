"""`Hashing`: strings and integers as the numbers of hash bins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.preprocessing.encoding import check_mode, encode, encoded_shape, refuse_sparse
from torchkeras_compat.layers.preprocessing.hashing_bins import bins_of_integers, bins_of_texts, checked_salt
from torchkeras_compat.layers.preprocessing.texts import as_texts, holds_texts
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.typing import Config, Shape


class Hashing(Layer):
    """Computes ``hash(value) % num_bins`` of strings and integers; the hashes are those of Keras and TensorFlow.

    The hash is FarmHash's fingerprint of the UTF-8 bytes, or of the decimal form of an integer; with a salt it is
    SipHash-2-4. Integers on a device are hashed there.

    Args:
        num_bins: Number of bins, with that of the mask; a positive int.
        mask_value: Value that falls into bin 0, which then is kept for it alone; None for none.
        salt: Key of SipHash: two ints, or one that stands for both; None for FarmHash.
        output_mode: ``"int"`` for the bins; ``"one_hot"``, ``"multi_hot"`` or ``"count"`` as in `CategoryEncoding`.
        sparse: Must be False: the output is dense.
        kwargs: Arguments of `Layer`; ``dtype`` is an integer one in mode ``"int"``, int64 by default.

    Input shape:
        Any: strings as (nested) lists, arrays or pandas columns, or integers.
    Output shape:
        That of the input for ``"int"``, else with an axis of the bins as in `CategoryEncoding`.

    Raises:
        ValueError: an argument is none of those above.
        TypeError: the inputs are neither strings nor integers.

    Example:
        >>> Hashing(num_bins=3)([["A"], ["B"], ["C"], ["D"], ["E"]]).tolist()
        [[1], [0], [1], [1], [2]]

    Source: Keras API, layers/Hashing.
    """

    _takes_strings = True

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        is_index = output_mode == "int"
        if kwargs.get("dtype") is None:
            kwargs["dtype"] = "int64" if is_index else None
        super().__init__(autocast=False, **kwargs)
        if is_index and not self.compute_dtype.startswith(("int", "uint")):
            raise ValueError(
                "When `output_mode=\"int\"`, `dtype` should be an integer type, 'int32' or 'int64'. Received: "
                f"dtype={standardize_dtype(self.compute_dtype)}"
            )
        if num_bins is None or isinstance(num_bins, bool) or num_bins <= 0:
            raise ValueError(
                f"The `num_bins` for `Hashing` cannot be `None` or non-positive values. Received: num_bins={num_bins}."
            )
        check_mode("Hashing", output_mode, ("int", "one_hot", "multi_hot", "count"))
        refuse_sparse("Hashing", sparse)
        self.num_bins = int(num_bins)
        self.mask_value = mask_value
        self.salt = checked_salt("Hashing", salt)
        self.output_mode = output_mode
        self.sparse = sparse
        self._skip_building()

    def call(self, inputs: Any) -> torch.Tensor:
        """Return the bins of the inputs."""
        bins = self._bins(inputs)
        if self.output_mode == "int":
            return bins.to(self._compute_torch_dtype)
        return encode(bins, self.num_bins, self.output_mode, self._compute_torch_dtype)

    def _bins(self, inputs: Any) -> torch.Tensor:
        count = self.num_bins - (self.mask_value is not None and self.num_bins > 1)
        if holds_texts(inputs):
            texts = as_texts(inputs, "Hashing")
            bins = bins_of_texts(texts, count, self.salt)
            is_masked = torch.from_numpy(np.asarray(texts == self.mask_value)).to(bins.device)
        else:
            numbers = convert_to_tensor(inputs)
            if numbers.is_floating_point() or numbers.is_complex():
                raise TypeError(
                    f"Hashing '{self.name}' takes strings and integers. Received values of dtype {numbers.dtype}. Use "
                    "`Discretization` for floating-point features, or make strings or integers of them first."
                )
            numbers = numbers.long()
            bins = bins_of_integers(numbers, count, self.salt)
            is_masked = (
                numbers == self.mask_value if isinstance(self.mask_value, int) else torch.zeros_like(bins).bool()
            )
        if self.mask_value is None:
            return bins
        return torch.where(is_masked, 0, bins + 1 if self.num_bins > 1 else bins)

    def compute_output_shape(self, input_shape: Sequence[int | None]) -> Shape:
        """Return the shape of the output."""
        return (
            tuple(input_shape)
            if self.output_mode == "int"
            else encoded_shape(input_shape, self.num_bins, self.output_mode)
        )

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        """Return the KerasTensor of the output."""
        return KerasTensor(self.compute_output_shape(inputs.shape), self.compute_dtype)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "num_bins": self.num_bins,
            "salt": None if self.salt is None else list(self.salt),
            "mask_value": self.mask_value,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
        }
