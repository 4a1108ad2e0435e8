"""`HashedCrossing`: the cross of several features as the numbers of hash bins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.device import current_device
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.preprocessing.byte_strings import pack
from torchkeras_compat.layers.preprocessing.encoding import check_mode, encode, encoded_shape, refuse_sparse
from torchkeras_compat.layers.preprocessing.fingerprints import combine, fingerprint64, remainder
from torchkeras_compat.layers.preprocessing.texts import as_texts, holds_texts
from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.typing import Config, Shape

_START = 0xDECAFCAFFE


class HashedCrossing(Layer):
    """Computes ``hash(a, b, ...) % num_bins`` of two or more features; the hashes are those of Keras and TensorFlow.

    Integers on a device are hashed there.

    Args:
        num_bins: Number of bins, a positive int.
        output_mode: ``"int"`` for the bins, or ``"one_hot"``.
        sparse: Must be False: the output is dense.
        name: Name of the layer.
        dtype: Dtype of the output: an integer one in mode ``"int"``, int64 by default.
        kwargs: Arguments of `Layer`.

    Input shape:
        A list or tuple of features of one shape, ``()``, ``(batch,)`` or ``(batch, 1)``: strings or integers.
    Output shape:
        That of a feature for ``"int"``, ``(batch, num_bins)`` for ``"one_hot"``.

    Raises:
        ValueError: an argument is none of those above; in a call, fewer than two features, shapes that differ, or
            other dtypes.

    Example:
        >>> HashedCrossing(5)((["A", "B", "A", "B", "A"], [101, 101, 101, 102, 102])).tolist()
        [1, 4, 1, 1, 3]

    Source: Keras API, layers/HashedCrossing.
    """

    _takes_strings = True
    _takes_lists = True

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        is_index = output_mode == "int"
        super().__init__(name=name, dtype="int64" if is_index and dtype is None else dtype, autocast=False, **kwargs)
        if is_index and not self.compute_dtype.startswith(("int", "uint")):
            raise ValueError(
                "When `output_mode=\"int\"`, `dtype` should be an integer type, 'int32' or 'int64'. Received: "
                f"dtype={self.compute_dtype}"
            )
        if isinstance(num_bins, bool) or not hasattr(num_bins, "__index__") or num_bins <= 0:
            raise ValueError(f"`num_bins` of HashedCrossing must be a positive int. Received: num_bins={num_bins!r}")
        check_mode("HashedCrossing", output_mode, ("int", "one_hot"))
        refuse_sparse("HashedCrossing", sparse)
        self.num_bins = int(num_bins)
        self.output_mode = output_mode
        self.sparse = sparse
        self._skip_building()

    def call(self, inputs: Any) -> torch.Tensor:
        """Return the bins of the crossed inputs."""
        _check_features(inputs)
        features = [_fingerprints(feature) for feature in inputs]
        shapes = [tuple(feature.shape) for feature in features]
        _check_shapes(shapes)
        device = next((f.device for f, x in zip(features, inputs, strict=True) if isinstance(x, torch.Tensor)), None)
        device = device or current_device()
        hashes = torch.full(shapes[0], _START, dtype=torch.int64, device=device)
        for feature in features:
            hashes = combine(hashes, feature.to(device))
        bins = remainder(hashes, self.num_bins)
        if self.output_mode == "int":
            return bins.to(self._compute_torch_dtype)
        return encode(bins, self.num_bins, "one_hot", self._compute_torch_dtype)

    def compute_output_shape(self, input_shape: Sequence[Sequence[int | None]]) -> Shape:
        """Return the shape of the output for a list of the shapes of the features."""
        shapes = [tuple(shape) for shape in input_shape]
        _check_shapes(shapes)
        return shapes[0] if self.output_mode == "int" else encoded_shape(shapes[0], self.num_bins, "one_hot")

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        """Return the KerasTensor of the output."""
        _check_features(inputs)
        if any(not x.dtype.startswith(("int", "uint", "string")) for x in inputs):
            raise _dtype_error([x.dtype for x in inputs])
        return KerasTensor(self.compute_output_shape([x.shape for x in inputs]), self.compute_dtype)

    def get_config(self) -> Config:
        return {
            "num_bins": self.num_bins,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "name": self.name,
            "dtype": self.dtype,
        }


def _fingerprints(feature: Any) -> torch.Tensor:
    if holds_texts(feature):
        texts = as_texts(feature, "HashedCrossing")
        return fingerprint64(*pack([text.encode() for text in texts.reshape(-1).tolist()])).reshape(texts.shape)
    numbers: torch.Tensor = convert_to_tensor(
        np.asarray(feature) if isinstance(feature, (list, tuple, int)) else feature
    )
    if numbers.is_floating_point() or numbers.is_complex() or numbers.dtype is torch.bool:
        raise _dtype_error([numbers.dtype])
    return numbers.long()


def _dtype_error(dtypes: Sequence[Any]) -> ValueError:
    listed = ", ".join(str(dtype) for dtype in dtypes)
    return ValueError(
        f"All `HashedCrossing` inputs should have an integer or string dtype. Received: {listed}. Use `Discretization` "
        "first for floating-point features."
    )


def _check_features(inputs: Any) -> None:
    if not isinstance(inputs, (list, tuple)):
        raise ValueError(
            f"`HashedCrossing` should be called on a list or tuple of inputs. Received: {type(inputs).__name__}"
        )
    if len(inputs) < 2:
        raise ValueError(f"`HashedCrossing` should be called on at least two inputs. Received: {len(inputs)}")


def _check_shapes(shapes: Sequence[Shape]) -> None:
    if len(set(shapes)) > 1:
        raise ValueError(f"All `HashedCrossing` inputs should have equal shape. Received: shapes {list(shapes)}")
    if len(shapes[0]) > 2 or (len(shapes[0]) == 2 and shapes[0][1] != 1):
        raise ValueError(
            "All `HashedCrossing` inputs should have shape `()`, `(batch_size)` or `(batch_size, 1)`. Received: shapes "
            f"{list(shapes)}"
        )
