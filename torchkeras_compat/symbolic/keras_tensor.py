"""A tensor without values: shape, dtype, and the operation that would compute it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch

from torchkeras_compat import public_names
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype
from torchkeras_compat.naming import auto_name
from torchkeras_compat.overrides import OVERRIDES, Addition, making_dialect

if TYPE_CHECKING:
    from torchkeras_compat.symbolic.node import Node


class KerasTensor:
    """Symbolic tensor of the functional API.

    Functions of ``ops``, layers, operators and torch functions that meet one are recorded instead of run.

    Args:
        shape: Sizes of the axes; None for an axis whose size is not known yet.
        dtype: Dtype of the values.
        sparse: Kept for Keras's signature; sparse tensors are not supported.
        record_history: Kept for Keras's signature.
        name: Name, unique by default.

    Raises:
        ValueError: ``sparse`` or ``ragged`` is set, or a size is negative.

    Example:
        >>> x = KerasTensor((None, 3))
        >>> (x * 2).shape
        (None, 3)
    """

    # Of a mask: whether Keras does not know it while a graph is recorded, but finds it on the tensors of a run.
    is_found_late = False
    # Operators of NumPy's arrays and numbers leave the call to those here.
    __array_priority__ = 1000
    # Of dialects in which symbolic tensors have them.
    _keras_shape = Addition()
    get_shape = Addition()
    # How a function that meets a KerasTensor is recorded; `operation`, which builds on this class, sets it.
    _record_function: ClassVar[Callable[..., Any]]

    def __init__(
        self,
        shape: Sequence[int | None],
        dtype: Any = "float32",
        sparse: bool = False,
        ragged: bool = False,
        record_history: bool = True,
        name: str | None = None,
        ragged_rank: int | None = None,
        row_splits_dtype: Any = None,
    ) -> None:
        if sparse or ragged:
            raise ValueError("Sparse and ragged KerasTensors are not supported. Use dense tensors with a mask instead.")
        self._shape = standardize_shape(shape)
        self._dtype = standardize_dtype(dtype)
        self.name = name or auto_name("keras_tensor")
        self.record_history = record_history
        self.node: Node | None = None
        self.index = 0
        if OVERRIDES.tensors is not None and making_dialect() is not None:
            OVERRIDES.tensors.begin_symbolic(self)

    shape = property(lambda self: self._shape, doc="Sizes of the axes, None where not known.")
    dtype = property(lambda self: self._dtype, doc="Keras's name of the dtype.")
    ndim = property(lambda self: len(self._shape), doc="Number of axes.")
    size = property(lambda self: None, doc="None: the number of elements is not known.")
    sparse = property(lambda self: False, doc="False.")
    ragged = property(lambda self: False, doc="False.")
    ragged_rank = property(lambda self: None, doc="None: there are no ragged tensors.")
    row_splits_dtype = property(lambda self: None, doc="None: there are no ragged tensors.")
    T = property(lambda self: _ops().transpose(self), doc="The tensor with its axes reversed.")

    @property
    def _keras_history(self) -> tuple[Any, int, int] | None:
        """Operation, position of the call among its calls, position among the outputs."""
        if self.node is None:
            return None
        nodes = self.node.operation._inbound_nodes
        return self.node.operation, nodes.index(self.node) if self.node in nodes else 0, self.index

    @classmethod
    def __torch_function__(cls, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = _OPERATORS_OF_TENSORS.get(func) if len(args) == 2 and not kwargs else None
        return getattr(_ops(), name)(*args) if name else cls._record_function(func, args, kwargs or {})

    def dim(self) -> int:
        """Return the number of axes, as torch spells it."""
        return len(self._shape)

    def reshape(self, *newshape: Any) -> KerasTensor:
        """Return the tensor with another shape: ``x.reshape(2, 3)`` or ``x.reshape((2, 3))``."""
        shape = newshape[0] if len(newshape) == 1 and not isinstance(newshape[0], int) else newshape
        result: KerasTensor = _ops().reshape(self, shape)
        return result

    def squeeze(self, axis: int | None = None) -> KerasTensor:
        """Return the tensor without its axes of size one."""
        result: KerasTensor = _ops().squeeze(self, axis)
        return result

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self._shape}, dtype={self._dtype}, sparse=False, ragged=False, name={self.name}>"

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise ValueError(
            f"{self!r} is symbolic and has no values, so it cannot become a NumPy array. Use functions of `ops`, layers"
            " or torch functions on it, or wrap your function in a `Lambda` layer or a `Layer`."
        )

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} is symbolic: it is neither true nor false. Use `ops.cond` or `ops.where`.")

    def __iter__(self) -> Any:
        raise TypeError(
            f"{self!r} is symbolic and cannot be iterated. Use `ops.unstack(x)` for the parts of a known axis."
        )

    def __int__(self) -> int:
        raise ValueError(f"{self!r} is symbolic and has no values.")

    __float__ = __int__
    __index__ = __int__

    def __len__(self) -> int:
        if not self._shape or self._shape[0] is None:
            raise TypeError(f"{self!r} has no known length.")
        return self._shape[0]

    def __getitem__(self, key: Any) -> KerasTensor:
        result: KerasTensor = _ops().get_item(self, key)
        return result

    def __hash__(self) -> int:
        return id(self)

    def astype(self, dtype: Any) -> KerasTensor:
        """Return the tensor in another dtype."""
        result: KerasTensor = _ops().cast(self, dtype)
        return result

    def __getattr__(self, attribute: str) -> Any:
        tensors = OVERRIDES.tensors
        if tensors is not None and tensors.is_symbolic and tensors.has_symbolic(self, attribute):
            return tensors.symbolic_attribute(self, attribute)
        method = getattr(torch.Tensor, attribute, None) if not attribute.startswith("_") else None
        if not callable(method):
            raise AttributeError(f"'KerasTensor' object has no attribute '{attribute}'")
        return functools.partial(_record_method, self, attribute)


def tensor_method(x: torch.Tensor, method: str, *args: Any, **kwargs: Any) -> Any:
    """Return ``x.method(*args, **kwargs)``."""
    return getattr(x, method)(*args, **kwargs)


def _record_method(x: KerasTensor, method: str, *args: Any, **kwargs: Any) -> Any:
    return x._record_function(tensor_method, (x, method, *args), kwargs, name=auto_name(method))


def _ops() -> Any:
    """The public `ops` namespace: operators are its functions, looked up at run time since it lies above."""
    return public_names.namespace("ops")


def _operator(name: str, swapped: bool = False) -> Callable[..., KerasTensor]:
    if swapped:
        return lambda self, other: getattr(_ops(), name)(other, self)
    return lambda self, other: getattr(_ops(), name)(self, other)


for _special, _name in {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "mod",
    "pow": "power",
    "matmul": "matmul",
    "and": "logical_and",
    "or": "logical_or",
    "xor": "logical_xor",
}.items():
    setattr(KerasTensor, f"__{_special}__", _operator(_name))
    setattr(KerasTensor, f"__r{_special}__", _operator(_name, swapped=True))
for _special, _name in {
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "ne": "not_equal",
}.items():
    setattr(KerasTensor, f"__{_special}__", _operator(_name))
# What an operator calls whose left side is a tensor of torch.
_OPERATORS_OF_TENSORS: dict[Any, str] = {
    torch.Tensor.add: "add",
    torch.Tensor.sub: "subtract",
    torch.Tensor.mul: "multiply",
    torch.Tensor.div: "true_divide",
    torch.Tensor.__floordiv__: "floor_divide",
    torch.Tensor.remainder: "mod",
    torch.Tensor.__pow__: "power",
    torch.Tensor.matmul: "matmul",
    torch.Tensor.__and__: "logical_and",
    torch.Tensor.__or__: "logical_or",
    torch.Tensor.__xor__: "logical_xor",
    torch.Tensor.lt: "less",
    torch.Tensor.le: "less_equal",
    torch.Tensor.gt: "greater",
    torch.Tensor.ge: "greater_equal",
    torch.Tensor.ne: "not_equal",
}
for _special, _name in {"neg": "negative", "abs": "absolute", "invert": "logical_not"}.items():
    setattr(KerasTensor, f"__{_special}__", lambda self, _name=_name: getattr(_ops(), _name)(self))


def standardize_shape(shape: Any) -> tuple[int | None, ...]:
    """Return ``shape`` as a tuple of ints and None.

    Raises:
        ValueError: it is None or an int, or a size is not a non-negative int or None.
    """
    if shape is None or isinstance(shape, (int, np.integer)) or not hasattr(shape, "__iter__"):
        raise ValueError(
            f"A shape is a tuple of ints and None. Received: {shape!r}"
            + (f". Use ({shape},)." if isinstance(shape, int) else "")
        )
    sizes = tuple(s if s is None else _size(s, shape) for s in shape)
    return sizes


def _size(size: Any, shape: Any) -> int:
    try:
        number: int = size.__index__()
    except AttributeError:
        raise ValueError(f"Cannot convert {shape!r} to a shape: {size!r} is neither an int nor None.") from None
    if number < 0:
        raise ValueError(
            f"Cannot convert {shape!r} to a shape: negative sizes are not allowed. Use None for an unknown size."
        )
    return number


def is_keras_tensor(x: Any) -> bool:
    """Return whether ``x`` is a :class:`KerasTensor`."""
    return isinstance(x, KerasTensor)


def any_symbolic(args: Any, kwargs: Any = None) -> bool:
    """Return whether a KerasTensor lies anywhere in nested lists, tuples and dicts."""
    for x in args:
        if isinstance(x, KerasTensor):
            return True
        if isinstance(x, (list, tuple)):
            if any_symbolic(x):
                return True
        elif isinstance(x, dict) and any_symbolic(x.values()):
            return True
    return bool(kwargs) and any_symbolic(kwargs.values())


def to_meta(x: KerasTensor, unknown: int) -> torch.Tensor:
    """Return a meta tensor of the shape of ``x``, with size ``unknown`` where the shape says None."""
    sizes = [unknown if s is None else s for s in x.shape]
    return torch.empty(sizes, dtype=to_torch_dtype(x.dtype), device="meta")
