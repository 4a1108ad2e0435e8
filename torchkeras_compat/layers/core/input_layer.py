"""`Input`: the symbolic tensor that a functional model starts from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchkeras_compat.layers.base import Layer
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import Node


class InputLayer(Layer):
    """Entry point of a functional model; it holds the symbolic input and computes nothing.

    Args:
        shape: Shape of one sample, None where not known.
        batch_size: Size of the batch axis; None for any.
        dtype: Dtype of the input; None for ``floatx``.
        sparse: Not supported.
        ragged: Not supported.
        batch_shape: ``shape`` with the batch axis, instead of ``shape`` and ``batch_size``.
        input_tensor: Existing KerasTensor to start from.
        optional: Whether the input may be None.
        name: Name, unique by default.

    Raises:
        ValueError: neither or both of ``shape`` and ``batch_shape`` are given, or ``sparse`` or ``ragged`` is set.

    Example:
        >>> InputLayer((3,)).output.shape
        (None, 3)

    Source: Keras API, layers/InputLayer.
    """

    def __init__(
        self,
        shape: Sequence[int | None] | None = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Sequence[int | None] | None = None,
        input_tensor: KerasTensor | None = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name)
        if "input_shape" in kwargs or "batch_input_shape" in kwargs:  # the spelling of Keras 2
            batch_shape = kwargs.pop("batch_input_shape", None)
            shape = kwargs.pop("input_shape", None) if batch_shape is None else None
        if kwargs:
            raise ValueError(f"Unrecognized keyword arguments passed to InputLayer: {kwargs}")
        if sparse or ragged:
            raise ValueError("Sparse and ragged inputs are not supported. Feed dense arrays, with a mask where needed.")
        if input_tensor is not None:
            if not isinstance(input_tensor, KerasTensor):
                raise ValueError(
                    "Argument `input_tensor` must be a KerasTensor. Received invalid type:"
                    f" input_tensor={input_tensor!r} (of type {type(input_tensor)})"
                )
            batch_shape, dtype = input_tensor.shape, dtype or input_tensor.dtype
        if batch_shape is None and shape is None:
            raise ValueError("You must pass a `shape` argument.")
        if batch_shape is not None and (shape is not None or batch_size is not None) and input_tensor is None:
            raise ValueError("You cannot pass both `shape` (or `batch_size`) and `batch_shape` at the same time.")
        if batch_shape is None:
            assert shape is not None
            batch_shape = (batch_size, *KerasTensor(shape).shape)
        tensor = KerasTensor(batch_shape, dtype or self.variable_dtype, name=self.name)
        self.batch_shape = tensor.shape
        self.__dict__["_dtype_of_input"] = tensor.dtype
        self.sparse = False
        self.ragged = False
        self.optional = optional
        self.__dict__["built"] = True
        self.__dict__["_inbound_nodes"] = [Node(self, (), {}, {}, tensor)]

    dtype = property(lambda self: self._dtype_of_input, doc="Dtype of the input.")

    def call(self) -> None:
        """Never called."""
        raise NotImplementedError("An InputLayer computes nothing. Call the model instead.")

    def get_config(self) -> dict[str, Any]:
        return {
            "batch_shape": self.batch_shape,
            "dtype": self.dtype,
            "sparse": False,
            "ragged": False,
            "name": self.name,
            **({"optional": True} if self.optional else {}),
        }

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_inbound_nodes": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        tensor = KerasTensor(self.batch_shape, self.dtype, name=self.name)
        self.__dict__["_inbound_nodes"] = [Node(self, (), {}, {}, tensor)]


def Input(
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Sequence[int | None] | None = None,
    name: str | None = None,
    tensor: KerasTensor | None = None,
    optional: bool = False,
    **kwargs: Any,
) -> KerasTensor:
    """Return a symbolic input: the arguments are those of :class:`InputLayer`, with ``tensor`` for ``input_tensor``.

    Example:
        >>> Input((28, 28)).shape
        (None, 28, 28)
    """
    layer = InputLayer(shape, batch_size, dtype, sparse, ragged, batch_shape, tensor, optional, name, **kwargs)
    return layer.output
