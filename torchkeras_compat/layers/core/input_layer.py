"""`Input`: the symbolic tensor that a functional model starts from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.node import Node
from torchkeras_compat.user_warnings import warn_user


class InputLayer(Layer):
    """Entry point of a functional model; it holds the symbolic input and computes nothing.

    Args:
        shape: Shape of one sample, None where not known.
        batch_size: Size of the batch axis; None for any.
        dtype: Dtype of the input; None for ``floatx``.
        sparse: Not supported.
        ragged: Not supported.
        batch_shape: ``shape`` with the batch axis, instead of ``shape`` and ``batch_size``.
        input_tensor: Existing KerasTensor that becomes the input; what else is given must agree with it.
        optional: Whether the input may be None.
        name: Name, unique by default.
        kwargs: ``input_shape`` or ``batch_input_shape``, Keras 2's names of the shapes.

    Raises:
        ValueError: neither or both of ``shape`` and ``batch_shape`` are given, ``sparse`` or ``ragged`` is set, or an
            argument does not agree with ``input_tensor``.

    Example:
        >>> InputLayer((3,)).output.shape
        (None, 3)

    Source: Keras API, layers/InputLayer.
    """

    batch_shape: tuple[int | None, ...]
    _dtype_of_input: str

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
            old = "batch_input_shape" if "batch_input_shape" in kwargs else "input_shape"
            new = old.replace("input_", "")
            warn_user(f"Argument `{old}` is deprecated. Use `{new}` instead.")
            given = kwargs.pop(old)
            kwargs.pop("input_shape", None)
            batch_shape, shape = (given, None) if old == "batch_input_shape" else (None, given)
        if kwargs:
            raise ValueError(f"Unrecognized keyword arguments passed to InputLayer: {kwargs}")
        if input_tensor is not None:
            if not isinstance(input_tensor, KerasTensor):
                raise ValueError(
                    "Argument `input_tensor` must be a KerasTensor. Received invalid type:"
                    f" input_tensor={input_tensor!r} (of type {type(input_tensor)})"
                )
            _check_agreement(input_tensor, shape, batch_shape, batch_size, dtype, sparse, ragged)
            # A computed tensor stays the output of what computes it.
            is_new = input_tensor.node is None
            tensor = input_tensor if is_new else KerasTensor(input_tensor.shape, input_tensor.dtype, name=self.name)
        else:
            if sparse or ragged:
                raise ValueError(
                    f"`{'sparse' if sparse else 'ragged'}=True` is not supported. Feed dense arrays, with a mask where "
                    "needed."
                )
            if batch_shape is not None and (shape is not None or batch_size is not None):
                other = "batch_size" if shape is None else "shape"
                raise ValueError(f"You cannot pass both `{other}` and `batch_shape` at the same time.")
            if batch_shape is None:
                if shape is None:
                    raise ValueError("You must pass a `shape` argument.")
                batch_shape = (batch_size, *KerasTensor(shape).shape)
            tensor = KerasTensor(batch_shape, dtype or self.variable_dtype, name=self.name)
        self.batch_shape = tensor.shape
        self._dtype_of_input = tensor.dtype
        self.sparse = False
        self.ragged = False
        self.optional = optional
        self.built = True
        self.__dict__["_inbound_nodes"] = [Node(self, (), {}, {}, tensor)]

    @property
    def dtype(self) -> str:
        """Dtype of the input."""
        return self._dtype_of_input

    def call(self) -> None:
        """Return None: there is nothing to compute."""

    def get_config(self) -> dict[str, Any]:
        return {
            "batch_shape": self.batch_shape,
            "dtype": self.dtype,
            "sparse": False,
            "ragged": False,
            "name": self.name,
            "optional": self.optional,
        }

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_inbound_nodes": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        tensor = KerasTensor(self.batch_shape, self.dtype, name=self.name)
        self.__dict__["_inbound_nodes"] = [Node(self, (), {}, {}, tensor)]


def _check_agreement(
    tensor: KerasTensor, shape: Any, batch_shape: Any, batch_size: int | None, dtype: Any, sparse: Any, ragged: Any
) -> None:
    """Check that what is given beside ``input_tensor`` says the same as it does.

    Raises:
        ValueError: it does not.
    """
    agrees = {
        "shape": shape is None or tuple(shape) == tensor.shape[1:],
        "batch_shape": batch_shape is None or tuple(batch_shape) == tensor.shape,
        "batch_size": batch_size is None or batch_size == tensor.shape[0],
        "dtype": dtype is None or standardize_dtype(dtype) == tensor.dtype,
        "sparse": not sparse,
        "ragged": not ragged,
    }
    for name, is_equal in agrees.items():
        if not is_equal:
            raise ValueError(
                f"When `input_tensor` is given, you cannot provide an incompatible `{name}`. Received: "
                f"input_tensor={tensor!r}, shape={shape}, batch_shape={batch_shape}, batch_size={batch_size}, "
                f"dtype={dtype}, sparse={sparse}, ragged={ragged}"
            )


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
    output: KerasTensor = layer.output
    return output
