"""`tf.SparseTensor`: where the elements are that are not zero, and what they are."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.dtypes import DType
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.operands import tensor
from torchkeras_compat.dialects.tensorflow.shapes import TensorShape
from torchkeras_compat.dialects.tensorflow.strings.string_tensor import StringTensor, is_text
from torchkeras_compat.dialects.tensorflow.tensor import unwrap, wrap


class SparseTensor:
    """A tensor given by its entries.

    Args:
        indices: ``(entries, rank)``: where each entry stands.
        values: ``(entries,)``: the entries.
        dense_shape: ``(rank,)``: sizes of the axes.

    Raises:
        ValueError: the shapes do not fit each other.

    Example:
        >>> x = SparseTensor([[0, 1], [1, 0]], [5, 6], [2, 3])
        >>> x.shape, x.dtype, x.values.numpy().tolist()
        (TensorShape([2, 3]), tf.int32, [5, 6])
    """

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        places = unwrap(indices)
        self._indices = tensor(places).to(torch.int64) if len(places) else torch.zeros(0, len(dense_shape)).long()
        self._values: Any = StringTensor(values) if is_text(values) else tensor(unwrap(values))
        self._sizes = tensor(unwrap(dense_shape)).to(torch.int64)
        if self._indices.ndim != 2 or self._sizes.ndim != 1 or self._indices.shape[1] != len(self._sizes):
            raise ValueError(
                f"Indices of shape {tuple(self._indices.shape)} do not name places in a tensor of {self._sizes.numel()}"
                " axes."
            )
        if self._values.ndim != 1 or self._values.shape[0] != len(self._indices):
            raise ValueError(
                f"There must be one value for each of {len(self._indices)} places. Received shape"
                f" {tuple(self._values.shape)}."
            )

    @property
    def indices(self) -> Any:
        """Where each entry stands: int64 ``(entries, rank)``."""
        return wrap(self._indices)

    @property
    def values(self) -> Any:
        """The entries."""
        return wrap(self._values)

    @property
    def dense_shape(self) -> Any:
        """The sizes of the axes, as an int64 tensor."""
        return wrap(self._sizes)

    @property
    def shape(self) -> TensorShape:
        """The sizes of the axes."""
        return TensorShape(self._sizes.tolist())

    @property
    def dtype(self) -> DType:
        """The dtype of the entries."""
        found: DType = self.values.dtype
        return found

    def get_shape(self) -> TensorShape:
        """Return the sizes of the axes."""
        return self.shape

    def with_values(self, new_values: Any) -> SparseTensor:
        """Return a tensor with other entries at the same places."""
        return SparseTensor(self._indices, new_values, self._sizes)

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """Return the tensor of anything with indices, values and a shape."""
        return cls(sparse_tensor_value.indices, sparse_tensor_value.values, sparse_tensor_value.dense_shape)

    def __mul__(self, other: Any) -> SparseTensor:
        return self._scaled(other, torch.mul)

    def __truediv__(self, other: Any) -> SparseTensor:
        return self._scaled(other, torch.div)

    def _scaled(self, other: Any, function: Any) -> SparseTensor:
        factor = tensor(unwrap(other), self._values.dtype if not isinstance(other, torch.Tensor) else None)
        factor = factor.broadcast_to(self._sizes.tolist())[tuple(self._indices.unbind(1))]
        return self.with_values(function(self._values, factor))

    def __repr__(self) -> str:
        return f"SparseTensor(indices={self.indices!r}, values={self.values!r}, dense_shape={self._sizes.tolist()!r})"


def check_sparse(x: Any, name: str) -> SparseTensor:
    """Return ``x`` if it is a sparse tensor.

    Raises:
        TypeError: it is not.
    """
    if not isinstance(x, SparseTensor):
        raise TypeError(f"`tf.sparse.{name}` takes a SparseTensor. Received: {type(x).__name__}")
    return x


def check_places(x: SparseTensor) -> None:
    """Refuse entries outside the tensor.

    Raises:
        InvalidArgumentError: one lies outside.
    """
    if len(x._indices) and bool(((x._indices < 0) | (x._indices >= x._sizes)).any()):
        raise InvalidArgumentError(f"An entry lies outside a tensor of shape {tuple(x._sizes.tolist())}.")
